package org.daxcheck.patch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a patch says of itself, where it is a mail, and which files it changes.
 *
 * @param subject as in its header, in one line
 * @param messageId with its angle brackets
 * @param changes of files, in its order
 */
public record PatchFile(
    Path file, Optional<String> subject, Optional<String> messageId, List<Change> changes) {
  /** What goes into the driver, or into no kernel; a bare name may be that of a driver. */
  private static final Pattern OF_MODULE =
      Pattern.compile("(?:.*/)?drivers/dax/kmem\\.c|(?:.*/)?(?:Documentation|tools)/.*|[^/]*");

  /** A header that is new is the driver's alone. */
  private static final Pattern HEADER = Pattern.compile("(?:.*/)?drivers/dax/[^/]+\\.h");

  public PatchFile {
    changes = List.copyOf(changes);
  }

  /**
   * A change of a file.
   *
   * @param file as in a kernel tree, where the patch was made in one
   * @param created whether there is none before
   */
  public record Change(String file, boolean created) {}

  /**
   * The files that a series changes and that are built into the kernel or into other modules than
   * the driver's; none where the module is enough to judge it.
   *
   * @param series its patches, in their order
   */
  public static List<String> outsideTheModule(List<PatchFile> series) {
    Set<String> headers = new HashSet<>();
    Set<String> outside = new LinkedHashSet<>();
    for (PatchFile patch : series) {
      for (Change change : patch.changes) {
        if (change.created && HEADER.matcher(change.file).matches()) {
          headers.add(change.file);
        } else if (!OF_MODULE.matcher(change.file).matches() && !headers.contains(change.file)) {
          outside.add(change.file);
        }
      }
    }
    return List.copyOf(outside);
  }

  /** Reads the head of a patch; one that is no mail has neither subject nor id. */
  public static PatchFile read(Path file) throws IOException {
    // Old mails are in any encoding; this one keeps every byte.
    List<String> lines =
        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines().toList();
    List<String> head = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("diff ") || line.startsWith("--- ") || line.isBlank()) {
        break;
      }
      if (!head.isEmpty() && (line.startsWith(" ") || line.startsWith("\t"))) {
        head.set(head.size() - 1, head.get(head.size() - 1) + " " + line.strip());
      } else {
        head.add(line.strip());
      }
    }
    return new PatchFile(
        file, field(head, "subject"), field(head, "message-id"), Hunks.changes(file));
  }

  private static Optional<String> field(List<String> head, String name) {
    return head.stream()
        .filter(l -> l.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(l -> l.substring(name.length() + 1).strip())
        .map(
            l ->
                new String(l.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                    .replaceAll("\\p{Cntrl}", " "))
        .filter(l -> !l.isEmpty())
        .findFirst();
  }
}
