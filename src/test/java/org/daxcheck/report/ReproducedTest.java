package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daxcheck.oracle.Reproduced;
import org.daxcheck.suite.Run;
import org.testng.annotations.Test;

/** What came of a reproducer stands wherever the reproducer does. */
public class ReproducedTest {
  private static final Reproduced TWICE = new Reproduced(2, 3, 1, "got ok, not EINVAL");

  private static Run diverged() {
    return new Runs()
        .target("model")
        .target("qemu")
        .diverge("model", "a", "ATTR-1", "ok")
        .diverge("qemu", "a", "REFUSE-1", "EINVAL")
        .run();
  }

  private static Run with(Run run, Reproduced came) {
    return run.with(
        run.cases().stream()
            .map(
                c ->
                    c.with(
                        c.verdict()
                            .with(
                                c.verdict().divergences().stream()
                                    .map(d -> d.with(came))
                                    .toList())))
            .toList());
  }

  @Test
  public void itIsToldInTextMailAndJunit() throws Exception {
    String told = "(worked 2 of 3 in fresh guests: got ok, not EINVAL):";
    Run run = with(diverged(), TWICE);
    for (ReportFile format : List.of(ReportFile.TEXT, ReportFile.JUNIT)) {
      assertThat(format.text(run, Runs.RULES, Runs.TRACES).orElseThrow())
          .as("%s", format)
          .contains("to reproduce " + told);
      assertThat(format.text(diverged(), Runs.RULES, Runs.TRACES).orElseThrow())
          .as("%s", format)
          .contains("to reproduce (not run):");
    }
    assertThat(RunMail.of(run, Runs.RULES).orElseThrow().replaceAll("\\s+", " "))
        .contains("to reproduce, as root " + told);
  }

  @Test
  public void runJsonKeepsIt() throws IOException {
    assertThat(Reproduced.class.getRecordComponents()).hasSize(4);
    assertThat(kept(with(diverged(), TWICE))).contains(TWICE);
    Reproduced over = new Reproduced(3, 3, 12, "");
    assertThat(kept(with(diverged(), over))).contains(over);
    assertThat(kept(diverged())).isEmpty();
  }

  private static Optional<Reproduced> kept(Run run) throws IOException {
    Path file = Files.createTempFile("run", ".json");
    try {
      RunJson.write(file, run, Runs.RULES, c -> Optional.empty());
      FinishedRun read = FinishedRun.read(file);
      return read.cases().get(1).verdict().divergences().get(0).reproduced();
    } finally {
      Files.delete(file);
    }
  }

  @Test
  public void aCountThatCannotBeIsRefused() {
    assertThatThrownBy(() -> new Reproduced(2, 1, 1, ""))
        .hasMessage("worked 2 of 1, done 1 times over");
    assertThatThrownBy(() -> new Reproduced(0, 0, 1, ""))
        .hasMessage("worked 0 of 0, done 1 times over");
    assertThat(new Reproduced(3, 3, 1, "").text()).isEqualTo("worked 3 of 3");
    assertThat(new Reproduced(3, 3, 12, "").text())
        .isEqualTo("worked 3 of 3, done up to 12 times over in each guest");
  }
}
