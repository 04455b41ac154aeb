package org.daxcheck.patch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the lines of a patch's hunks against their headers. patch(1) takes a hunk that lacks its
 * last lines as whole, and leaves out lines behind the last that was announced: either way another
 * driver would be judged than the one that was sent.
 */
final class Hunks {
  private static final Pattern HEADER =
      Pattern.compile("@@ -\\d+(?:,(\\d{1,9}))? \\+\\d+(?:,(\\d{1,9}))? @@.*");

  /** In which the lines of a mail are not those of the patch. */
  private static final Pattern ENCODED =
      Pattern.compile("(?i)^content-transfer-encoding: *(quoted-printable|base64).*");

  private static final String AS_SENT = "take the patch as it was sent, such as with 'b4 am'";

  private final Path file;
  private final List<String> lines;
  private final List<PatchFile.Change> changes = new ArrayList<>();
  private String before = "";
  private String name = "";
  private int at;
  private int hunk;

  private Hunks(Path file, List<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  /** What is wrong with a hunk. */
  enum Kind {
    /** The file ends within it. */
    CUT_OFF,
    /** It has a line that belongs to no hunk. */
    DAMAGED,
    /** More lines follow than its header announces. */
    TOO_LONG
  }

  /**
   * A hunk that is not as its header says.
   *
   * @param sentence for the user, with file, line and hunk
   */
  record Damage(Kind kind, String sentence) {}

  /**
   * The first hunk of a patch that is not as its header says. A mail that is encoded is not looked
   * into: nobody can apply it.
   *
   * @throws IOException where the file cannot be read
   */
  static Optional<Damage> firstDamage(Path file) throws IOException {
    Hunks hunks = read(file);
    return hunks.lines.stream().anyMatch(l -> ENCODED.matcher(l).matches())
        ? Optional.empty()
        : hunks.damage();
  }

  /**
   * The files that a patch changes, up to the first hunk that is not as its header says.
   *
   * @throws IOException where the file cannot be read
   */
  static List<PatchFile.Change> changes(Path file) throws IOException {
    Hunks hunks = read(file);
    hunks.damage();
    return hunks.changes;
  }

  private static Hunks read(Path file) throws IOException {
    // Old mails are in any encoding; this one keeps every byte.
    return new Hunks(
        file, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines().toList());
  }

  private Optional<Damage> damage() {
    while (at < lines.size()) {
      String line = lines.get(at);
      Matcher header = HEADER.matcher(line);
      if (line.startsWith("diff --git ")) {
        name = "";
      } else if (line.startsWith("+++ ") && before.startsWith("--- ")) {
        name = named(line.equals("+++ /dev/null") ? before : line);
        changes.add(new PatchFile.Change(name, before.startsWith("--- /dev/null")));
        hunk = 0;
      } else if (!name.isEmpty() && header.matches()) {
        hunk++;
        Optional<Damage> found = hunk(header);
        if (found.isPresent()) {
          return found;
        }
        before = "";
        continue;
      }
      before = line;
      at++;
    }
    return Optional.empty();
  }

  /** The file's name behind {@code --- } or {@code +++ }, without the time that diff(1) writes. */
  private static String named(String line) {
    String name = line.substring(4).replaceFirst("\t.*", "").strip();
    return name.replaceFirst("^[ab]/", "");
  }

  /** Goes behind the hunk whose header is here. */
  private Optional<Damage> hunk(Matcher header) {
    int first = at;
    long oldLines = announced(header.group(1));
    long newLines = announced(header.group(2));
    long oldLeft = oldLines;
    long newLeft = newLines;
    String says = "'" + lines.get(at).replaceFirst("(?<=[0-9] @@).*", "") + "'";
    String announces =
        says + " announces " + oldLines + " lines of the old file and " + newLines + " of the new";
    for (at++; oldLeft > 0 || newLeft > 0; at++) {
      if (at >= lines.size()) {
        return damage(
            Kind.CUT_OFF,
            first,
            "is cut off: %s, and the file ends after %d and %d; %s"
                .formatted(announces, oldLines - oldLeft, newLines - newLeft, AS_SENT));
      }
      String line = lines.get(at);
      char mark = line.isEmpty() ? ' ' : line.charAt(0);
      switch (mark) {
        case ' ' -> {
          oldLeft--;
          newLeft--;
        }
        case '-' -> oldLeft--;
        case '+' -> newLeft--;
        default -> {
          if (mark != '\\') {
            oldLeft = -1;
          }
        }
      }
      if (oldLeft < 0 || newLeft < 0) {
        return damage(
            Kind.DAMAGED,
            at,
            "is damaged: "
                + announces
                + ", and this line is none of them; a mail program may have wrapped lines: "
                + AS_SENT);
      }
    }
    return behind(says);
  }

  /** Lines behind the last that was announced, which patch(1) would leave out without a word. */
  private Optional<Damage> behind(String says) {
    for (int i = at; i < lines.size(); i++) {
      String line = lines.get(i);
      // A signature, or the next file of a plain diff.
      if (line.strip().equals("--") || line.startsWith("---")) {
        break;
      }
      if (line.startsWith("+") || line.startsWith("-")) {
        return damage(
            Kind.TOO_LONG,
            i,
            "is longer than " + says + " announces, and would lose this line; " + AS_SENT);
      }
      if (!line.startsWith(" ") && !line.startsWith("\\")) {
        break;
      }
    }
    return Optional.empty();
  }

  private static long announced(String count) {
    return count == null ? 1 : Long.parseLong(count);
  }

  private Optional<Damage> damage(Kind kind, int line, String what) {
    return Optional.of(
        new Damage(kind, file + ":" + (line + 1) + ": hunk " + hunk + " of " + name + " " + what));
  }
}
