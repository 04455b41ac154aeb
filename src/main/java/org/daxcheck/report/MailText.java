package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;

/** The lines of a plain mail in at most 75 columns, save for words that are longer. */
public final class MailText {
  /** Columns; the kernel's lists ask for no more. */
  public static final int WIDTH = 75;

  private final List<String> lines = new ArrayList<>();

  /** Adds a line. */
  public void put(String line) {
    lines.add(line.stripTrailing());
  }

  /** Adds a line as it is, such as one whose last blank waits for a name. */
  public void exactly(String line) {
    lines.add(line);
  }

  /** Adds a text behind a label, its further lines behind an indent. */
  public void wrapped(String label, String indent, String text) {
    String head = label;
    int left = WIDTH - Math.max(label.length(), indent.length());
    for (String line : Text.wrap(Text.oneLine(text), left)) {
      put(head + line);
      head = indent;
    }
  }

  /** Adds a header; a long one goes on in the next line, behind a blank. */
  public void header(String label, String text) {
    String head = label;
    for (String line : Text.wrap(Text.oneLine(text), WIDTH - label.length())) {
      put(head + line);
      head = " ";
    }
  }

  /** Adds a shell command, broken where a shell reads on. */
  public void command(String line) {
    if (line.length() + 4 <= WIDTH) {
      put("    " + line);
      return;
    }
    String indent = "    " + " ".repeat(line.length() - line.stripLeading().length());
    if (line.stripLeading().startsWith("#")) {
      wrapped(indent + "# ", indent + "# ", line.stripLeading().substring(1).strip());
      return;
    }
    // A shell reads on behind a backslash; not inside quotes, where the blank means itself.
    String rest = line.stripLeading();
    String head = indent;
    while (head.length() + rest.length() > WIDTH) {
      int at = breakAt(rest, WIDTH - head.length() - 2);
      if (at < 0) {
        break;
      }
      put(head + rest.substring(0, at) + " \\");
      rest = rest.substring(at + 1);
      head = indent + "  ";
    }
    put(head + rest);
  }

  /** The last blank up to there that is outside of quotes; -1 where there is none. */
  private static int breakAt(String text, int most) {
    int found = -1;
    char quote = 0;
    for (int i = 0; i < text.length() && i <= most; i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '\\') {
        i++;
      } else if (c == ' ') {
        found = i;
      }
    }
    return found;
  }

  /** True where the last line has something in it. */
  public boolean endsWithText() {
    return !lines.isEmpty() && !lines.get(lines.size() - 1).isEmpty();
  }

  /** The mail with its last newline. */
  @Override
  public String toString() {
    return String.join("\n", lines) + "\n";
  }
}
