package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.PastRun;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;

/** Finds finished runs. */
final class PastRuns {
  private PastRuns() {}

  /** Those of these folders or files run.json. */
  static List<PastRun> of(List<Path> named) {
    return named.stream().map(PastRuns::read).toList();
  }

  /** All below reports/out; folders of runs that never came to their end have none. */
  static List<PastRun> all() {
    Path all = Home.results();
    if (!Files.isDirectory(all)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(all)) {
      return folders
          .filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS))
          .map(f -> f.resolve("run.json"))
          .filter(Files::isRegularFile)
          .sorted()
          .map(PastRuns::read)
          .toList();
    } catch (IOException e) {
      throw new Failure(all + ": cannot be listed: " + IoReason.of(e));
    }
  }

  private static PastRun read(Path folderOrFile) {
    try {
      return PastRun.of(FinishedRun.read(folderOrFile));
    } catch (IOException e) {
      throw new Failure(e);
    }
  }
}
