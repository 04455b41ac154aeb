package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.daxcheck.report.ExitCode;
import org.testng.SkipException;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The man page has each command, option and exit code, and troff takes it as it is. */
public class ManPageTest {
  private String troff;

  /** The page as it reads, without its macros' arguments quoted and its fonts. */
  private String page;

  @BeforeClass
  public void print() {
    Asked asked = Asked.daxcheck("man");
    assertThat(asked.code()).isZero();
    assertThat(asked.err()).isEmpty();
    troff = asked.out();
    page = plain(troff);
  }

  @DataProvider
  public Object[][] commands() {
    return Asked.commands().map(c -> new Object[] {c}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "commands")
  public void aCommandHasItsSection(CommandSpec command) {
    String section = section(".SS \"" + command.qualifiedName() + "\"\n");
    assertThat(section).contains(command.usageMessage().description());
    List<String> entries = new ArrayList<>();
    for (PositionalParamSpec p : command.positionalParameters()) {
      entries.add(".TP\n" + p.paramLabel() + "\n" + String.join(" ", p.description()) + "\n");
    }
    for (OptionSpec option : command.options()) {
      if (option.usageHelp() || option.versionHelp()) {
        assertThat(section(".SH \"OPTIONS\"\n")).contains(String.join(", ", option.names()));
      } else {
        entries.add(".TP\n" + names(option) + "\n" + String.join(" ", option.description()) + "\n");
      }
    }
    assertThat(entries).allSatisfy(e -> assertThat(section).contains(e));
    assertThat(section.split("\n\\.TP\n", -1)).hasSize(entries.size() + 1);
    assertThat(command.usageMessage().footer()).allSatisfy(f -> assertThat(section).contains(f));
  }

  @Test
  public void itHasEveryExitCode() {
    String section = section(".SH \"EXIT STATUS\"\n");
    for (ExitCode code : ExitCode.values()) {
      assertThat(section).contains(".TP\n" + code.code() + "\n" + code.text() + ": ");
    }
    assertThat(section.split("\n\\.TP\n", -1)).hasSize(ExitCode.values().length + 1);
  }

  @Test
  public void itsVariablesAreReadSomewhere() throws IOException {
    Path home = Path.of(System.getProperty("daxcheck.home", "."));
    StringBuilder readers = new StringBuilder(Files.readString(home.resolve("daxcheck")));
    try (Stream<Path> files = Files.walk(home.resolve("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        if (!file.endsWith("ManPage.java")) {
          readers.append(Files.readString(file));
        }
      }
    }
    for (List<String> variable : ManPage.ENVIRONMENT) {
      assertThat(readers).contains(variable.get(0));
      assertThat(section(".SH \"ENVIRONMENT\"\n")).contains(".TP\n" + variable.get(0) + "\n");
    }
  }

  @Test
  public void noWordOfAnOptionIsTakenForAMacro() {
    assertThat(plain(ManPage.escaped(".SH it's a \\ in \"~/-x\" `^`")))
        .isEqualTo(".SH it's a \\ in \"~/-x\" `^`");
    assertThat(ManPage.escaped(".SH")).startsWith("\\&");
    assertThat(ManPage.escaped("'br")).startsWith("\\(aq");
    assertThat(Arrays.stream(troff.split("\n")).filter(l -> l.startsWith(".") || l.startsWith("'")))
        .allMatch(l -> l.matches("\\.(TH .*|SH .*|SS .*|TP|PP|br|nh|ad l)"), "a macro of ours");
  }

  @Test
  public void troffHasNothingToSay() throws Exception {
    Process groff;
    try {
      groff =
          new ProcessBuilder("groff", "-man", "-ww", "-z", "-").redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new SkipException("no groff here: " + e.getMessage());
    }
    try (var in = groff.outputWriter()) {
      in.write(troff);
    }
    assertThat(new String(groff.getInputStream().readAllBytes())).isEmpty();
    assertThat(groff.waitFor()).isZero();
  }

  private static String names(OptionSpec option) {
    String label = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
    Stream<String> names = Stream.of(option.names());
    Stream<String> negated =
        option.negatable()
            ? Stream.of(option.names()).map(n -> n.replaceFirst("--", "--no-"))
            : Stream.empty();
    return String.join(", ", Stream.concat(names, negated).map(n -> n + label).toList());
  }

  /** From behind the heading to the next one. */
  private String section(String heading) {
    assertThat(page).containsOnlyOnce(heading);
    String rest = page.substring(page.indexOf(heading) + heading.length() - 1);
    return rest.split("\n\\.S[HS] ", 2)[0] + "\n";
  }

  private static String plain(String troff) {
    return troff
        .replaceAll("\\\\f[BIR]", "")
        .replace("\\&", "")
        .replace("\\-", "-")
        .replace("\\(aq", "'")
        .replace("\\(dq", "\"")
        .replace("\\(ha", "^")
        .replace("\\(ti", "~")
        .replace("\\(ga", "`")
        .replace("\\e", "\\");
  }
}
