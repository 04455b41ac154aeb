package org.daxcheck.show;

import static org.assertj.core.api.Assertions.assertThat;

import org.daxcheck.abi.Word;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Sample;
import org.daxcheck.trace.Trace;
import org.testng.annotations.Test;

/** What is seen of a device, in words. */
public class ObservationTextTest {
  /** What is stated of a look at the log holds by lines that came with the step before it. */
  @Test
  public void aLookAtTheLogShowsWhatTheLastActionLogged() {
    Sample s = Sample.of("qemu");
    Step look = Step.Look.at(Step.Aspect.LOG);
    Observation quiet = s.online("online", "Normal");
    Trace trace =
        s.step(1, "log", look, Result.ok(0), s.unplugged())
            .step(
                2,
                "write online",
                Step.Write.word(Word.ONLINE),
                Result.ok(7),
                s.online("online", "Normal", new Observation.LogLine(4, 0, "mapping0: one")))
            .step(3, "log", look, Result.ok(0), quiet)
            .step(4, "log", look, Result.ok(0), quiet)
            .step(5, "write online", Step.Write.word(Word.ONLINE), Result.ok(7), quiet)
            .step(6, "log", look, Result.ok(0), quiet)
            .trace();
    ObservationText text = new ObservationText(trace.header());
    assertThat(text.look((Step.Look) look, trace, 0)).isEqualTo("no line");
    assertThat(text.look((Step.Look) look, trace, 2)).isEqualTo("mapping0: one");
    assertThat(text.look((Step.Look) look, trace, 3)).isEqualTo("mapping0: one");
    assertThat(text.look((Step.Look) look, trace, 5)).isEqualTo("no line");
  }
}
