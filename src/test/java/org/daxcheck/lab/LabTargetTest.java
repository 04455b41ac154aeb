package org.daxcheck.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.daxcheck.step.OneOfEach;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

/** Who acts on somebody's machine. */
public class LabTargetTest {
  private static final Set<Step.Kind> CHANGE_NOTHING =
      EnumSet.of(
          Step.Kind.READ,
          Step.Kind.AWAIT,
          Step.Kind.SLEEP,
          Step.Kind.SIGNAL,
          Step.Kind.VERIFY,
          Step.Kind.LOOK);

  @Test(dataProviderClass = OneOfEach.class, dataProvider = "kinds")
  public void isWatchedAfterEveryStepThatIsNotKnownToChangeNothing(Step.Kind kind) {
    assertThat(LabTarget.watches(OneOfEach.of(kind))).isEqualTo(!CHANGE_NOTHING.contains(kind));
  }
}
