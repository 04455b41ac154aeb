package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.daxcheck.oracle.Shown.rules;
import static org.daxcheck.oracle.Shown.write;

import java.util.List;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.target.TargetException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** A step of which an allocation fails: what it may answer and leave, and what it may not. */
public class ShortOfMemoryTest {
  private static final Step ONLINE = slab(write(Word.ONLINE_MOVABLE));
  private static final Step UNPLUG = slab(write(Word.UNPLUGGED));

  private static Step slab(Step step) {
    return new Step.FailNth(step, Step.Memory.SLAB, 1, 1);
  }

  @DataProvider
  static Object[][] answers() {
    return new Object[][] {{"ok"}, {"ENOMEM"}, {"EBUSY"}, {"EEXIST"}};
  }

  @Test(dataProvider = "answers")
  public void anOnlineWordWorksOrLeavesEverythingAsItWas(String answer) throws TargetException {
    Story story = new Story().answering(answer);
    story.does(ONLINE, r -> r);
    story.answering("ok").does(write(Word.UNPLUGGED), r -> r);
    assertThat(rules(story.verdict())).isEmpty();
  }

  @Test
  public void noOtherErrorMayCome() throws TargetException {
    Story story = new Story().answering("ENOMEM");
    story.does(ONLINE, answering(Result.error(Errno.EINVAL)));
    assertThat(story.verdict().status()).isEqualTo(Verdict.Status.DIVERGENCE);
  }

  @Test
  public void whatFailsMustNotSayThatItWorked() throws TargetException {
    Story story = new Story().answering("ENOMEM");
    story.does(ONLINE, answering(Result.ok("online_movable\n".length())));
    assertThat(story.verdict().status()).isEqualTo(Verdict.Status.DIVERGENCE);
  }

  @Test
  public void anUnplugThatFailsLeavesEveryBlock() throws TargetException {
    Story story = new Story();
    story.does(write(Word.ONLINE_MOVABLE), r -> r);
    story.answering("ENOMEM").does(UNPLUG, withoutTheFirstBlock());
    assertThat(rules(story.verdict())).containsExactly("ATOMIC-1");
  }

  @Test
  public void whatIsLeftBehindShowsInTheNextStep() throws TargetException {
    Story story = new Story().answering("ENOMEM");
    story.does(ONLINE, r -> r);
    story.does(write(Word.ONLINE_MOVABLE), answering(Result.error(Errno.EEXIST)));
    assertThat(story.verdict().status()).isEqualTo(Verdict.Status.DIVERGENCE);
  }

  @Test
  public void withoutAFailureTheStepIsJudgedAsAnyOther() throws TargetException {
    Story story = new Story().answering("ENOMEM");
    story.does(ONLINE, r -> new Reply(r.result().missed(true), r.observation()));
    assertThat(story.verdict().status()).isEqualTo(Verdict.Status.DIVERGENCE);
  }

  @Test
  public void aUeventThatFoundNoMemoryIsTheKernelsToLose() throws TargetException {
    UnaryOperator<Reply> loses =
        r -> {
          Observation o = r.observation();
          return new Reply(r.result(), o.after(o.log(), false, o.uevents(), true));
        };
    Story once = new Story();
    once.does(ONLINE, loses);
    once.does(write(Word.UNPLUGGED), r -> r);
    assertThat(once.verdict().status()).isEqualTo(Verdict.Status.PASS);
    once.does(write(Word.ONLINE_MOVABLE), loses);
    assertThat(once.verdict().cause()).isEqualTo(Cause.LOST);
  }

  @Test
  public void theAllocatorsOwnReportIsNoFaultThenAndOneOtherwise() throws TargetException {
    List<String> report =
        List.of(
            "agent: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null)",
            "CPU: 0 UID: 0 PID: 68 Comm: agent Not tainted 7.3.4 #1",
            "Mem-Info:",
            "0 pages hwpoisoned");
    Story story = new Story();
    story.does(ONLINE, logging(report));
    assertThat(rules(story.verdict())).isEmpty();
    story.does(write(Word.UNPLUGGED), logging(report));
    assertThat(rules(story.verdict())).containsExactly("ROBUST-1");
  }

  private static UnaryOperator<Reply> answering(Result result) {
    return r -> new Reply(result, r.observation());
  }

  private static UnaryOperator<Reply> withoutTheFirstBlock() {
    return r ->
        new Reply(
            r.result(), Shown.blocks(r.observation(), r.observation().blocks().subList(1, 4)));
  }

  private static UnaryOperator<Reply> logging(List<String> lines) {
    return r -> {
      List<Observation.LogLine> log =
          lines.stream().map(l -> new Observation.LogLine(4, 1, l)).toList();
      Observation o = r.observation();
      return new Reply(r.result(), o.after(log, false, o.uevents(), false));
    };
  }
}
