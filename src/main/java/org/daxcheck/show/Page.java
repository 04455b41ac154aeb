package org.daxcheck.show;

import java.util.List;
import org.daxcheck.report.Colours;
import org.daxcheck.report.Text;

/** Text of a width, line by line. What comes from a kernel cannot act on a terminal. */
final class Page {
  private final StringBuilder text = new StringBuilder();
  private final int width;
  private final Colours colours;

  Page(int width, Colours colours) {
    this.width = width;
    this.colours = colours;
  }

  int width() {
    return width;
  }

  Colours colours() {
    return colours;
  }

  void blank() {
    text.append('\n');
  }

  /** A line that stands by itself. */
  void bold(String line) {
    text.append(colours.bold(Text.oneLine(line))).append('\n');
  }

  /** A line whose parts have their colours already. */
  void painted(String line) {
    text.append(line.stripTrailing()).append('\n');
  }

  /** A text, in as many lines as it takes, each behind the indent. */
  void paragraph(String indent, String words) {
    paragraph(indent, indent, words);
  }

  /** A text whose first line begins otherwise than those that follow. */
  void paragraph(String first, String others, String words) {
    String indent = first;
    for (String part : words.split("\n", -1)) {
      for (String line : Text.wrap(Text.oneLine(part), Math.max(20, width - indent.length()))) {
        painted(indent + line);
        indent = others;
      }
    }
  }

  /** Texts behind a label each, which is as wide as the widest. */
  void labelled(String indent, List<ObservationText.Line> lines) {
    int label = lines.stream().mapToInt(l -> l.label().length()).max().orElse(0);
    for (ObservationText.Line line : lines) {
      String gap = " ".repeat(label - line.label().length() + 2);
      String behind = indent + " ".repeat(label + 2);
      // A line of iomem keeps its own indent.
      String own =
          line.text().substring(0, line.text().length() - line.text().stripLeading().length());
      paragraph(indent + line.label() + gap + own, behind + own, line.text().stripLeading());
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
