package org.daxcheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.testng.SkipException;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The commit-msg hook, as git calls it and as CI does. */
public class CommitMessageTest {
  private static final Path HOOK =
      Path.of(System.getProperty("daxcheck.home", "."), ".ci/commit-msg").toAbsolutePath();
  private static final String BODY = "\n\nIt was slow.\n";

  private Path folder;

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("daxcheck-commits");
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @DataProvider
  public Object[][] messages() {
    String verb = "the subject must begin with a verb and a capital letter, such as Add: ";
    String does = "the subject must say what the commit does, such as Add, not Added or Adds: ";
    return new Object[][] {
      {"Read the log once" + BODY, ""},
      {"Address what mandoc says" + BODY, ""},
      {"Feed the model with words" + BODY, ""},
      {"Re-read the log, in one place" + BODY, ""},
      {"Merge branch 'types'\n", ""},
      {"fixup! Read the log once" + BODY, ""},
      {
        "x".repeat(73).replaceFirst("xx", "Xx") + BODY,
        "the subject has 73 characters, at most 72 are allowed: X" + "x".repeat(72)
      },
      {"X" + "x".repeat(71) + BODY, ""},
      {"Say Zürich " + "ü".repeat(61) + BODY, ""},
      {"Read the log once." + BODY, "the subject ends with a period: Read the log once."},
      {"read the log once" + BODY, verb + "read the log once"},
      {"Agent: read the log once" + BODY, verb + "Agent: read the log once"},
      {"KTAP names the target" + BODY, verb + "KTAP names the target"},
      {"Added a log" + BODY, does + "Added a log"},
      {"Adding a log" + BODY, does + "Adding a log"},
      {"Guests watch the bytes" + BODY, does + "Guests watch the bytes"},
      {"Three defects of stock" + BODY, does + "Three defects of stock"},
      {
        "Read the log once\nIt was slow.\n",
        "a blank line must follow the subject: Read the log once|a body must say why: Read the log once"
      },
      {"Read the log once\n", "a body must say why: Read the log once"},
      {
        "Read the log once\n\nSigned-off-by: A B <a@example.org>\n",
        "a body must say why: Read the log once"
      },
      {
        "Read the log once\n\n# Please enter the commit message\n",
        "a body must say why: Read the log once"
      },
      {
        "Read the log once\n\n# ------------------------ >8 ------------------------\ndiff --git a b\n",
        "a body must say why: Read the log once"
      },
      {"\n# only comments\n", "the message is empty"},
    };
  }

  @Test(dataProvider = "messages")
  public void theHookComplainsInOneSentenceEach(String message, String complaints)
      throws Exception {
    Path file = Files.writeString(folder.resolve("COMMIT_EDITMSG"), message);
    Said said = said(folder, HOOK.toString(), file.toString());
    List<String> expected =
        complaints.isEmpty()
            ? List.of()
            : Stream.of(complaints.split("\\|")).map(c -> "commit-msg: " + c).toList();
    assertThat(said.text().lines().toList()).isEqualTo(expected);
    assertThat(said.code()).isEqualTo(expected.isEmpty() ? 0 : 1);
  }

  @Test
  public void ofAHistoryOnlyWhatComesAfterTheHookIsChecked() throws Exception {
    Path repository = history();
    Path hook = repository.resolve(".ci/commit-msg");
    assertThat(said(repository, hook.toString(), "--history"))
        .isEqualTo(new Said(0, "commit-msg: messages checked: 1, complaints: 0\n"));

    commit(repository, "wip");
    String bad = said(repository, "git", "rev-parse", "--short", "HEAD").text().strip();
    assertThat(said(repository, hook.toString(), "--history"))
        .isEqualTo(
            new Said(
                1,
                "commit-msg: "
                    + bad
                    + ": the subject must begin with a verb and a capital letter, such as Add: wip\n"
                    + "commit-msg: "
                    + bad
                    + ": a body must say why: wip\n"
                    + "commit-msg: messages checked: 2, complaints: 2\n"));
  }

  @Test
  public void aBranchFromBeforeTheHookIsNotChecked() throws Exception {
    Path repository = history();
    git(repository, "checkout", "-q", "-b", "old", "HEAD~2");
    commit(repository, "made before anybody had the hook");
    git(repository, "checkout", "-q", "main");
    git(repository, "merge", "-q", "--no-edit", "old");
    assertThat(said(repository, ".ci/commit-msg", "--history"))
        .isEqualTo(new Said(0, "commit-msg: messages checked: 1, complaints: 0\n"));
  }

  @Test
  public void aShallowCloneIsCheckedAsFarAsItGoes() throws Exception {
    Path repository = history();
    commit(repository, "Say more" + BODY);
    commit(repository, "wip");
    git(folder, "clone", "-q", "--depth", "2", "file://" + repository, "shallow");
    Said said = said(folder.resolve("shallow"), ".ci/commit-msg", "--history");
    assertThat(said.text()).endsWith("commit-msg: messages checked: 1, complaints: 2\n");
    assertThat(said.code()).isEqualTo(1);
    git(folder, "clone", "-q", "--depth", "1", "file://" + repository, "last");
    assertThat(said(folder.resolve("last"), ".ci/commit-msg", "--history"))
        .isEqualTo(new Said(0, "commit-msg: messages checked: 0, complaints: 0\n"));
  }

  @Test
  public void withoutHistoryNothingIsChecked() throws Exception {
    Files.createDirectory(folder.resolve(".ci"));
    Files.copy(HOOK, folder.resolve(".ci/commit-msg"));
    assertThat(said(folder, "bash", ".ci/commit-msg", "--history"))
        .isEqualTo(new Said(0, "commit-msg: no history here, so no message was checked\n"));
  }

  /** A bad message, then the commit that adds the hook, then a good one. */
  private Path history() throws Exception {
    Path repository = Files.createDirectory(folder.resolve("repository"));
    git(repository, "init", "-q", "-b", "main");
    commit(repository, "old words.");
    Files.createDirectory(repository.resolve(".ci"));
    Path hook = Files.copy(HOOK, repository.resolve(".ci/commit-msg"));
    assertThat(hook.toFile().setExecutable(true)).isTrue();
    git(repository, "add", ".ci");
    commit(repository, "the hook");
    commit(repository, "Read the log once" + BODY);
    return repository;
  }

  private void commit(Path repository, String message) throws Exception {
    git(repository, "commit", "-q", "--allow-empty", "-m", message);
  }

  private void git(Path where, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-c", "core.hooksPath=/dev/null"));
    command.addAll(List.of(words));
    Said said = said(where, command.toArray(String[]::new));
    assertThat(said.code()).as(said.text()).isZero();
  }

  private record Said(int code, String text) {}

  private static Said said(Path where, String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(where.toFile()).redirectErrorStream(true);
    // A hook that runs the tests must not hand its own repository to them.
    builder.environment().keySet().removeIf(v -> v.startsWith("GIT_"));
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    for (String who : List.of("AUTHOR", "COMMITTER")) {
      builder.environment().put("GIT_" + who + "_NAME", "A");
      builder.environment().put("GIT_" + who + "_EMAIL", "a@example.org");
    }
    builder
        .environment()
        .put("GIT_CEILING_DIRECTORIES", where.toAbsolutePath().getParent().toString());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      if (command[0].equals("git")) {
        throw new SkipException("no git here: " + e.getMessage());
      }
      throw e;
    }
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes());
    return new Said(process.waitFor(), text);
  }
}
