package org.daxcheck.model;

import org.daxcheck.abi.Errno;
import org.daxcheck.step.Result;

/** What a step returns to its caller. */
public sealed interface ReturnValue {
  /** Success; {@code length} is what the system call returns. */
  record Ok(long length) implements ReturnValue {
    @Override
    public String toString() {
      return "ok";
    }
  }

  /** Failure with an error. */
  record Fails(Errno errno) implements ReturnValue {
    @Override
    public String toString() {
      return errno.toString();
    }
  }

  /** Failure with whichever error. */
  record FailsSomehow() implements ReturnValue {
    @Override
    public String toString() {
      return "any error";
    }
  }

  /** A read that gives exactly this text. */
  record Data(String text) implements ReturnValue {
    @Override
    public String toString() {
      return quoted(text);
    }
  }

  /** True where the caller gets an error. */
  default boolean isError() {
    return this instanceof Fails || this instanceof FailsSomehow;
  }

  /** True where the result is this answer. */
  default boolean matches(Result result) {
    if (this instanceof Ok ok) {
      return result.errno().isEmpty() && result.value() == ok.length();
    }
    if (this instanceof Fails fails) {
      return result.errno().filter(fails.errno()::equals).isPresent();
    }
    if (this instanceof FailsSomehow) {
      return result.errno().isPresent();
    }
    return result.errno().isEmpty() && result.data().equals(((Data) this).text());
  }

  /** The text as a reader wants it: a word bare, anything else in quotes with escapes. */
  static String quoted(String text) {
    if (text.matches("[a-z_]+\n")) {
      return text.strip();
    }
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '"', '\\' -> out.append('\\').append(c);
        default -> {
          if (c >= 0x20 && c < 0x7f) {
            out.append(c);
          } else {
            out.append(String.format("\\x%02x", (int) c));
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
