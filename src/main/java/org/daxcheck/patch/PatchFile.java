package org.daxcheck.patch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a patch says of itself, where it is a mail.
 *
 * @param subject as in its header, in one line
 * @param messageId with its angle brackets
 */
public record PatchFile(Path file, Optional<String> subject, Optional<String> messageId) {
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
    return new PatchFile(file, field(head, "subject"), field(head, "message-id"));
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
