package org.daxcheck.guest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.daxcheck.target.TargetException;

/** A script of a shell in a guest of its own, as a person would paste it there. */
public final class GuestScript {
  private static final String FILE = "/tmp/script.sh";

  private GuestScript() {}

  /**
   * Boots a guest, runs the script to its end, and ends the guest.
   *
   * @param limitMillis how long the script may take, in ms
   * @return what it printed, then its errors
   * @throws TargetException of kind KERNEL where the kernel died or the script never ended; of kind
   *     INFRASTRUCTURE where there was no guest
   */
  public static String run(GuestSpec spec, String script, long limitMillis) throws TargetException {
    try (GuestTarget guest = GuestTarget.of(Guest.boot(spec), Optional.empty())) {
      return output(guest, script, limitMillis);
    } catch (GuestException e) {
      throw new TargetException(e.getMessage(), e);
    }
  }

  static String output(GuestTarget guest, String script, long limitMillis)
      throws TargetException, GuestException {
    try {
      byte[] out =
          guest
              .reached()
              .shell(
                  "cat > FILE && cd / && sh FILE 2>FILE.err; cat FILE.err".replace("FILE", FILE),
                  script.getBytes(StandardCharsets.UTF_8),
                  limitMillis);
      Optional<GuestFailure> death = guest.guest().death();
      if (death.isPresent()) {
        throw new TargetException(
            TargetException.Kind.KERNEL, death.get().sentence(), List.of(), null);
      }
      return new String(out, StandardCharsets.ISO_8859_1);
    } catch (TargetException e) {
      throw guest.explained(e);
    }
  }
}
