package org.daxcheck.scenario;

import java.util.regex.Pattern;

/** A pattern of a whole text in which {@code *} stands for any characters. */
public record Glob(String text) {
  /** True where the pattern fits the whole text. */
  public boolean matches(String name) {
    StringBuilder regex = new StringBuilder();
    for (String part : text.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(name).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
