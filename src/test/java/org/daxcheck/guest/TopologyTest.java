package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Purpose;
import org.daxcheck.abi.Topologies;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class TopologyTest {
  private static final Path FILE = Path.of("some.topology");
  private static final String GOOD =
      """
      # a comment
      memory = 2G
      cpus = 2

      cxl = 768M
      layout = dax0.0:128M dax0.1:128M dax0.0:256M
      kernel = dax0.1
      """;

  @Test
  public void readsEveryKey() throws GuestException {
    Topology topology = Topology.parse(FILE, GOOD);

    assertThat(topology.name()).isEqualTo("some");
    assertThat(topology.memory()).isEqualTo(2L << 30);
    assertThat(topology.cpus()).isEqualTo(2);
    assertThat(topology.device().regions()).containsExactly(768L << 20);
    assertThat(topology.purpose()).isEqualTo(Purpose.EVERYTHING);
    assertThat(topology.layout())
        .containsExactly(
            new Topology.Range("dax0.0", 0, 128L << 20),
            new Topology.Range("dax0.1", 128L << 20, 128L << 20),
            new Topology.Range("dax0.0", 256L << 20, 256L << 20));
    assertThat(topology.kernel()).contains("dax0.1");
    assertThat(Topology.parse(FILE, GOOD.replace("kernel = dax0.1\n", "")).kernel()).isEmpty();
    assertThat(topology.text()).isEqualTo(GOOD);
  }

  @Test
  public void readsWhatIsBesideTheDevice() throws GuestException {
    Topology plain = Topology.parse(FILE, GOOD);
    Topology other =
        Topology.parse(
            FILE,
            GOOD.replace("kernel = dax0.1", "neighbour = dax0.1 online_movable")
                + "memmap_on_memory = yes\n");

    assertThat(plain.neighbour()).isEmpty();
    assertThat(plain.kernelWords()).isEmpty();
    assertThat(other.neighbour()).contains(new Topology.Neighbour("dax0.1", Policy.ONLINE_MOVABLE));
    assertThat(other.kernelWords()).containsExactly("memory_hotplug.memmap_on_memory=1");
  }

  @DataProvider
  public Object[][] shapes() {
    return new Object[][] {
      {"dax0.0:256M", List.of(2)},
      {"dax0.0:128M dax0.1:128M dax0.0:256M", List.of(1, 2)},
      {"dax0.1:64M dax0.0:320M dax0.1:128M dax0.0:256M", List.of(2, 2)},
      {"dax0.1:64M dax0.0:128M", List.of(0)},
      {"dax0.1:2M dax0.0:254M dax0.1:2M dax0.0:252M", List.of(1, 0)},
      {"dax0.0:64M", List.of(0)},
      {"dax0.0:128M@640M dax0.0:128M@128M dax0.0:256M@256M", List.of(1, 1, 2)},
      {"dax0.0:256M@64M dax0.0:128M", List.of(1, 0)},
    };
  }

  @Test(dataProvider = "shapes")
  public void countsWholeBlocksOnly(String layout, List<Integer> blocks) throws GuestException {
    String text =
        "for = those that name it\nmemory = 1G\ncpus = 1\ncxl = 1G\nlayout = " + layout + "\n";
    assertThat(Topology.parse(FILE, text).shape()).isEqualTo(blocks);
  }

  @Test
  public void thoseThatAreShippedAreGood() throws Exception {
    Map<String, List<Integer>> shapes = new TreeMap<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("qemu/topologies"), "*.topology")) {
      for (Path file : files) {
        Topology topology = Topology.read(file);
        shapes.put(topology.name(), topology.shape());
        assertThat(topology.purpose() == Purpose.KERNEL_ZONES)
            .as("what the oracle takes from the name of %s", file)
            .isEqualTo(Topologies.kernelZoneReturns(topology.name()));
      }
    }
    assertThat(shapes)
        .containsEntry("cxl", List.of(2))
        .containsEntry("cxl-ranges", List.of(1, 2, 1))
        .containsEntry("cxl-two", List.of(2))
        .containsEntry("cxl-unaligned", List.of(2, 2, 0))
        .containsEntry("cxl-small", List.of(0))
        .containsEntry("cxl-eight", List.of(1, 2, 1, 2, 1, 1, 2, 1))
        .containsEntry("cxl-descending", List.of(1, 1, 2))
        .containsEntry("cxl-memmap", List.of(2));
  }

  @Test
  public void becomesQemuArguments() throws GuestException {
    List<String> arguments = Topology.parse(FILE, GOOD).arguments();

    assertThat(arguments)
        .containsSubsequence("-smp", "2")
        .containsSubsequence("-m", "2048M,maxmem=8192M,slots=4")
        .contains("memory-backend-ram,id=vmem0,size=768M,share=on,reserve=off");
  }

  @DataProvider
  public Object[][] hardware() {
    String two = "memory = 2G\ncpus = 2\ncxl = 256M 256M\nlayout = dax0.0:256M\n";
    String node = "memory = 2G\ncpus = 2\n";
    return new Object[][] {
      {
        two,
        List.of(
            "cxl-type3,bus=rp1,volatile-memdev=vmem1,id=cxl-vmem1,sn=2",
            "cxl-fmw.0.targets.0=cxl.1,cxl-fmw.0.size=4096M")
      },
      {
        two + "wiring = host bridges\n",
        List.of(
            "pxb-cxl,bus_nr=76,bus=pcie.0,id=cxl.2",
            "cxl-fmw.0.targets.0=cxl.1,cxl-fmw.0.targets.1=cxl.2,cxl-fmw.0.size=4096M")
      },
      {
        two + "wiring = host bridges\nregions = one each\n",
        List.of(
            "cxl-fmw.0.targets.0=cxl.1,cxl-fmw.0.size=4096M,"
                + "cxl-fmw.1.targets.0=cxl.2,cxl-fmw.1.size=4096M")
      },
      {
        two + "wiring = switch\n",
        List.of(
            "cxl-upstream,bus=rp0,id=us0",
            "cxl-downstream,port=1,bus=us0,id=dp1,chassis=1,slot=5",
            "cxl-type3,bus=dp1,volatile-memdev=vmem1,id=cxl-vmem1,sn=2")
      },
      {node + "nvdimm = 512M\n", List.of("nvdimm,id=nvdimm0,memdev=device,node=1")},
      {
        node + "pmem = 512M\n", List.of("2560M,maxmem=8704M,slots=4", "node,nodeid=1,memdev=device")
      },
    };
  }

  @Test(dataProvider = "hardware")
  public void otherHardwareBecomesQemuArguments(String text, List<String> words)
      throws GuestException {
    assertThat(Topology.parse(FILE, text).arguments()).containsSubsequence(words);
  }

  @Test
  public void theCommandLineIsPartOfTheHardware() throws GuestException {
    Topology own = Topology.parse(FILE, GOOD + "cmdline = numa=off memhp_default_state=offline\n");
    Topology soft =
        Topology.parse(FILE, "memory = 2G\ncpus = 2\nsoft_reserved = 512M\nlayout = dax0.0:512M\n");

    assertThat(own.kernelWords()).containsExactly("numa=off", "memhp_default_state=offline");
    assertThat(own.bootPolicy()).contains(Policy.OFFLINE);
    assertThat(Topology.parse(FILE, GOOD).bootPolicy()).isEmpty();
    assertThat(soft.kernelWords()).containsExactly("memmap=512M%4G-1+0xefffffff");
  }

  @Test
  public void persistentMemoryBeginsBehindItsInfoBlock() throws GuestException {
    String text = "memory = 2G\ncpus = 2\nnvdimm = 512M\nmap = ";
    assertThat(Topology.parse(FILE, text + "mem\n").shape()).containsExactly(3);
    assertThat(Topology.parse(FILE, text + "dev\n").layout().get(0).start()).isEqualTo(10L << 20);
  }

  @DataProvider
  public Object[][] bad() {
    return new Object[][] {
      {GOOD.replace("memory = 2G", "memory=2G"), "some.topology:2:1: expected KEY = VALUE"},
      {GOOD.replace("memory = 2G", "memory = 2T"), "some.topology:2:10: expected a size"},
      {GOOD.replace("memory = 2G", "memory = 2G # two"), "some.topology:2:10: expected a size"},
      {GOOD.replace("cpus = 2", "cpus = 0"), "some.topology:3:8: expected a number"},
      {GOOD.replace("cpus", "cores"), "some.topology:3:1: unknown key 'cores'"},
      {GOOD.replace("cpus = 2", "memory = 1G"), "some.topology:3:1: 'memory' stands in line 2"},
      {GOOD.replace("768M", "300M"), "some.topology:5:7: CXL memory comes in multiples of 256M"},
      {GOOD.replace("768M", "256M"), "some.topology:6:34: the ranges need 512M"},
      {GOOD.replace("768M", "128M"), "some.topology:5:7: CXL memory comes in multiples of 256M"},
      {GOOD.replace("dax0.1:128M", "dax0.1:127M"), "some.topology:6:22: ranges begin and end at"},
      {GOOD.replace("dax0.1:128M", "dax0.1:128M@64M"), "some.topology:6:22: the range overlaps"},
      {
        GOOD.replace("dax0.0:128M", "dax0.0:64M").replace(" dax0.0:256M", ""),
        "some.topology:6:10: dax0.0 has no whole memory block of 128M"
      },
      {GOOD + "block = 1G\n", "some.topology:6:10: dax0.0 has no whole memory block of 1024M"},
      {GOOD + "block = 384M\n", "some.topology:8:9: memory blocks are of 128M or a power of two"},
      {GOOD.replace("dax0.1:128M", "dax1.0:128M"), "some.topology:6:22: there is one region"},
      {GOOD + "for = me\n", "some.topology:8:7: expected everything that fits or kernel zones or"},
      {
        GOOD.replace("kernel = dax0.1\n", "for = kernel zones\n"),
        "some.topology:7:7: a device comes back from a kernel zone only beside"
      },
      {
        GOOD + "pmem = 512M\n", "some.topology:8:8: the memory of the dax devices is that of line 5"
      },
      {
        GOOD.replace("cxl = 768M", "pmem = 512M"),
        "some.topology:6:10: 'layout' says nothing where there is pmem"
      },
      {GOOD + "map = dev\n", "some.topology:8:7: 'map' says nothing where there is cxl"},
      {GOOD.replace("768M", "768M 512M"), "some.topology:5:7: cards of one interleaved region"},
      {
        GOOD + "cmdline = numa=off memhp_default_state=on\n",
        "some.topology:8:40: unknown policy 'on'"
      },
      {GOOD.replace("cxl = 768M\n", ""), "'cxl = ...' is missing"},
      {GOOD.replace("dax0.1:128M", "dax0.1:x"), "some.topology:6:29: expected a size"},
      {GOOD.replace("dax0.1:128M", "pmem0"), "some.topology:6:22: expected DEVICE:SIZE"},
      {GOOD.replace("kernel = dax0.1", "kernel = dax0.0"), "some.topology:7:10: expected a device"},
      {GOOD.replace("kernel = dax0.1", "kernel = x"), "some.topology:7:10: expected a device"},
      {GOOD.replace("dax0.0", "dax0.2"), "some.topology:6:10: no range is of dax0.0"},
      {GOOD + "neighbour = dax0.1\n", "some.topology:8:13: expected DEVICE POLICY"},
      {
        GOOD + "neighbour = dax0.1 on\n",
        "some.topology:8:20: unknown policy 'on'; policies are off"
      },
      {GOOD + "neighbour = dax0.2 online\n", "some.topology:8:13: expected a device of the layout"},
      {GOOD + "neighbour = dax0.0 online\n", "some.topology:8:13: expected a device of the layout"},
      {
        GOOD + "neighbour = dax0.1 online\n",
        "some.topology:8:13: dax0.1 belongs to the kernel by line 7"
      },
      {GOOD + "memmap_on_memory = 1\n", "some.topology:8:20: expected no or yes or force, got '1'"},
    };
  }

  @Test(dataProvider = "bad")
  public void saysWhereItIsWrong(String text, String message) {
    assertThatThrownBy(() -> Topology.parse(FILE, text))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining(message);
  }

  @Test
  public void saysThatAFileIsMissing() {
    assertThatThrownBy(() -> Topology.read(Path.of("/nowhere/x.topology")))
        .isInstanceOf(GuestException.class)
        .hasMessageStartingWith("/nowhere/x.topology: no such topology");
  }
}
