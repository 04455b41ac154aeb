package org.daxcheck.step;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The exact bytes of one write. */
public final class Payload {
  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The bytes themselves; they are copied. */
  public static Payload of(byte[] bytes) {
    return new Payload(bytes.clone());
  }

  /** The text, one byte a character (ISO 8859-1), with nothing added. */
  public static Payload exactly(String text) {
    return new Payload(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The word and one newline, as {@code echo} writes it. */
  public static Payload line(String word) {
    return exactly(word + "\n");
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** How many bytes the write has. */
  public int length() {
    return bytes.length;
  }

  /** The bytes as text, one character a byte (ISO 8859-1). */
  public String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload p && Arrays.equals(bytes, p.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return text();
  }
}
