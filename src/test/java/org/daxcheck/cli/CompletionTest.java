package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Bash itself completes what is typed, from what the command prints. */
public class CompletionTest {
  /** Reads lines of words, the last of which is to be completed, and prints what can be there. */
  private static final String TYPED =
      """
      complete -p daxcheck >/dev/null || exit 1
      # Bash has it only while somebody types.
      compopt() { :; }
      set -f
      while read -r line; do
        COMP_WORDS=($line) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
        # A dot stands for the word that nothing was typed of.
        [[ ${COMP_WORDS[-1]} != . ]] || COMP_WORDS[-1]=
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _complete_daxcheck daxcheck "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
        echo ${COMPREPLY[*]}
      done
      """;

  private String script;

  @BeforeClass
  public void print() {
    Asked asked = Asked.daxcheck("completion");
    assertThat(asked.code()).isZero();
    assertThat(asked.err()).isEmpty();
    script = asked.out();
  }

  @Test
  public void bashReadsIt() throws Exception {
    assertThat(bash(script, "-n", "/dev/stdin")).isEmpty();
  }

  @Test
  public void itOffersEachOptionOfEachCommandAndTheirOwnCommands() throws Exception {
    List<CommandSpec> all = Asked.commands().toList();
    List<String> typed = new ArrayList<>();
    for (CommandSpec command : all) {
      typed.add(command.qualifiedName() + " -");
      typed.add(command.qualifiedName() + " .");
    }
    List<List<String>> offered = completed(typed);
    for (int i = 0; i < all.size(); i++) {
      CommandSpec command = all.get(i);
      for (OptionSpec option : command.options()) {
        assertThat(offered.get(2 * i)).as(typed.get(2 * i)).contains(option.names());
      }
      assertThat(offered.get(2 * i + 1))
          .as(typed.get(2 * i + 1))
          .containsAll(command.subcommands().keySet());
    }
  }

  @Test
  public void itCompletesTheWord() throws Exception {
    List<List<String>> offered =
        completed(
            List.of(
                "daxcheck exp",
                "daxcheck run --ta",
                "daxcheck run --format k",
                "daxcheck guest s",
                "daxcheck help mu"));
    assertThat(offered.get(0)).containsExactlyInAnyOrder("explain", "explore");
    assertThat(offered.get(1)).containsExactly("--target");
    assertThat(offered.get(2)).containsExactlyInAnyOrder("ktap", "kselftest");
    assertThat(offered.get(3)).containsExactlyInAnyOrder("ssh", "selftest");
    assertThat(offered.get(4)).containsExactly("mutants");
  }

  @Test
  public void helpCompletesTheNamesOfAllCommands() throws Exception {
    assertThat(completed(List.of("daxcheck help .")).get(0))
        .containsAll(Main.line().getSubcommands().keySet());
  }

  private List<List<String>> completed(List<String> lines) throws Exception {
    String said = bash(String.join("\n", lines) + "\n", "-c", script + TYPED);
    List<List<String>> words = said.lines().map(l -> Arrays.stream(l.split(" ")).toList()).toList();
    assertThat(words).hasSameSizeAs(lines);
    return words;
  }

  private static String bash(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "--norc", "--noprofile"));
    command.addAll(List.of(arguments));
    Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = bash.outputWriter()) {
      in.write(input);
    }
    String said = new String(bash.getInputStream().readAllBytes());
    assertThat(bash.waitFor()).as(said).isZero();
    return said;
  }
}
