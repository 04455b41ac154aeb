package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.daxcheck.step.Device;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class TopologyTwinTest {
  private static final long MIB = 1L << 20;

  /** A device by pairs of first MiB and size in MiB. */
  private static Device device(long blockMib, long... mib) {
    List<Device.Range> ranges = new ArrayList<>();
    for (int i = 0; i < mib.length; i += 2) {
      long end = mib[i] + mib[i + 1];
      long first = (mib[i] + blockMib - 1) / blockMib;
      int blocks = (int) Math.max(0, end / blockMib - first);
      ranges.add(new Device.Range(mib[i] * MIB, end * MIB - 1, first, blocks));
    }
    return new Device("dax0.0", 1, blockMib * MIB, ranges);
  }

  @DataProvider
  public Object[][] layouts() {
    return new Object[][] {
      {device(128, 16384, 256), "dax0.0:256M"},
      {device(128, 16384, 128, 16640, 256), "dax0.0:128M dax0.1:128M dax0.0:256M"},
      // From the middle of a block on.
      {device(128, 16448, 384), "dax0.1:64M dax0.0:384M"},
      // Blocks of 2 GiB: a 16th.
      {device(2048, 65536, 8192, 75776, 3072), "dax0.0:512M dax0.1:128M dax0.0:192M"},
      // Cut within a block, and not to a multiple of what a guest can have.
      {device(2048, 65552, 4096), "dax0.1:2M dax0.0:254M"},
      // By address.
      {device(128, 16640, 256, 16384, 128), "dax0.0:128M dax0.1:128M dax0.0:256M"},
    };
  }

  @Test(dataProvider = "layouts")
  public void isLaidOutAsTheDevice(Device device, String layout) throws GuestException {
    TopologyTwin twin = TopologyTwin.of("Twin.", device, List.of());
    assertThat(twin.text().lines()).contains("layout = " + layout);
  }

  @Test
  public void whatIsNotAsThereIsTold() throws GuestException {
    Device far = device(2048, 65536, 4096, 69632, 4096, 262144, 2048);
    TopologyTwin twin = TopologyTwin.of("Twin.", far, List.of("it snows there"));
    assertThat(twin.differences())
        .anyMatch(d -> d.contains("it snows there"))
        .anyMatch(d -> d.contains("blocks are of 2048 MiB there and of 128 MiB"))
        .anyMatch(d -> d.contains("ranges that touch there are one"))
        .anyMatch(d -> d.contains("a gap of 188416 MiB there is shorter"))
        .anyMatch(d -> d.contains("have 2 2 1 whole blocks, those in the guest 4 1"));
    twin.differences().forEach(d -> assertThat(twin.text()).contains("# - " + d + ".\n"));
    Topology read = Topology.parse(Path.of("lab1.topology"), twin.text());
    assertThat(read.shape()).containsExactly(4, 1);
    assertThat(read.device().regions().get(0)).isLessThan(3L << 30);
  }

  @Test
  public void aLargeDeviceHasRoomForItsMemoryMap() throws GuestException {
    TopologyTwin twin = TopologyTwin.of("Twin.", device(128, 16384, 65536), List.of());
    Topology read = Topology.parse(Path.of("lab1.topology"), twin.text());
    assertThat(read.shape()).containsExactly(512);
    assertThat(read.memory()).isEqualTo(4L << 30);
  }

  @Test
  public void theMemoryMapLiesWhereTheMachineHasIt() throws GuestException {
    Device plain = device(128, 16384, 256);
    Device own = new Device("dax0.0", 1, plain.blockSize(), 2048, plain.ranges());
    assertThat(TopologyTwin.of("Twin.", plain, List.of()).text()).doesNotContain("memmap");
    assertThat(
            Topology.parse(Path.of("x"), TopologyTwin.of("Twin.", own, List.of()).text())
                .kernelWords())
        .containsExactly("memory_hotplug.memmap_on_memory=1");
  }
}
