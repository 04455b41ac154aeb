package org.daxcheck.explore;

import java.nio.file.Path;
import org.daxcheck.oracle.Divergence;

/** What an exploration tells the user. */
public final class Told {
  private Told() {}

  /** That a walk broke a rule, at the moment it did. */
  public static String broke(int walk, Divergence how) {
    return "walk %d broke %s by '%s': %s expected %s, got %s; shrinking it"
        .formatted(
            walk,
            how.rule(),
            how.step().replace('\n', ','),
            how.aspect(),
            how.allowed(),
            how.seen());
  }

  /** A violation that was found, in a line. */
  public static String line(Journal.Found found) {
    return "%s broken at step %d (walk %d); %d steps shrunk to %d by %d trials%s; failed again %d of %d times: %s"
        .formatted(
            found.rule(),
            found.atStep(),
            found.walk(),
            found.before(),
            found.after(),
            found.trials(),
            found.minimal() ? "" : " (not to the end)",
            found.repeated(),
            Explorer.AGAIN,
            found.file());
  }

  /** What was reached of a kernel that counts its branches, in a line. */
  static String reached(int branches, int kept, Path folder) {
    return "  %d branches of the kernel were taken; %d walks took some first and are kept in %s%n"
        .formatted(branches, kept, folder.resolve(Corpus.FOLDER));
  }

  /**
   * What the exploration came to, with its last newline.
   *
   * @param nanos how long it took, in ns
   */
  public static String summary(Journal journal, long nanos) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Explored: seed %d, %s, %d walks, %d steps, %d different violations, %.1f s%n"
            .formatted(
                journal.seed(),
                String.join(", ", journal.topologies()),
                journal.walks(),
                journal.steps(),
                journal.found().size(),
                nanos / 1e9));
    if (journal.errors() > 0) {
      text.append(
          "  %d walks had no verdict, since the target was lost%n".formatted(journal.errors()));
    }
    for (Journal.Found found : journal.found()) {
      int times = journal.again().getOrDefault(found.signature(), 1);
      text.append("  ").append(line(found));
      text.append(times > 1 ? "; met %d times%n".formatted(times) : "\n");
    }
    return text.toString();
  }
}
