package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * KVMs that cannot run guests, played by scripts in QEMU's place: they do as is seen of real ones
 * where KVM is asked for, and else become the fetched QEMU.
 */
public class KvmTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private static final String DIES =
      "echo 'error: failed to set MSR 0x10a to 0x0' >&2; kill -ABRT $$";

  private static final String STANDS_STILL =
      "echo 'KVM internal error. Suberror: 1' >&2; echo 'emulation failure' >&2; exec sleep 600";

  private static final String SAYS_NOTHING = "exec sleep 600";

  private Path folder;
  private Path device;
  private Cache cache;
  private final List<String> told = new CopyOnWriteArrayList<>();

  @BeforeMethod
  public void prepare() throws IOException {
    folder = Files.createTempDirectory("daxcheck-kvm");
    device = Files.createFile(folder.resolve("kvm"));
    cache = new Cache(Files.createDirectory(folder.resolve("cache")));
    told.clear();
  }

  @AfterMethod
  public void clean() throws IOException {
    Trees.remove(folder);
  }

  @Test
  public void oneThatDiesIsKnownAtOnceAndNotTriedAgain() throws Exception {
    GuestSpec spec = spec(DIES);
    Prepared prepared = Prepared.of(spec);

    long begin = System.nanoTime();
    assertThat(kvm().runs(spec, prepared)).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    assertThat(told.get(told.size() - 1))
        .matches(
            "KVM does not run guests here, so emulation goes on after \\d+\\.\\d s: QEMU was killed"
                + " by signal 6: error: failed to set MSR 0x10a to 0x0, before the guest was"
                + " ready");

    long tries = kvmStarts();
    assertThat(tries).isEqualTo(1);
    assertThat(kvm().known(prepared).orElseThrow().why()).contains("failed to set MSR");
    try (Stream<Path> kept = Files.list(folder.resolve("cache/kvm"))) {
      assertThat(kept.filter(f -> !CacheSeal.isSeal(f)))
          .singleElement()
          .satisfies(f -> assertThat(f).content().contains("failed to set MSR 0x10a"));
    }
    assertThat(new Kvm(device, new Cache(folder.resolve("cache"))).runs(spec, prepared)).isFalse();
    assertThat(kvmStarts()).isEqualTo(tries);
  }

  @Test
  public void oneThatGivesTheGuestUpIsLeftThoughQemuStays() throws Exception {
    GuestSpec spec = spec(STANDS_STILL);

    long begin = System.nanoTime();
    assertThat(kvm().runs(spec, Prepared.of(spec))).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    assertThat(told.get(told.size() - 1))
        .contains("QEMU stopped the guest: KVM internal error. Suberror: 1");
    assertThat(children()).isEmpty();
  }

  @Test
  public void oneThatSaysNothingIsLeftWhenEmulationWouldHaveBooted() throws Exception {
    GuestSpec spec = spec(SAYS_NOTHING);

    assertThat(kvm().runs(spec, Prepared.of(spec))).isFalse();
    assertThat(told.get(told.size() - 1))
        .containsPattern("the guest hangs: (nothing on the console for|not ready within) 20 s");
    assertThat(children()).isEmpty();
  }

  @Test
  public void anotherQemuIsTriedAnew() throws Exception {
    GuestSpec first = spec(DIES);
    kvm().runs(first, Prepared.of(first));
    GuestSpec second = spec("exit 3");

    assertThat(kvm().known(Prepared.of(second))).isEmpty();
  }

  @Test
  public void whatIsNotThereOrCannotMapCxlMemoryIsNotTried() throws Exception {
    GuestSpec spec = spec(DIES);
    Kvm none = new Kvm(folder.resolve("nothing"), cache);
    assertThat(none.runs(spec, Prepared.of(spec))).isFalse();
    assertThat(told).contains("no KVM, so emulation: there is no " + folder.resolve("nothing"));

    GuestSpec old = spec("QEMU emulator version 10.0.2", DIES);
    assertThat(kvm().runs(old, Prepared.of(old))).isFalse();
    assertThat(told.get(told.size() - 1)).contains("CXL memory of QEMU 10.0.2 is a device to KVM");
    assertThat(kvmStarts()).isZero();
  }

  @Test
  public void whoWantsKvmIsToldWhyThereIsNone() throws Exception {
    GuestSpec spec = spec(STANDS_STILL);
    QemuChoice wanted = spec.qemu().with(Optional.of(Accelerator.KVM));

    assertThatThrownBy(() -> Guest.boot(spec.withQemu(wanted), kvm()))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("QEMU stopped the guest: KVM internal error. Suberror: 1");
  }

  /** The run goes on in a guest that is emulated, whose CXL memory is the fetched QEMU's. */
  @Test
  public void theGuestBootsByEmulationThen() throws Exception {
    GuestSpec spec = spec(STANDS_STILL);

    try (Guest guest = Guest.boot(spec, kvm())) {
      assertThat(guest.accelerator()).isEqualTo(Accelerator.TCG);
      assertThat(guest.device()).isEqualTo("dax0.0");
    }
    assertThat(kvmStarts()).isEqualTo(1);
    assertThat(children()).isEmpty();
  }

  private Kvm kvm() {
    return new Kvm(device, cache);
  }

  private GuestSpec spec(String withKvm) throws Exception {
    return spec("QEMU emulator version 11.1.3 (stand-in)", withKvm);
  }

  private GuestSpec spec(String version, String withKvm) throws Exception {
    Path topology = HOME.resolve("qemu/topologies/cxl.topology");
    Path script = Files.createTempFile(folder, "qemu", "");
    String real =
        fetched().words().stream().map(w -> "'" + w + "'").collect(Collectors.joining(" "));
    Files.writeString(
        script,
        """
        #!/bin/sh
        echo "$*" >>'%s'
        case " $* " in
          *' --version '*) echo '%s' ;;
          *' -accel kvm '*) %s ;;
          *) exec %s "$@" ;;
        esac
        """
            .formatted(calls(), version, withKvm, real));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return GuestSpec.of(HOME, topology, folder.resolve("console.log"))
        .withQemu(QemuChoice.of(script.toString()).with(Optional.empty()))
        .withProgress(told::add);
  }

  private static QemuProgram fetched() throws GuestException {
    Cache users = Cache.ofUser();
    Cache.Lock lock = users.lock(line -> {});
    try {
      return new FetchedQemu(users, line -> {}).program();
    } finally {
      lock.close();
    }
  }

  private Path calls() {
    return folder.resolve("calls");
  }

  private long kvmStarts() throws IOException {
    return Files.readAllLines(calls()).stream().filter(l -> l.contains("-accel kvm")).count();
  }

  private List<ProcessHandle> children() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().commandLine().orElse("").contains(folder.toString()))
        .toList();
  }
}
