package org.daxcheck.guest;

import java.nio.file.Path;
import java.util.Optional;

/** Which kernel a guest boots. */
public sealed interface KernelChoice {
  /** The newest kernel in Debian's archive whose kmem driver has the attribute. */
  record Newest() implements KernelChoice {}

  /**
   * A kernel of the user's own.
   *
   * @param vmlinuz a bzImage
   * @param modules folder with its modules, such as /lib/modules/RELEASE or what INSTALL_MOD_PATH
   *     named
   */
  record Files(Path vmlinuz, Path modules) implements KernelChoice {}

  /**
   * A Debian package.
   *
   * @param version as Debian writes it; empty for the newest
   */
  record Packaged(String name, Optional<String> version) implements KernelChoice {
    /** Reads {@code NAME} or {@code NAME=VERSION}. */
    public static Packaged of(String text) throws GuestException {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      Optional<String> version =
          equals < 0 ? Optional.empty() : Optional.of(text.substring(equals + 1));
      if (!name.matches("[a-z0-9][a-z0-9+.-]+")
          || version.filter(v -> !v.matches("[0-9][A-Za-z0-9.+:~-]*")).isPresent()) {
        throw new GuestException(
            "--kernel-package '"
                + text
                + "': not a package; write NAME or NAME=VERSION, such as"
                + " linux-image-6.12.107+deb13-amd64");
      }
      return new Packaged(name, version);
    }
  }
}
