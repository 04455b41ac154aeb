package org.daxcheck.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

/** The machine of the model: what its states are, what the guard keeps back, and its file. */
public class ModelMachineTest {
  @Test
  public void theWordsOf73HaveFourStates() {
    Automaton machine = Machines.words(Dialect.LINUX_7_3);
    assertThat(names(machine))
        .containsExactlyInAnyOrder(
            "unplugged", "online, ++", "online_kernel, NN", "online_movable, MM");
    Automaton.Transition refused =
        machine.run(List.of(word(Word.ONLINE_MOVABLE), word(Word.ONLINE))).get(1);
    assertThat(refused.output()).isEqualTo(new MealyOutput("EBUSY", "online_movable, MM"));
    assertThat(refused.to()).isEqualTo(refused.from());
  }

  @Test
  public void theChoiceThatWasTakenIsTold() {
    ModelMachine open =
        ModelMachine.of(
            Dialect.LINUX_7_3,
            "cxl-kernel",
            Machines.TWO_BLOCKS,
            Policy.ONLINE_MOVABLE,
            Alphabet.WORDS);
    assertThat(open.assumptions())
        .containsExactly("online, ++: unplugged -> ok", "online_kernel, NN: unplugged -> ok");
  }

  @Test
  public void nothingThatLeaksIsAsked() {
    for (Dialect dialect : List.of(Dialect.LINUX_7_3, Dialect.V4, Dialect.V3)) {
      Automaton machine = Machines.model(dialect, Alphabet.WIDE, "cxl");
      assertThat(machine.transitions())
          .filteredOn(t -> t.input() instanceof Step.Unbind)
          .filteredOn(t -> machine.name(t.from()).matches(".*, [o ]*[MN+].*"))
          .isNotEmpty()
          .allMatch(t -> !t.output().asked());
    }
  }

  @Test
  public void onlyOneTopologyBringsMemoryIntoAKernelZone() {
    for (Alphabet alphabet : Alphabet.values()) {
      assertThat(names(Machines.model(Dialect.LINUX_7_3, alphabet, "cxl")))
          .noneMatch(n -> n.matches(".*, [No+]*[N+][No+]*(,.*)?"));
    }
  }

  @Test
  public void aV3DeviceThatWasOnlinedByAWriteDoesNotComeBack() {
    Automaton machine = Machines.words(Dialect.V3);
    int online = machine.transition(0, word(Word.ONLINE_MOVABLE)).to();
    assertThat(machine.way(online, 0)).isEmpty();
    assertThat(machine.returning().size()).isEqualTo(1);
  }

  @Test
  public void thePolicyCountsAtBindIn73AndAtCreationInV4() {
    List<Step> word =
        List.of(new Step.SetPolicy(Policy.OFFLINE), new Step.Unbind(), new Step.Bind(Driver.KMEM));
    Automaton now = Machines.model(Dialect.LINUX_7_3, Alphabet.LIFECYCLE, "cxl");
    Automaton before = Machines.model(Dialect.V4, Alphabet.LIFECYCLE, "cxl");
    assertThat(now.outputs(word).get(2).sight()).isEqualTo("offline, oo, policy offline");
    assertThat(before.outputs(word).get(2).sight()).isEqualTo("online_movable, MM, policy offline");
    Separation separation = Separation.of(now, before).orElseThrow();
    assertThat(separation.word()).hasSize(3);
    assertThat(separation.first()).isNotEqualTo(separation.second());
    assertThat(Separation.of(now, now)).isEmpty();
  }

  @Test
  public void aMachineIsReadBackAsItWasWritten() throws Exception {
    Automaton machine = Machines.model(Dialect.V4, Alphabet.WIDE, "cxl");
    Path file = Files.createTempFile("machine", ".json");
    try {
      MachineFile.write(file, machine);
      Automaton again = MachineFile.read(file);
      assertThat(again.origin()).isEqualTo(machine.origin());
      assertThat(again.transitions()).isEqualTo(machine.transitions());
    } finally {
      Files.delete(file);
    }
  }

  @Test
  public void aDifferenceIsDrawnInTheColourOfItsMachine() {
    Automaton first = Machines.words(Dialect.LINUX_7_3);
    Automaton second = Machines.words(Dialect.V3);
    assertThat(Picture.difference(first, first)).doesNotContain("penwidth=2.4");
    String dot = Picture.difference(first, second);
    assertThat(dot).contains("only model of 7.3").contains("only model of v3");
    assertThat(dot).contains("penwidth=2.4").startsWith("digraph").endsWith("}\n");
  }

  private static List<String> names(Automaton machine) {
    return java.util.stream.IntStream.range(0, machine.size()).mapToObj(machine::name).toList();
  }

  private static Step word(Word word) {
    return Step.Write.word(word);
  }
}
