package org.daxcheck.mutant;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.abi.RuleId;

/**
 * A single fault of the real driver, as a file of qemu/faults and the head of that file tell it.
 *
 * @param name the file's name without its ending
 * @param file the sed script that puts it into kmem.c
 * @param fault what goes wrong, a sentence
 * @param breaks the rules that should name it, the nearest first
 * @param needs what it takes to see it
 * @param shownBy names of the scenarios that show it; empty where none can
 * @param corpus number of the fault of a real version that it brings back
 * @param unseen why nobody can see it from outside; empty where somebody can
 * @param hash SHA-256 of the file, shortened
 */
public record DriverFault(
    String name,
    Path file,
    String fault,
    List<RuleId> breaks,
    String needs,
    List<String> shownBy,
    Optional<String> corpus,
    Optional<String> unseen,
    String hash) {
  private static final String ENDING = ".sed";
  private static final int HASH = 16;

  public DriverFault {
    breaks = List.copyOf(breaks);
    shownBy = List.copyOf(shownBy);
  }

  /** The faults of a folder, by name. */
  public static List<DriverFault> all(Path folder) throws IOException {
    List<DriverFault> faults = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).sorted().toList()) {
        faults.add(of(file));
      }
    }
    return faults;
  }

  /**
   * Reads a fault.
   *
   * @throws IOException with the file and what its head lacks, too
   */
  public static DriverFault of(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    List<String> head =
        new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .takeWhile(l -> l.startsWith("#"))
            .toList();
    String name = file.getFileName().toString();
    Optional<String> unseen = field(file, head, "unseen");
    Optional<String> shownBy = field(file, head, "shown by");
    if (unseen.isPresent() == shownBy.isPresent()) {
      throw new IOException(
          file + ": its head needs either '# shown by: SCENARIO' or '# unseen: WHY', and not both");
    }
    return new DriverFault(
        name.substring(0, name.length() - ENDING.length()),
        file,
        needed(file, head, "fault"),
        rules(file, needed(file, head, "breaks")),
        needed(file, head, "needs"),
        shownBy.map(s -> List.of(s.split(" "))).orElse(List.of()),
        field(file, head, "corpus"),
        unseen,
        hash(bytes));
  }

  private static List<RuleId> rules(Path file, String text) throws IOException {
    try {
      return Arrays.stream(text.split(" ")).map(RuleId::of).toList();
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": '# breaks: " + text + "' names something that is no rule", e);
    }
  }

  private static String needed(Path file, List<String> head, String name) throws IOException {
    return field(file, head, name)
        .orElseThrow(() -> new IOException(file + ": its head has no '# " + name + ": ...'"));
  }

  private static Optional<String> field(Path file, List<String> head, String name)
      throws IOException {
    List<String> found =
        head.stream()
            .filter(l -> l.startsWith("# " + name + ": "))
            .map(l -> l.substring(name.length() + 4).strip())
            .toList();
    if (found.size() > 1) {
      throw new IOException(file + ": its head has '# " + name + ": ...' more than once");
    }
    return found.stream().findFirst();
  }

  /** SHA-256 of some bytes, shortened as all hashes of this package are. */
  static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest).substring(0, HASH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
