package org.daxcheck.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Function;
import org.daxcheck.suite.Run;

/** The files that a run leaves beside its traces, each in a format of its own. */
public enum ReportFile {
  /** The whole run for programs, by which it is read again. */
  JSON("run.json", (run, rules, traces) -> Optional.of(RunJson.of(run, rules, traces))),
  KTAP("results.ktap", (run, rules, traces) -> Optional.of(Ktap.of(run, rules))),
  JUNIT("junit.xml", (run, rules, traces) -> Optional.of(JunitXml.of(run, rules))),
  KSELFTEST("results.kselftest.ktap", (run, rules, traces) -> Optional.of(KselftestKtap.of(run))),
  TMT("results.yaml", (run, rules, traces) -> Optional.of(TmtResults.of(run, traces))),
  KCIDB("kcidb.json", (run, rules, traces) -> Optional.of(KcidbJson.of(run))),
  LAVA("lava.txt", (run, rules, traces) -> Optional.of(LavaSignals.of(run))),
  MAIL("mail.txt", (run, rules, traces) -> RunMail.of(run, rules)),
  TEXT("report.txt", (run, rules, traces) -> Optional.of(TextReport.of(run, rules, Colours.OFF)));

  private final String file;
  private final Maker maker;

  /** Makes the text of a run; empty where the format has nothing to say of it. */
  private interface Maker {
    Optional<String> text(Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces);
  }

  ReportFile(String file, Maker maker) {
    this.file = file;
    this.maker = maker;
  }

  /** The name of the file in the folder of a run. */
  public String file() {
    return file;
  }

  /**
   * The text of a run.
   *
   * @param traces the trace file of a case, relative to the folder, where it has one
   * @return empty where the format has nothing to say of it, such as a mail where nothing broke
   */
  public Optional<String> text(
      Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces) {
    return maker.text(run, rules, traces);
  }

  /** Writes all of them; a disk that fills leaves a file whole, or not there at all. */
  public static void write(
      Path folder, Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces)
      throws IOException {
    for (ReportFile one : values()) {
      Optional<String> text = one.text(run, rules, traces);
      if (text.isEmpty()) {
        // One of an earlier part of this run has nothing to say any more.
        Files.deleteIfExists(folder.resolve(one.file));
        continue;
      }
      Path fresh = folder.resolve(one.file + ".new");
      try {
        Files.writeString(fresh, text.get(), StandardCharsets.UTF_8);
        Files.move(
            fresh,
            folder.resolve(one.file),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    }
  }
}
