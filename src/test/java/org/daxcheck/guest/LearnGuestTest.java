package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.io.Trees;
import org.daxcheck.machine.Automaton;
import org.daxcheck.machine.Learning;
import org.daxcheck.machine.ModelMachine;
import org.daxcheck.machine.Separation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

/** The machine of the newest Debian kernel over four words, learned from outside. */
public class LearnGuestTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  @Test
  public void theStockKernelIsTheModelsMachine() throws Exception {
    List<Step> words =
        Stream.of("nonsense", "offline", "unplugged", "online_movable")
            .<Step>map(w -> new Step.Write(Payload.line(w), Step.Who.ROOT))
            .toList();
    Path folder = Files.createTempDirectory("daxcheck-learn");
    GuestSpec spec = GuestSpec.of(HOME, Path.of("unused"), Path.of("unused"));
    Learning.Result result;
    try (Learning learning =
        new Learning(
            new QemuSource(spec, folder, Optional.empty()),
            "cxl",
            words,
            "four words",
            new Learning.Bounds(0, 2, Duration.ofMinutes(5), 1),
            0,
            line -> {})) {
      result = learning.learn();
    } finally {
      Trees.remove(folder);
    }
    assertThat(result.stopped()).isEmpty();
    Automaton learned = result.machine().orElseThrow();
    assertThat(learned.size()).isEqualTo(2);
    assertThat(Separation.of(learned, ModelMachine.like(learned.origin(), words))).isEmpty();
  }
}
