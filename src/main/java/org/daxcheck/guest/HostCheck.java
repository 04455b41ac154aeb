package org.daxcheck.guest;

import java.util.Optional;

/** What guests would run in on this host, for who asks before there is one. */
public final class HostCheck {
  private HostCheck() {}

  /**
   * The QEMU of the choice. None is fetched.
   *
   * @throws GuestException in one sentence, where it cannot be used
   */
  public static String qemu(QemuChoice choice) throws GuestException {
    return switch (choice.origin()) {
      case FETCHED ->
          fetched()
              .map(q -> q.version().text() + " of Debian's backports, in the cache")
              .orElse("none yet, the first guest fetches that of Debian's backports (34 MB)");
      case HOST, FILE ->
          QemuProgram.of(choice, Cache.ofUser(), line -> {}).version().text()
              + " (needs 8.1 or newer)";
    };
  }

  private static Optional<QemuProgram> fetched() throws GuestException {
    return new FetchedQemu(Cache.ofUser(), line -> {}).known();
  }

  /**
   * What runs guests, KVM or emulation, and why. A guest that tries KVM is booted only where the
   * choice leaves it open and nothing is known, or where it wants KVM.
   *
   * @throws GuestException where such a guest cannot be made
   */
  public static String accelerator(GuestSpec spec) throws GuestException {
    Kvm kvm = Kvm.ofHost();
    Optional<String> closed = kvm.closed();
    if (closed.isPresent()) {
      return "tcg; KVM cannot be used: " + closed.get();
    }
    Optional<Accelerator> wanted = spec.qemu().accelerator();
    if (wanted.isEmpty()) {
      return text(wanted, kvm.answer(spec, Prepared.of(spec)));
    }
    return switch (wanted.get()) {
      case KVM -> text(wanted, kvm.tried(spec, Prepared.of(spec)));
      case TCG, MTTCG ->
          isFetched(spec.qemu())
              ? kvm.known(Prepared.of(spec)).map(a -> text(wanted, a)).orElse(untried())
              : untried();
    };
  }

  private static boolean isFetched(QemuChoice choice) throws GuestException {
    return choice.origin() != QemuChoice.Origin.FETCHED || fetched().isPresent();
  }

  private static String untried() {
    return "tcg; whether KVM runs guests here is not known, 'doctor --accel auto' tries it";
  }

  private static String text(Optional<Accelerator> wanted, Kvm.Answer answer) {
    if (!answer.runs()) {
      return "tcg; KVM does not run guests here: " + answer.why();
    }
    return wanted.filter(a -> a != Accelerator.KVM).isPresent()
        ? "tcg; KVM runs guests here, --accel auto takes it"
        : "kvm; a guest has used its CXL memory with it";
  }
}
