package org.daxcheck.run;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
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

  /** That of this program's own code: other code may judge in another way. */
  public static String ofProgram() throws IOException {
    CodeSource code = Fingerprint.class.getProtectionDomain().getCodeSource();
    if (code == null) {
      return Instant.now().toString();
    }
    try {
      return new Fingerprint().add(Path.of(code.getLocation().toURI())).text();
    } catch (URISyntaxException e) {
      throw new IOException("cannot find the program's own files", e);
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
