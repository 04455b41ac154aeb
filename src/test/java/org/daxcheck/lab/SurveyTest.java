package org.daxcheck.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.daxcheck.target.TargetException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What keeps a machine from harm. */
public class SurveyTest {
  private static final String CXL = "/sys/devices/platform/ACPI0017:00/root0/region0";
  private static final String GOOD =
      """
      arch x86_64
      uid 0
      release 7.3.4
      host lab1
      policy online_movable
      blocksize 134217728
      dax dax0.0 kmem state online_movable 268435456 1 %s/dax_region0/dax0.0
      node 0 8388608 6291456
      node 1 262144 204800
      range 15300820992 15569256447
      block 114 online Movable
      block 115 online Movable
      mount /dev/sda1 / /sys/devices/pci0000:00/0000:00:1f.2/ata1/block/sda/sda1
      end
      """
          .formatted(CXL);

  private static Optional<String> refusal(String text, String device) throws TargetException {
    return Survey.of(text).refusal(Optional.ofNullable(device));
  }

  @Test
  public void memoryThatCanMoveMayBeTaken() throws TargetException {
    assertThat(refusal(GOOD, "dax0.0")).isEmpty();
  }

  @DataProvider
  public Object[][] refusals() {
    return new Object[][] {
      {"block 115 online Movable", "block 115 online Normal", "memory115 of dax0.0 is online in"},
      {"uid 0", "uid 1000", "--sudo"},
      {"arch x86_64", "arch aarch64", "built for x86_64"},
      {"end", "user 812 qemu-system-x86 /dev/dax0.0\nend", "process 812 (qemu-system-x86)"},
      {
        "end", "mount /dev/pmem0 / " + CXL + "/pmem0/block/pmem0\nend", "the root file system is on"
      },
      {"end", "mount /dev/pmem0 /srv " + CXL + "/pmem0/block/pmem0\nend", "/srv is on /dev/pmem0"},
      {"end", "mount /dev/pmem0 swap " + CXL + "/pmem0/block/pmem0\nend", "swap is on /dev/pmem0"},
      {"node 0 8388608 6291456\n", "", "is the only memory"},
      {
        "node 0 8388608 6291456",
        "node 0 8388608 65536",
        "taking it away could run the machine out of memory"
      },
    };
  }

  @Test(dataProvider = "refusals")
  public void whatKeepsTheMachineAliveIsNotTaken(String good, String bad, String why)
      throws TargetException {
    assertThat(GOOD).contains(good);
    assertThat(refusal(GOOD.replace(good, bad), "dax0.0").orElse("no refusal"))
        .contains(why)
        .doesNotContain("\n");
  }

  @Test
  public void aDeviceMustBeNamedAndBeThere() throws TargetException {
    assertThat(refusal(GOOD, null).orElseThrow())
        .contains("--device")
        .contains("dax0.0 (256 MiB, driver kmem, online_movable, node 1)");
    assertThat(refusal(GOOD, "dax1.0").orElseThrow()).contains("there is no dax1.0; it has dax0.0");
  }

  @DataProvider
  public Object[][] nonsense() {
    return new Object[][] {
      {""}, {"Welcome to AIX"}, {GOOD.replace("end", "")}, {"node a b c\nend"}
    };
  }

  @Test(dataProvider = "nonsense")
  public void anAnswerThatIsNotWholeIsRefused(String text) {
    assertThatThrownBy(() -> Survey.of(text))
        .isInstanceOf(TargetException.class)
        .hasMessageMatching("(?s).*(not whole|makes no sense).*");
  }

  @Test
  public void whatIsNotAsItWasIsTold() throws TargetException {
    Survey before = Survey.of(GOOD);
    assertThat(before.difference(Survey.of(GOOD), "dax0.0")).isEmpty();
    String now =
        GOOD.replace("block 115 online Movable\n", "")
            .replace("kmem state online", "kmem state off");
    assertThat(before.difference(Survey.of(now), "dax0.0"))
        .contains("it was: driver kmem, state reads online_movable")
        .contains("1 block online in Movable");
  }

  @Test
  public void whoMayActOnBlocksIsNamed() throws TargetException {
    String rule = "/etc/udev/rules.d/9.rules:1:SUBSYSTEM==\"memory\", ATTR{state}=\"online\"";
    Survey survey = Survey.of(GOOD.replace("end", "rule " + rule + "\nprocess 9 daxctl\nend"));
    assertThat(survey.suspects()).contains(rule).contains("daxctl (process 9)");
    assertThat(survey.plan("dax0.0"))
        .contains("beware")
        .contains("in a kernel zone may stay until the next boot")
        .contains("[0x390000000-0x39fffffff], 256 MiB");
    String movable = rule.replace("\"online\"", "\"online_movable\"");
    assertThat(Survey.of(GOOD.replace("end", "rule " + movable + "\nend")).plan("dax0.0"))
        .contains("beware")
        .doesNotContain("kernel zone");
  }
}
