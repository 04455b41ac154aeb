package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.trace.Trace;
import org.testng.annotations.Test;

/** A device of many blocks has no more outcomes than one of few, and is judged as soon. */
public class ManyBlocksTest {
  private static final int BLOCKS = 512;
  private static final Step OFFLINE =
      new Step.BlockWrite(BlockRef.ofDevice(BlockRef.Place.EVERY), "offline");

  @Test
  public void outcomesDoNotDoubleWithEachBlock() {
    for (int blocks : List.of(2, BLOCKS)) {
      Model model = new Model(Dialect.LINUX_7_3);
      State up =
          model
              .outcomes(
                  State.unplugged(List.of(blocks), Policy.ONLINE_MOVABLE),
                  Step.Write.word(Word.ONLINE_KERNEL),
                  false)
              .get(0)
              .next();
      List<Outcome> outcomes = model.outcomes(up, OFFLINE, true);
      assertThat(outcomes.stream().map(o -> o.answer().toString()))
          .as(blocks + " blocks")
          .containsExactly("ok", "EINTR", "EBUSY");
      // From what is left open there the next step has no more outcomes, either.
      State open = outcomes.get(1).next();
      assertThat(model.outcomes(open, OFFLINE, true)).hasSizeLessThanOrEqualTo(4);
      assertThat(model.outcomes(open, Step.Write.word(Word.UNPLUGGED), true))
          .hasSizeLessThanOrEqualTo(4);
    }
  }

  /** The limit is far above what it takes (a second), and far below what doubling would take. */
  @Test(timeOut = 60_000)
  public void aTraceIsJudgedInTheTimeOfItsLength() throws Exception {
    Device device = ModelTarget.device(List.of(BLOCKS));
    ModelTarget target =
        new ModelTarget(
            Dialect.LINUX_7_3, "cxl-large", device, Policy.ONLINE_MOVABLE, new Random(1));
    String source =
        """
        KMEM many
        # Many blocks in a kernel zone go offline by hand.
        rule: SYNC-1 (x, "y")
        requires: attribute

        write online_kernel
        blocks offline
        blocks offline
        write unplugged
        write online
        blocks offline
        write unplugged
        """;
    Scenario scenario = Parser.parse("many.kmem", source, Catalogue.bundled());
    Trace.Header header =
        new Trace.Header(
            "many",
            source,
            "model",
            Dialect.LINUX_7_3,
            "model",
            "cxl-large",
            Policy.ONLINE_MOVABLE.text(),
            device,
            target
                .run(List.of(Step.Look.at(Step.Aspect.POLICY)))
                .get(0)
                .observation()
                .memTotalKib());
    Reply before = target.run(List.of(Step.Look.at(Step.Aspect.POLICY))).get(0);
    List<Trace.Entry> entries = new ArrayList<>();
    for (Scenario.Line line : scenario.lines()) {
      Reply reply = target.run(List.of(line.step())).get(0);
      entries.add(new Trace.Entry(Trace.Phase.SCENARIO, line.number(), "step", line.step(), reply));
    }
    Verdict verdict = Oracle.judge(new Trace(header, before.observation(), entries), scenario);
    assertThat(verdict.divergences()).isEmpty();
    assertThat(verdict.status()).isEqualTo(Verdict.Status.PASS);
  }
}
