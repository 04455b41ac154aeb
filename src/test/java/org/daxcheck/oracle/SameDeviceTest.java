package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Model;
import org.daxcheck.model.State;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** REFUSE-3: what counts as a change of the device. */
public class SameDeviceTest {
  private static final Observation SEEN =
      new Shown(Dialect.LINUX_7_3)
          .of(
              new Model(Dialect.LINUX_7_3)
                  .outcomes(
                      State.unplugged(List.of(1, 2, 1), Policy.ONLINE_MOVABLE),
                      Step.Write.word(Word.ONLINE_MOVABLE),
                      false)
                  .get(0)
                  .next());

  @DataProvider
  public Object[][] sights() {
    return new Object[][] {
      {"nothing", SEEN, true},
      {"the word", Shown.text(SEEN, "online\n"), false},
      {"a block", Shown.block(SEEN, 3, b -> null), false},
      {"a line of iomem", Shown.line(SEEN, 0, l -> null), false},
      {"MemTotal", Shown.memTotal(SEEN, SEEN.memTotalKib() + 4), false},
      {"the driver", Shown.driver(SEEN, "none"), false},
      {"the log", Shown.log(SEEN, true, "some line"), true},
      {"taint", Shown.taint(SEEN, 512), true},
      {"the policy, which is the system's", Shown.policy(SEEN, "offline"), true},
    };
  }

  @Test(dataProvider = "sights")
  public void whatDiffersIsAChange(String what, Observation other, boolean same) {
    assertThat(SameDevice.in(SEEN, other)).as(what).isEqualTo(same);
    assertThat(SameDevice.in(other, SEEN)).as(what).isEqualTo(same);
  }
}
