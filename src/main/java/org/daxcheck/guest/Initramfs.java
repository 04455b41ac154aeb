package org.daxcheck.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;
import org.daxcheck.io.IoReason;

/** The file system that a guest starts from, as cpio archives that the kernel reads in a row. */
final class Initramfs {
  /** Part of every key: another layout makes another archive. */
  private static final String LAYOUT = "3";

  private static final String MODULES = "lib/daxcheck/modules/";
  private static final String HELPER = "lib/daxcheck/helper/";

  private final Cache cache;
  private final Consumer<String> progress;

  Initramfs(Cache cache, Consumer<String> progress) {
    this.cache = cache;
    this.progress = progress;
  }

  /**
   * The archive that all guests of the same kernel, topology and programs share.
   *
   * @param modules what init loads, in that order
   * @param onDemand modules that are there to be loaded later
   * @param helper the module of ours that is there to be loaded later
   */
  Path shared(
      Path home,
      Topology topology,
      Map<String, byte[]> modules,
      Map<String, byte[]> onDemand,
      FailureModule helper,
      List<Path> packages)
      throws GuestException {
    byte[] init = Cache.read(home.resolve("qemu/guest/init"), "the guest's first program");
    byte[] agent = AgentBinary.of(cache, progress, home);
    Optional<byte[]> ours = helper.await();
    List<byte[]> inputs = new ArrayList<>();
    inputs.add(Cache.utf8(LAYOUT));
    inputs.add(init);
    inputs.add(agent);
    inputs.add(topology.bytes());
    modules.forEach(
        (name, content) -> {
          inputs.add(Cache.utf8(name));
          inputs.add(content);
        });
    onDemand.forEach(
        (name, content) -> {
          inputs.add(Cache.utf8("later " + name));
          inputs.add(content);
        });
    ours.ifPresent(
        content -> {
          inputs.add(Cache.utf8("helper"));
          inputs.add(content);
        });
    packages.forEach(deb -> inputs.add(Cache.utf8(deb.getFileName().toString())));
    return cache.once(
        "initramfs/" + Cache.hash(inputs) + ".cpio",
        "what guests of topology %s boot with, for %s"
            .formatted(topology.name(), Modules.builtFor(modules.get("kmem"))),
        part -> {
          progress.accept("building the initramfs");
          Archive archive = new Archive();
          for (String folder : List.of("proc", "sys", "dev", "tmp")) {
            archive.folder(folder, 0755);
          }
          archive.file("init", 0755, init);
          archive.file("agent", 0755, agent);
          for (Map.Entry<String, byte[]> file : Userland.files(packages).entrySet()) {
            archive.file(file.getKey(), 0755, file.getValue());
          }
          archive.link("bin/sh", "busybox");
          StringBuilder order = new StringBuilder();
          for (Map.Entry<String, byte[]> module : modules.entrySet()) {
            String file = module.getKey() + ".ko";
            archive.file(MODULES + file, 0644, module.getValue());
            order.append(file).append('\n');
          }
          for (Map.Entry<String, byte[]> module : onDemand.entrySet()) {
            archive.file(MODULES + module.getKey() + ".ko", 0644, module.getValue());
          }
          if (ours.isPresent()) {
            archive.file(HELPER + FailureModule.FILE, 0644, ours.get());
          }
          archive.file("lib/daxcheck/modules.load", 0644, Cache.utf8(order.toString()));
          archive.file("etc/daxcheck/topology", 0644, topology.bytes());
          Files.write(part, archive.bytes());
        });
  }

  /** What is one guest's own: its host key and the key that may enter. */
  static byte[] own(GuestKeys keys) throws GuestException {
    try {
      Archive archive = new Archive();
      archive.folder("etc/dropbear", 0700);
      archive.file("etc/dropbear/dropbear_ed25519_host_key", 0600, keys.host().dropbear());
      archive.folder("root", 0700);
      archive.folder("root/.ssh", 0700);
      archive.file("root/.ssh/authorized_keys", 0600, Cache.utf8(keys.user().publicLine() + "\n"));
      return archive.bytes();
    } catch (IOException e) {
      throw new GuestException("cannot write the keys of a guest: " + IoReason.of(e), e);
    }
  }

  /**
   * One cpio archive in the kernel's "newc" form (Documentation/driver-api/early-userspace/
   * buffer-format.rst); owner root, no times, so that the same input gives the same bytes.
   */
  static final class Archive {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CpioArchiveOutputStream out =
        new CpioArchiveOutputStream(bytes, CpioConstants.FORMAT_NEW, 4);
    private final TreeSet<String> folders = new TreeSet<>();

    void folder(String path, int mode) throws IOException {
      int slash = path.lastIndexOf('/');
      if (slash > 0) {
        folder(path.substring(0, slash), 0755);
      }
      if (folders.add(path)) {
        entry(path, CpioConstants.C_ISDIR | mode, new byte[0]);
      }
    }

    void file(String path, int mode, byte[] content) throws IOException {
      parents(path);
      entry(path, CpioConstants.C_ISREG | mode, content);
    }

    void link(String path, String target) throws IOException {
      parents(path);
      entry(path, CpioConstants.C_ISLNK | 0777, Cache.utf8(target));
    }

    private void parents(String path) throws IOException {
      int slash = path.lastIndexOf('/');
      if (slash > 0) {
        folder(path.substring(0, slash), 0755);
      }
    }

    private void entry(String path, long mode, byte[] content) throws IOException {
      CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path, content.length);
      entry.setMode(mode);
      entry.setTime(0);
      out.putArchiveEntry(entry);
      out.write(content);
      out.closeArchiveEntry();
    }

    byte[] bytes() throws IOException {
      out.close();
      return bytes.toByteArray();
    }
  }
}
