package org.daxcheck.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.daxcheck.target.TargetException;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class MachineLayoutTest {
  private static final String PLAIN =
      """
      host lab1
      release 7.3.4
      blocksize 134217728
      dax dax0.0 kmem state online_movable 402653184 1 /sys/devices/root0/region0/dax_region0/dax0.0
      node 0 8388608 6291456
      node 1 262144 204800
      range 15300820992 15435038719
      range 15636365312 15837691903
      block 114 online Movable
      block 117 online Movable
      end
      """;

  private static MachineLayout layout(String text) throws TargetException {
    return MachineLayout.of(Survey.of(text), "dax0.0");
  }

  @Test
  public void hasTheRangesAndTheirWholeBlocks() throws TargetException {
    MachineLayout layout = layout(PLAIN);
    assertThat(layout.host()).isEqualTo("lab1");
    assertThat(layout.device().blocksOfRanges()).containsExactly(1, 1);
    assertThat(layout.device().blockNumber(1)).isEqualTo(117);
    assertThat(layout.device().memmapKib()).isZero();
    assertThat(layout.beside()).isEmpty();
  }

  @Test
  public void knowsWhereTheMemoryMapLies() throws TargetException {
    MachineLayout layout = layout("memmap_on_memory yes\n" + PLAIN);
    assertThat(layout.device().memmapKib()).isEqualTo(2048);
  }

  @DataProvider
  public Object[][] others() {
    return new Object[][] {
      {"/region0/dax_region0", "/dax_region0", "dax0.0 is no CXL memory there"},
      {"node 0", "node 2 4096 4096\nnode 0", "2 other nodes there have memory"},
      {"node 1 262144", "node 1 1310720", "node 1 has 1024 MiB beside dax0.0 there"},
      {
        "node 0",
        "dax dax1.0 kmem state unplugged 134217728 2 /sys/devices/root0/region1/dax1.0\nnode 0",
        "there is also dax1.0 (128 MiB, driver kmem, unplugged, node 2)"
      },
      {
        "range 15300820992 15435038719\nrange 15636365312 15837691903",
        "range 15636365312 15837691903\nrange 15300820992 15435038719",
        "not in the order of their addresses"
      },
    };
  }

  @Test(dataProvider = "others")
  public void tellsWhatAGuestCannotHave(String plain, String other, String told)
      throws TargetException {
    assertThat(layout(PLAIN.replace(plain, other)).beside())
        .singleElement()
        .asString()
        .contains(told);
  }
}
