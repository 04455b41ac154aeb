package org.daxcheck.patch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What results depend on, taken together: the same text only for the same of it all. */
public final class Fingerprint {
  private final MessageDigest digest;

  /** One of nothing. */
  public Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Adds a text. */
  public Fingerprint add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a file, or a folder with all below it, by names and content. */
  public Fingerprint add(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return add(Files.readAllBytes(path));
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(path)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      add(path.relativize(file).toString());
      add(Files.readAllBytes(file));
    }
    return this;
  }

  /** Each part with its length, so that no two lists of parts meet. */
  private Fingerprint add(byte[] part) {
    digest.update((part.length + "\n").getBytes(StandardCharsets.US_ASCII));
    digest.update(part);
    return this;
  }

  /** The fingerprint, in letters that a file's name may have; nothing can be added after. */
  public String text() {
    return HexFormat.of().formatHex(digest.digest()).substring(0, 24);
  }
}
