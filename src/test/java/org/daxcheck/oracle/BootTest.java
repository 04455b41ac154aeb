package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Retouched;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.trace.Trace;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** POLICY-2 to POLICY-5, EFFECT-8: what the boot must have left, and what it must not. */
public class BootTest {
  private static final String SOURCE =
      """
      KMEM nothing
      # Nothing is done.
      rule: ATTR-1 (x, "y")
      requires: attribute

      read
      """;

  @DataProvider
  public Object[][] policies() {
    return new Object[][] {
      {Policy.OFFLINE, "POLICY-2"},
      {Policy.ONLINE, "POLICY-3"},
      {Policy.ONLINE_KERNEL, "POLICY-4"},
      {Policy.ONLINE_MOVABLE, "POLICY-5"}
    };
  }

  @Test(dataProvider = "policies")
  public void aBootThatBindsAsItsPolicySaysIsRight(Policy policy, String rule) throws Exception {
    Verdict verdict = judged(policy, List.of(1, 2, 1), bound(policy, List.of(1, 2, 1)));
    assertThat(verdict.divergences()).isEmpty();
    assertThat(verdict.judged()).containsKey(org.daxcheck.abi.RuleId.of(rule));
  }

  @Test(dataProvider = "policies")
  public void aBootThatBindsNothingIsToldOnceByTheRuleOfItsPolicy(Policy policy, String rule)
      throws Exception {
    assertThat(named(judged(policy, List.of(2), unbound(policy, List.of(2)))))
        .containsExactly(rule);
  }

  @Test(dataProvider = "policies")
  public void aBootThatLosesARangeIsTold(Policy policy, String rule) throws Exception {
    Observation all = bound(policy, List.of(1, 2, 1));
    Observation lost =
        Retouched.of(all)
            .blocks(all.blocks().subList(0, 3))
            .iomem(all.iomem().subList(0, 4))
            .done();
    assertThat(named(judged(policy, List.of(1, 2, 1), lost))).contains(rule);
  }

  @Test
  public void aDeviceWithoutAWholeBlockIsNotBoundAndThatIsRight() throws Exception {
    List<Integer> none = List.of(0);
    assertThat(named(judged(Policy.ONLINE_MOVABLE, none, unbound(Policy.ONLINE_MOVABLE, none))))
        .isEmpty();
  }

  private static List<String> named(Verdict verdict) {
    assertThat(verdict.divergences()).allMatch(d -> d.entry() == Divergence.BOOT);
    return verdict.divergences().stream().map(d -> d.rule().toString()).toList();
  }

  private static ModelTarget target(Policy policy, List<Integer> blocks) {
    return new ModelTarget(
        Dialect.LINUX_7_3, "cxl", ModelTarget.device(blocks), policy, new Random(1));
  }

  private static Observation bound(Policy policy, List<Integer> blocks) throws Exception {
    return target(policy, blocks)
        .run(List.of(new Step.Unbind(), new Step.Bind(Driver.KMEM)))
        .get(1)
        .observation();
  }

  private static Observation unbound(Policy policy, List<Integer> blocks) throws Exception {
    return target(policy, blocks).run(List.of(new Step.Unbind())).get(0).observation();
  }

  private static Verdict judged(Policy policy, List<Integer> blocks, Observation boot)
      throws Exception {
    Scenario scenario = Parser.parse("nothing.kmem", SOURCE, Catalogue.bundled());
    long online = boot.blocks().stream().filter(Observation.Block::online).count();
    Trace.Header header =
        new Trace.Header(
            "nothing",
            SOURCE,
            "qemu",
            Dialect.LINUX_7_3,
            "kernel",
            "cxl",
            policy.text(),
            ModelTarget.device(blocks),
            boot.memTotalKib() - (online << 17));
    return Oracle.judge(
        new Trace(header, unbound(policy, blocks), List.of(), Optional.of(boot)), scenario);
  }
}
