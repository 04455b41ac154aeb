package org.daxcheck.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.testng.annotations.Test;

/** What a target was seen to be. */
public class ObservationTest {
  @Test
  public void aBlockIsFoundInWhicheverOrderTheRangesCame() {
    List<Observation.Block> blocks =
        List.of(block(119), block(118), block(114), block(115), block(9));
    Observation seen =
        new Observation(
            List.of(), "kmem", "online", 1, blocks, List.of(), 0, List.of(), false, List.of(), "",
            false);
    for (Observation.Block block : blocks) {
      assertThat(seen.block(block.number())).contains(block);
    }
    assertThat(seen.block(116)).isEmpty();
  }

  private static Observation.Block block(long number) {
    return new Observation.Block(number, "online", "Movable", 1);
  }
}
