package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.daxcheck.report.ExitCode;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;
import picocli.CommandLine.Model.CommandSpec;

/** Help, and what a wrong word on the command line is told. */
public class MainTest {
  @DataProvider
  public Object[][] commands() {
    return Asked.commands().map(c -> new Object[] {c.qualifiedName()}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "commands")
  public void helpOfACommandIsWhatItsOptionSays(String command) {
    String[] names = command.replaceFirst("^daxcheck ", "").split(" ");
    Asked help = Asked.daxcheck(with("help", names));
    Asked option = Asked.daxcheck(and(names, "--help"));

    assertThat(help).isEqualTo(option);
    assertThat(help.code()).isZero();
    assertThat(help.out()).startsWith("Usage: " + command + " ");
  }

  @Test
  public void helpAloneListsTheCommandsWithWholeSentencesAndTheExitCodes() {
    Asked help = Asked.daxcheck("help");

    assertThat(help).isEqualTo(Asked.daxcheck("--help"));
    assertThat(help.code()).isZero();
    String flat = help.out().replaceAll("\\s+", " ");
    Asked.commands()
        .filter(c -> c.parent().parent() == null)
        .forEach(c -> assertThat(flat).contains(" " + c.name() + " " + firstSentence(c)));
    for (ExitCode code : ExitCode.values()) {
      assertThat(flat).contains(" " + code.code() + " " + code.text() + ": ");
    }
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {"nosuch", "unknown command 'nosuch'; see 'daxcheck --help'"},
      {"nosuch --help", "unknown command 'nosuch'; see 'daxcheck --help'"},
      {"nosuch --version", "unknown command 'nosuch'; see 'daxcheck --help'"},
      {"--help nosuch", "unknown command 'nosuch'; see 'daxcheck --help'"},
      {"help nosuch", "unknown command 'nosuch'; see 'daxcheck --help'"},
      {"help guest shs", "unknown command 'shs'; did you mean 'ssh'? See 'daxcheck guest --help'"},
      {"help run fast", "unexpected argument 'fast'; see 'daxcheck run --help'"},
      {"guest nosuch --help", "unknown command 'nosuch'; see 'daxcheck guest --help'"},
      {"exlpore", "unknown command 'exlpore'; did you mean 'explore'? See 'daxcheck --help'"},
      {"rum --help", "unknown command 'rum'; did you mean 'run'? See 'daxcheck --help'"},
      {"run --xyzzy --help", "unknown option '--xyzzy'; see 'daxcheck run --help'"},
      {
        "run --tagret model",
        "unknown option '--tagret'; did you mean '--target'? See 'daxcheck run --help'"
      },
      {"doctor now", "unexpected argument 'now'; see 'daxcheck doctor --help'"},
      {"", "no command given; see 'daxcheck --help'"},
      {
        "run --suite",
        "Missing required parameter for option '--suite' (NAME); see 'daxcheck run --help'"
      },
    };
  }

  @Test(dataProvider = "wrong")
  public void aWrongWordEndsWithTwoAndOneSentence(String words, String sentence) {
    Asked asked = Asked.daxcheck(words.isEmpty() ? new String[0] : words.split(" "));

    assertThat(asked).isEqualTo(new Asked(2, "", "daxcheck: " + sentence + "\n"));
  }

  private static String firstSentence(CommandSpec command) {
    String all = String.join(" ", command.usageMessage().description());
    return all.substring(0, all.indexOf('.', all.indexOf(' ')) + 1);
  }

  private static String[] with(String first, String... more) {
    String[] all = new String[more.length + 1];
    all[0] = first;
    System.arraycopy(more, 0, all, 1, more.length);
    return all;
  }

  private static String[] and(String[] first, String last) {
    String[] all = Arrays.copyOf(first, first.length + 1);
    all[first.length] = last;
    return all;
  }
}
