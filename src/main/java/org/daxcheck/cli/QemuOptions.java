package org.daxcheck.cli;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.guest.Accelerator;
import org.daxcheck.guest.QemuChoice;
import picocli.CommandLine.Option;

/** What guests run in, for every command that boots one. */
final class QemuOptions {
  enum Wanted {
    auto,
    kvm,
    tcg,
    mttcg
  }

  @Option(
      names = "--qemu",
      paramLabel = "fetched|host|PATH",
      description =
          "the QEMU of Debian's backports, kept in the cache; that of this host; or another. fetched"
              + " where neither this nor DAXCHECK_QEMU says otherwise")
  private String program;

  @Option(
      names = "--accel",
      paramLabel = "auto|kvm|tcg|mttcg",
      defaultValue = "tcg",
      description =
          "tcg emulates, mttcg does with a thread for each processor; kvm must run guests here, auto"
              + " takes it only where a guest was seen to use its CXL memory with it"
              + " (${DEFAULT-VALUE})")
  private Wanted accelerator;

  QemuChoice choice() {
    QemuChoice choice = program == null ? QemuChoice.usual() : QemuChoice.of(program);
    return choice.with(
        switch (accelerator) {
          case auto -> Optional.empty();
          case kvm -> Optional.of(Accelerator.KVM);
          case tcg -> Optional.of(Accelerator.TCG);
          case mttcg -> Optional.of(Accelerator.MTTCG);
        });
  }

  /** What booting guests needs of the host. */
  Set<Need> needs() {
    return choice().origin() == QemuChoice.Origin.HOST
        ? EnumSet.of(Need.GUEST, Need.QEMU)
        : EnumSet.of(Need.GUEST);
  }
}
