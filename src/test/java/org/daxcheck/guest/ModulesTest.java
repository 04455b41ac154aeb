package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

public class ModulesTest {
  private Path tree;

  @BeforeMethod
  public void makeTree() throws IOException {
    tree = Files.createTempDirectory("modules-test");
    for (String plain :
        List.of("kmem", "device_dax", "virtio_net", "cxl_mem", "libnvdimm", "nfit", "failover")) {
      put(plain, "depends=");
    }
    put("dax_cxl", "depends=dax_hmem");
    put("dax_hmem", "depends=");
    put("cxl_pmem", "depends=libnvdimm");
    put("cxl_acpi", "depends=cxl_pmem", "softdep=pre: cxl_port nowhere post: nfit");
    put("virtio_net", "depends=failover");
    put("cxl_pci", "depends=cxl_mem");
    Files.writeString(
        tree.resolve("modules.builtin"),
        "kernel/drivers/virtio/virtio_pci.ko\nkernel/drivers/cxl/cxl_port.ko\n");
  }

  @AfterMethod
  public void removeTree() throws IOException {
    Trees.remove(tree);
  }

  @Test
  public void loadsWhatIsNeededBeforeWhatNeedsIt() throws GuestException {
    List<String> order = List.copyOf(new Modules(tree).ordered().keySet());

    assertThat(order)
        .containsSubsequence("failover", "virtio_net")
        .containsSubsequence("dax_hmem", "dax_cxl")
        .containsSubsequence("libnvdimm", "cxl_pmem", "cxl_acpi")
        .containsSubsequence("cxl_mem", "cxl_pci")
        .contains("kmem", "device_dax")
        .doesNotContain("virtio_pci", "cxl_port", "nd_btt")
        .doesNotHaveDuplicates();
  }

  @Test
  public void readsCompressedModulesWithDashesInTheirNames() throws Exception {
    byte[] module = elf("name=dax_hmem", "depends=");
    Files.delete(tree.resolve("dax_hmem.ko"));
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (XZOutputStream out = new XZOutputStream(packed, new LZMA2Options())) {
      out.write(module);
    }
    Files.write(tree.resolve("dax-hmem.ko.xz"), packed.toByteArray());

    assertThat(new Modules(tree).ordered().get("dax_hmem")).isEqualTo(module);
  }

  @Test
  public void keepsTheErrorInjectionForLater() throws Exception {
    assertThat(new Modules(tree).onDemand()).as("a kernel without it").isEmpty();
    put("notifier-error-inject", "depends=");
    put("memory-notifier-error-inject", "depends=notifier-error-inject");

    Modules modules = new Modules(tree);

    assertThat(modules.onDemand().keySet())
        .containsExactly("notifier_error_inject", "memory_notifier_error_inject");
    assertThat(modules.ordered())
        .doesNotContainKeys("notifier_error_inject", "memory_notifier_error_inject");
  }

  @Test
  public void tellsADriverThatNeverRemoves() {
    assertThat(Modules.hotremove(Cache.utf8("x\0offline_and_remove_memory_ranges\0y"))).isTrue();
    assertThat(Modules.hotremove(Cache.utf8("x\0dax_kmem_do_hotremove\0y"))).isFalse();
  }

  @Test
  public void takesAnotherKmemDriver() throws GuestException {
    byte[] other = elf("name=kmem", "depends=", "version=other");

    assertThat(new Modules(tree).ordered(other, "mine.ko").get("kmem")).isEqualTo(other);
  }

  @Test
  public void refusesWhatIsNoKmemDriver() throws GuestException {
    Modules modules = new Modules(tree);

    assertThatThrownBy(() -> modules.ordered(elf("name=zram"), "mine.ko"))
        .isInstanceOf(GuestException.class)
        .hasMessageStartingWith("mine.ko: not a kmem driver but the module zram");
    assertThatThrownBy(() -> modules.ordered(new byte[100], "mine.ko"))
        .isInstanceOf(GuestException.class)
        .hasMessageStartingWith("mine.ko: not a 64-bit ELF file");
  }

  @Test
  public void namesARequiredModuleThatIsMissing() throws Exception {
    Files.delete(tree.resolve("dax_cxl.ko"));
    Modules modules = new Modules(tree);

    assertThatThrownBy(modules::ordered)
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("the module dax_cxl, needed by the guest");
  }

  @Test
  public void namesADependencyThatIsMissing() throws Exception {
    Files.delete(tree.resolve("failover.ko"));
    Modules modules = new Modules(tree);

    assertThatThrownBy(modules::ordered)
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("the module failover, needed by virtio_net");
  }

  @Test
  public void saysThatAKernelHasNoKmem() throws Exception {
    Files.delete(tree.resolve("kmem.ko"));
    Modules modules = new Modules(tree);

    assertThatThrownBy(modules::kmem)
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("was built without the kmem driver (CONFIG_DEV_DAX_KMEM)");
  }

  @Test
  public void knowsTheAttributeByTheDriver() {
    assertThat(Modules.attribute(driver("dev_attr_state"))).isEqualTo("state");
    assertThat(Modules.attribute(driver("dev_attr_hotplug"))).isEqualTo("hotplug");
    assertThat(Modules.attribute(driver("dev_attr_states"))).isEmpty();
  }

  @Test
  public void readsSoftDependencies() {
    assertThat(Modules.before("pre: a b post: c")).containsExactly("a", "b");
    assertThat(Modules.before("post: c")).isEmpty();
    assertThat(Modules.before("pre:")).isEmpty();
  }

  private static byte[] driver(String symbol) {
    return ("x\0" + symbol + "\0y").getBytes(StandardCharsets.US_ASCII);
  }

  private void put(String name, String... modinfo) throws IOException {
    String[] all = new String[modinfo.length + 1];
    all[0] = "name=" + name;
    System.arraycopy(modinfo, 0, all, 1, modinfo.length);
    Files.write(tree.resolve(name + ".ko"), elf(all));
  }

  /** The least ELF file with a .modinfo: header, two sections, and their headers. */
  private static byte[] elf(String... modinfo) {
    byte[] info = (String.join("\0", modinfo) + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] names = "\0.modinfo\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
    int table = 64 + info.length + names.length;
    ByteBuffer elf = ByteBuffer.allocate(table + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0x464c457f).put((byte) 2).put((byte) 1);
    elf.putLong(40, table).putShort(58, (short) 64).putShort(60, (short) 3);
    elf.putShort(62, (short) 2);
    elf.position(64).put(info).put(names);
    section(elf, table + 64, 1, 64, info.length);
    section(elf, table + 128, 10, 64 + info.length, names.length);
    return elf.array();
  }

  private static void section(ByteBuffer elf, int at, int name, int offset, int size) {
    elf.putInt(at, name).putLong(at + 24, offset).putLong(at + 32, size);
  }
}
