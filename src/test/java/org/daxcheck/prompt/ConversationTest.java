package org.daxcheck.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Vocabulary;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.TargetException;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What is answered to lines, on targets that are right, wrong, or die. */
public class ConversationTest {
  private static final Catalogue CATALOGUE = Catalogue.bundled();

  private Path folder;

  @BeforeMethod
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-try-test");
  }

  @AfterMethod(alwaysRun = true)
  public void clean() throws Exception {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static ModelTarget right() throws TargetException {
    return new ModelTarget(
        Dialect.LINUX_7_3,
        "cxl",
        ModelTarget.device(List.of(2)),
        Policy.ONLINE_MOVABLE,
        new Random(1));
  }

  private Conversation on(org.daxcheck.target.Target target) throws TargetException {
    return new Conversation(
        Attempt.on(target), CATALOGUE, 100, Colours.OFF, folder, List.of("--driver", "v4"));
  }

  /** A right target in which something can be made wrong. */
  private static class Forwarding extends ForwardingTarget {
    Forwarding() throws TargetException {
      super(right());
    }

    @Override
    public void close() {
      // The model holds nothing.
    }
  }

  private static String flat(String text) {
    return text.replaceAll("\\s+", " ");
  }

  @Test
  public void aStepIsDoneAndJudged() throws TargetException {
    Conversation talk = on(right());
    assertThat(talk.greeting()).isEmpty();
    assertThat(flat(talk.hears("write online_movable")))
        .contains("model ok (TRANS-3) answer ok", "unplugged -> online_movable", "verdict allowed");
    assertThat(flat(talk.hears("write online_kernel; read")))
        .contains(
            "model EBUSY (REFUSE-1) answer EBUSY verdict allowed", "read model online_movable");
    assertThat(flat(talk.hears("state"))).contains("online Movable", "model online_movable;");
    assertThat(talk.exit()).isEqualTo(ExitCode.PASS);
  }

  @Test
  public void whatTheKernelMayNotDoIsExplained() throws TargetException {
    Conversation talk =
        on(
            new Forwarding() {
              @Override
              public List<Reply> run(List<Step> steps) throws TargetException {
                return super.run(steps).stream()
                    .map(
                        r ->
                            r.result().errno().filter(Errno.EBUSY::equals).isPresent()
                                ? new Reply(Result.error(Errno.EINVAL), r.observation())
                                : r)
                    .toList();
              }
            });
    talk.hears("write online_movable");
    assertThat(flat(talk.hears("write online_kernel")))
        .contains("verdict breaks REFUSE-1", "allowed EBUSY", "seen EINVAL", "No state is left.");
    assertThat(flat(talk.hears("write online")))
        .as("again, without telling of the step where it began")
        .contains("verdict breaks REFUSE-1", "the answer was EINVAL")
        .doesNotContain("line 2");
    assertThat(flat(talk.hears("read"))).contains("verdict allowed");
    assertThat(talk.exit()).isEqualTo(ExitCode.DIVERGENCE);
  }

  @Test
  public void aKernelThatDiesBreaksARule() throws TargetException {
    Conversation talk =
        on(
            new Forwarding() {
              @Override
              public List<Reply> run(List<Step> steps) throws TargetException {
                if (steps.contains(new Step.Unbind())) {
                  throw new TargetException(
                      TargetException.Kind.KERNEL, "the kernel panicked", List.of(), null);
                }
                return super.run(steps);
              }
            });
    assertThat(flat(talk.hears("unbind"))).contains("the kernel panicked", "breaks ROBUST-1");
    assertThat(talk.hears("read")).contains("the target is gone");
    assertThat(talk.exit()).isEqualTo(ExitCode.DIVERGENCE);
  }

  @Test
  public void anArrowThatTheModelDisputesIsNoVerdict() throws TargetException {
    Conversation talk = on(right());
    assertThat(flat(talk.hears("write online_movable -> EBUSY")))
        .contains("'write online_movable -> EBUSY' is against the model");
    assertThat(talk.hears("read")).as("said once").doesNotContain("is against the model");
    assertThat(talk.exit()).isEqualTo(ExitCode.ERROR);
  }

  @Test
  public void actorsAreDoneTogetherAtAnEmptyLine() throws TargetException {
    Conversation talk = on(right());
    assertThat(talk.hears("P0: write online_movable")).isEmpty();
    assertThat(talk.isOpen()).isTrue();
    assertThat(talk.hears("P1: read")).isEmpty();
    assertThat(talk.hears("")).contains("P0 write online_movable", "P1 read", "allowed");
    assertThat(talk.isOpen()).isFalse();
    talk.hears("P0: read");
    assertThat(talk.ends()).contains("P0 read");
  }

  @Test
  public void whatWasTriedIsSavedAndNothingIsOverwritten() throws Exception {
    Conversation talk = on(right());
    talk.hears("write online_movable -> ok; blocks; P0: read; P1: read;; write \"a;b\"; unbind");
    assertThat(talk.hears("save mine")).contains("mine.kmem", "./daxcheck run");
    assertThat(Files.readString(folder.resolve("mine.kmem")))
        .startsWith("KMEM mine\n# Tried on model of 7.3, topology cxl.\nleaks: until reboot\n\n")
        .endsWith(
            "write online_movable  -> ok\n# blocks\nP0: read\nP1: read\nwrite \"a;b\"\nunbind\n");
    assertThat(
            Parser.tried("mine.kmem", Files.readString(folder.resolve("mine.kmem")), CATALOGUE)
                .lines())
        .hasSize(4);
    assertThat(talk.hears("save mine")).contains("is there already; take another name");
    assertThat(talk.hears("save No Name")).contains("expected lower-case letters");
  }

  @Test
  public void quitEndsItAndNothingBehindIsDone() throws TargetException {
    Conversation talk = on(right());
    assertThat(talk.hears("help")).contains("save NAME");
    assertThat(talk.hears("quit; write online_movable")).isEmpty();
    assertThat(talk.isOver()).isTrue();
    assertThat(talk.exit()).isEqualTo(ExitCode.PASS);
  }

  @DataProvider
  public Object[][] wrong() {
    return new Object[][] {
      {"wriet online", "did you mean 'write'?"},
      {"read; sleep 2ms", "which only an actor can do; put 'P0:' before it"},
      {"write online -> fine", "found 'fine'"},
      {"P0: pin block first", "a step that an actor can do"},
    };
  }

  @Test(dataProvider = "wrong")
  public void aWrongLineIsOneSentenceBeforeAnythingIsDone(String line, String says)
      throws TargetException {
    assertThatThrownBy(() -> Conversation.check(List.of("read", line)))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining(says);
    Conversation talk = on(right());
    talk.hears(line);
    assertThat(talk.ends() + talk.hears(line) + talk.ends()).contains(says);
    assertThat(talk.exit()).isEqualTo(ExitCode.ERROR);
  }

  @Test
  public void wordsAreCompletedFromTheLanguage() {
    assertThat(Conversation.after(List.of()))
        .contains("write", "blocks", "neighbour", "P0:", "state", "save", "quit");
    assertThat(Conversation.after(List.of("write"))).contains("unplugged", "online_movable");
    assertThat(Conversation.after(List.of("P1:")))
        .contains("signal", "sleep")
        .doesNotContain("pin");
    assertThat(Conversation.after(List.of("P1:", "signal", "P0"))).contains("INT", "KILL");
    assertThat(Conversation.after(List.of("pin"))).containsExactly("block");
    assertThat(Conversation.after(List.of("pin", "block"))).contains("last");
    assertThat(Conversation.after(List.of("pin", "block", "last"))).containsExactly("of");
    assertThat(Conversation.after(List.of("block", "first"))).contains("offline", "of");
    assertThat(Conversation.after(List.of("block", "first", "of"))).containsExactly("range");
    assertThat(Conversation.after(List.of("nonsense"))).isEmpty();
  }

  @Test
  public void whatIsCompletedCanBeTyped() throws ScenarioException {
    for (String keyword : List.of("write", "policy", "bind", "reshape", "blocks")) {
      for (String word : Vocabulary.after(List.of(keyword))) {
        if (!List.of("of", "at", "as").contains(word)) {
          Conversation.check(List.of(keyword + " " + word));
        }
      }
    }
  }
}
