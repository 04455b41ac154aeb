package org.daxcheck.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.daxcheck.guest.GuestSpec;

/**
 * What a guest is booted with.
 *
 * @param kernel its release, and the package that it is from, as traces have it
 * @param module SHA-256 of the driver that takes the place of the kernel's own; empty where none
 *     does
 */
public record Boot(String kernel, String module) {
  private static final int HASH = 12;

  /**
   * The hash of the driver that takes the place of the kernel's own; empty where none does.
   *
   * @throws IOException where it cannot be read
   */
  public static String module(GuestSpec spec) throws IOException {
    if (spec.kmemModule().isEmpty()) {
      return "";
    }
    try {
      byte[] content = Files.readAllBytes(spec.kmemModule().get());
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** What is another than in a boot of before, in sentences. */
  public List<String> changesSince(Boot before) {
    List<String> changes = new ArrayList<>();
    if (!kernel.equals(before.kernel)) {
      changes.add("the kernel is " + kernel + ", that of the run was " + before.kernel);
    }
    if (!module.equals(before.module)) {
      changes.add(
          "the driver is " + driver(module) + ", that of the run was " + driver(before.module));
    }
    return changes;
  }

  private static String driver(String hash) {
    return hash.isEmpty()
        ? "the kernel's own"
        : "one with hash " + hash.substring(0, Math.min(HASH, hash.length()));
  }
}
