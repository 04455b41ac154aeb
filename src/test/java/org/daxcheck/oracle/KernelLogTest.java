package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.model.Logged;
import org.daxcheck.model.State;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Which lines of the kernel's log are wrong, and which are missing. */
public class KernelLogTest {
  private static final Device WHOLE = Shown.DEVICE;
  private static final Device CUT = cut();
  private static final String TOLD =
      "kmem dax0.0: DAX region truncated by 2.00 MiB due to alignment";
  private static final String STUCK = "stuck online until reboot";

  /** The last range ends 2 MiB behind its last whole block. */
  private static Device cut() {
    List<Device.Range> ranges = new ArrayList<>(WHOLE.ranges());
    Device.Range last = ranges.remove(2);
    ranges.add(
        new Device.Range(last.start(), last.end() + (2 << 20), last.firstBlock(), last.blocks()));
    return new Device(WHOLE.name(), WHOLE.node(), WHOLE.blockSize(), ranges);
  }

  @DataProvider
  public Object[][] lines() {
    return new Object[][] {
      {WHOLE, Step.Kind.BIND, 4, TOLD, true},
      {CUT, Step.Kind.BIND, 4, TOLD, false},
      {CUT, Step.Kind.LOAD, 4, TOLD, false},
      {CUT, Step.Kind.BIND, 4, TOLD.replace("2.00", "4.00"), true},
      {CUT, Step.Kind.WRITE, 4, TOLD, true},
      {WHOLE, Step.Kind.LOAD, 4, TOLD.replace("dax0.0", "dax1.0"), false},
      {
        CUT,
        Step.Kind.BIND,
        4,
        "kmem dax0.0: rejecting DAX region without any memory after alignment",
        true
      },
      {WHOLE, Step.Kind.WRITE, 4, "kmem dax0.0: something new", true},
      {WHOLE, Step.Kind.WRITE, 5, "kmem dax0.0: something new", false},
      {WHOLE, Step.Kind.WRITE, 4, "page dumped because: migration failure", false},
      {WHOLE, Step.Kind.READ, 4, "page dumped because: migration failure", true},
    };
  }

  /** What is strange of a step, line by line. */
  @Test(dataProvider = "lines")
  public void aLineMustHaveItsCause(
      Device device, Step.Kind kind, int level, String line, boolean strange) {
    assertThat(log(device).strange(kind, List.of(), false, seen(device, level, line)))
        .isEqualTo(strange ? Optional.of(line) : Optional.empty());
  }

  /** Without CONFIG_SYMBOLIC_ERRNAME an error is a number. */
  @Test
  public void aNodeWithoutItsThreadHasAKilledWriterForItsCause() {
    for (String line :
        List.of(
            "vmscan: Failed to start kswapd on node 1, ret=-EINTR",
            "vmscan: Failed to start kswapd on node 1, ret=-4",
            "Failed to start kcompactd on node 1")) {
      assertThat(log(WHOLE).strange(Step.Kind.ACTORS, List.of(), true, seen(WHOLE, 3, line)))
          .isEmpty();
      assertThat(log(WHOLE).strange(Step.Kind.ACTORS, List.of(), false, seen(WHOLE, 3, line)))
          .hasValue(line);
    }
    String other = "vmscan: Failed to start kswapd on node 1, ret=-12";
    assertThat(log(WHOLE).strange(Step.Kind.ACTORS, List.of(), true, seen(WHOLE, 3, other)))
        .hasValue(other);
  }

  @DataProvider
  public Object[][] ranges() {
    String first = new Logged(4, Optional.of(0), false, STUCK).on(WHOLE);
    String second = new Logged(4, Optional.of(1), false, STUCK).on(WHOLE);
    String foreign = second.replace("dax0.0", "dax1.0");
    return new Object[][] {
      {List.of(first), ""},
      {List.of(), "no such line"},
      {List.of(second), "no such line, but \"" + second + '"'},
      {List.of(first, first), "it came 2 times"},
      {List.of(first, second), '"' + second + '"'},
      {List.of(first, foreign), ""},
    };
  }

  /** The first range has leaked, and no other. */
  @Test(dataProvider = "ranges")
  public void eachRangeIsToldOnce(List<String> lines, String seen) {
    List<Logged> must = List.of(new Logged(4, Optional.of(0), false, STUCK));
    assertThat(
            log(WHOLE)
                .missing(must, seen(WHOLE, 4, lines.toArray(String[]::new)))
                .map(KernelLog.Wrong::seen)
                .orElse(""))
        .isEqualTo(seen);
  }

  private static KernelLog log(Device device) {
    return new KernelLog(device, Dialect.LINUX_7_3, false);
  }

  private static Observation seen(Device device, int level, String... lines) {
    Shown kernel = new Shown(Dialect.LINUX_7_3, device);
    Observation quiet = kernel.of(State.unplugged(device.blocksOfRanges(), Policy.ONLINE_MOVABLE));
    return quiet.after(
        Arrays.stream(lines).map(l -> new Observation.LogLine(level, 1, l)).toList(),
        false,
        List.of());
  }
}
