package org.daxcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** What learning leaves: machines, their graphs, and how two of them differ. */
public class MachineFolderTest {
  private static final Path RECORDS =
      Path.of(System.getProperty("daxcheck.home", ".")).resolve("reports/machines");

  private final List<String> drawn = new ArrayList<>();
  private Path folder;
  private MachineFolder machines;

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("daxcheck-machines");
    drawn.clear();
    machines = new MachineFolder(folder, (dot, svg) -> drawn.add(svg.getFileName().toString()));
  }

  @AfterMethod(alwaysRun = true)
  public void clean() throws IOException {
    Trees.remove(folder);
  }

  private static Automaton record(String name) throws IOException {
    return MachineFolder.read(name, RECORDS).orElseThrow();
  }

  @Test
  public void aMachineIsFoundAgainByItsFolderItsFileAndItsName() throws IOException {
    Automaton machine = record("7.3");
    machines.write(MachineFolder.LEARNED, machine, "in no time");
    assertThat(drawn).as("no process is needed").isEmpty();
    machines.keep("model", machine, "");
    assertThat(drawn).containsExactly("model.svg");
    assertThat(Files.readString(folder.resolve("learned.dot"))).contains("in no time");
    for (Path named : List.of(folder, folder.resolve("model.json"))) {
      Automaton again = MachineFolder.read(named.toString(), RECORDS).orElseThrow();
      assertThat(again.size()).as(named.toString()).isEqualTo(machine.size());
      assertThat(machines.difference(machine, again, r -> "x")).isEmpty();
    }
    assertThat(MachineFolder.read("nosuch", RECORDS)).isEmpty();
  }

  @Test
  public void twoMachinesThatDifferLeaveAShortestWordAndAPicture() throws IOException {
    MachineFolder.Difference difference =
        machines.difference(record("7.3"), record("v3"), rule -> rule + " (cited)").orElseThrow();
    assertThat(difference.scenario()).startsWith("KMEM separating-word\n").contains(" (cited)\n");
    assertThat(difference.file()).hasContent(difference.scenario());
    assertThat(folder.resolve("difference.dot")).exists();
    assertThat(drawn).containsExactly("difference.svg");
  }

  @Test
  public void aResultSaysHowFarItWasChecked() throws IOException {
    Automaton machine = record("7.3");
    assertThat(result(Optional.of(machine), "").sentence(1))
        .contains("a machine of " + machine.size() + " states, learned from outside by 7 words")
        .endsWith("or has more than " + (machine.size() + 1) + " states");
    assertThat(result(Optional.empty(), "interrupted").sentence(1))
        .isEqualTo(
            "no machine, learned from outside by 7 words of 20 steps on 1 guest in 3 s; not checked"
                + " to the end (interrupted)");
  }

  private static Learning.Result result(Optional<Automaton> machine, String stopped) {
    return new Learning.Result(machine, 7, 20, 1, 0, Duration.ofSeconds(3), stopped);
  }
}
