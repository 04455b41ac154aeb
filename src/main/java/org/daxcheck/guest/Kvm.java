package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.Policy;
import org.daxcheck.io.IoReason;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.TargetException;

/**
 * Whether KVM runs guests with CXL memory here. That it can be opened says nothing: a guest has to
 * boot, fill its CXL memory and read that back. The answer is kept in the cache for that QEMU,
 * kernel and KVM.
 */
final class Kvm {
  /** How much of its CXL memory the guest fills, in bytes. */
  private static final long FILLED = 32L << 20;

  /** For that. */
  private static final Duration USE_LIMIT = Duration.ofSeconds(20);

  private static final long POLL_MILLIS = 50;

  /** What this process knows, by key; one guest at a time tries. */
  private static final Map<String, Answer> KNOWN = new ConcurrentHashMap<>();

  /** Why it does not, as far as the user has heard it. */
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private static final Object TRY = new Object();

  private final Path device;
  private final Cache cache;

  /** That of a device such as /dev/kvm, with its answers in this cache. */
  Kvm(Path device, Cache cache) {
    this.device = device;
    this.cache = cache;
  }

  static Kvm ofHost() throws GuestException {
    return new Kvm(Path.of("/dev/kvm"), Cache.ofUser());
  }

  /**
   * Whether it runs such guests.
   *
   * @param why for a sentence; empty where it does
   */
  record Answer(boolean runs, String why) {
    private static final String RUNS = "runs guests";

    private static Answer of(String line) {
      return line.equals(RUNS) ? new Answer(true, "") : new Answer(false, line);
    }

    private String line() {
      return runs ? RUNS : why;
    }
  }

  /** What runs the guest's code: what is wanted, or what the answer leaves. */
  Accelerator accelerator(GuestSpec spec, Prepared prepared) throws GuestException {
    Optional<Accelerator> wanted = spec.qemu().accelerator();
    return wanted.isPresent()
        ? wanted.get()
        : runs(spec, prepared) ? Accelerator.KVM : Accelerator.TCG;
  }

  /** What is known without trying; empty where a guest would have to. */
  Optional<Answer> known(Prepared prepared) throws GuestException {
    Optional<String> never = never(prepared);
    if (never.isPresent()) {
      return never.map(why -> new Answer(false, why));
    }
    String key = key(prepared);
    Optional<Answer> here = Optional.ofNullable(KNOWN.get(key));
    if (here.isPresent()) {
      return here;
    }
    return cache.lines(name(key)).flatMap(l -> l.stream().findFirst()).map(Answer::of);
  }

  /** Whether it does; tried now where that is not known. */
  boolean runs(GuestSpec spec, Prepared prepared) throws GuestException {
    synchronized (TRY) {
      Answer answer = answer(spec, prepared);
      if (!answer.runs() && TOLD.add(answer.why())) {
        spec.progress().accept("no KVM, so emulation: " + answer.why());
      }
      return answer.runs();
    }
  }

  /** What is known, or what comes of trying it now. */
  Answer answer(GuestSpec spec, Prepared prepared) throws GuestException {
    Optional<Answer> known = known(prepared);
    return known.isPresent() ? known.get() : tried(spec, prepared);
  }

  /** Tries it now, whatever is known. */
  Answer tried(GuestSpec spec, Prepared prepared) throws GuestException {
    Optional<String> never = never(prepared);
    if (never.isPresent()) {
      return new Answer(false, never.get());
    }
    long begin = System.nanoTime();
    spec.progress().accept("trying KVM: a guest boots and uses its CXL memory");
    Optional<GuestException> failure = trouble(spec);
    if (failure.isPresent()) {
      return refused(spec, prepared, failure.get(), begin);
    }
    Answer answer = new Answer(true, "");
    keep(spec, key(prepared), answer);
    return answer;
  }

  /** That a guest with it did not boot though it once had used its memory. */
  void failed(GuestSpec spec, Prepared prepared, GuestException why, long begin)
      throws GuestException {
    refused(spec, prepared, why, begin);
  }

  private Answer refused(GuestSpec spec, Prepared prepared, GuestException why, long begin)
      throws GuestException {
    String sentence = why.death().map(GuestFailure::sentence).orElse(why.getMessage());
    Answer answer = new Answer(false, sentence.replaceAll("\\s+", " "));
    TOLD.add(answer.why());
    Cache.notice(
        String.format(
            Locale.ROOT,
            "KVM does not run guests here, so emulation goes on after %.1f s: %s",
            (System.nanoTime() - begin) / 1e9,
            answer.why()),
        spec.progress());
    if (why.death().filter(GuestFailure::isOfKernel).isPresent()) {
      // It may be the kernel under test that is broken; the next run tries again.
      KNOWN.put(key(prepared), answer);
    } else {
      keep(spec, key(prepared), answer);
    }
    return answer;
  }

  private void keep(GuestSpec spec, String key, Answer answer) throws GuestException {
    KNOWN.put(key, answer);
    Cache.Lock lock = cache.lock(spec.progress());
    try {
      cache.write(name(key), answer.line() + "\n");
    } finally {
      lock.close();
    }
  }

  private static String name(String key) {
    return "kvm/" + key;
  }

  /** Why nobody can use it; empty where one might. */
  Optional<String> closed() {
    if (!Files.exists(device)) {
      return Optional.of("there is no " + device);
    }
    if (!Files.isReadable(device) || !Files.isWritable(device)) {
      return Optional.of("this user may not open " + device);
    }
    return Optional.empty();
  }

  /** Why no guest need try; empty where one must. */
  private Optional<String> never(Prepared prepared) {
    QemuVersion version = prepared.qemu().version();
    return closed()
        .or(
            () ->
                version.mapsCxlDirectly()
                    ? Optional.empty()
                    : Optional.of(
                        "CXL memory of QEMU "
                            + version.text()
                            + " is a device to KVM, which guests cannot run from"));
  }

  /** What is wrong with a guest that boots with the kernel's own driver and uses its memory. */
  private static Optional<GuestException> trouble(GuestSpec spec) throws GuestException {
    GuestShell.Folder console;
    Path folder;
    try {
      folder = Files.createTempDirectory("daxcheck-kvm");
      console = new GuestShell.Folder(folder);
    } catch (IOException e) {
      throw new GuestException("no folder for a console: " + IoReason.of(e), e);
    }
    try {
      Path topology = spec.home().resolve("qemu/topologies/cxl.topology");
      GuestSpec own =
          spec.at(topology, folder.resolve("console.log"))
              .withKmemModule(Optional.empty())
              .withBootPolicy(Policy.ONLINE_MOVABLE);
      try (Guest guest = Guest.boot(own, Prepared.of(own), Accelerator.KVM)) {
        use(guest);
      }
      return Optional.empty();
    } catch (GuestException e) {
      return Optional.of(e);
    } finally {
      console.close();
    }
  }

  private static void use(Guest guest) throws GuestException {
    CompletableFuture<Optional<String>> used = CompletableFuture.supplyAsync(() -> unfit(guest));
    long end = System.nanoTime() + USE_LIMIT.toNanos();
    while (true) {
      try {
        Optional<String> unfit = used.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (unfit.isPresent()) {
          throw new GuestException(unfit.get());
        }
        return;
      } catch (TimeoutException e) {
        Optional<GuestFailure> death = guest.death();
        if (death.isPresent()) {
          throw new GuestException(death.get().sentence(), death.get());
        }
        if (System.nanoTime() > end) {
          GuestFailure hang =
              guest.hung("CXL memory not filled in " + USE_LIMIT.toSeconds() + " s");
          throw new GuestException(hang.sentence(), hang);
        }
      } catch (ExecutionException e) {
        throw new GuestException("the guest could not be used: " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GuestException("interrupted while KVM was tried", e);
      }
    }
  }

  /** What went wrong where its CXL memory is filled and read back; empty where nothing did. */
  private static Optional<String> unfit(Guest guest) {
    try (GuestTarget target = GuestTarget.of(guest, Optional.empty())) {
      for (Reply reply : target.run(List.of(new Step.Fill(FILLED), new Step.Verify()))) {
        if (reply.result().errno().isPresent()) {
          return Optional.of(
              "CXL memory could not be filled and read back, " + reply.result().errno().get());
        }
      }
      return Optional.empty();
    } catch (TargetException e) {
      return Optional.of(e.getMessage());
    }
  }

  private String key(Prepared prepared) throws GuestException {
    return Cache.hash(
        Stream.of(
                prepared.qemu().identity(),
                prepared.kernelHash(),
                QemuArguments.processor(prepared.qemu().version(), prepared.topology()),
                identity())
            .map(Cache::utf8)
            .toList());
  }

  /** Differs between the KVMs of different hosts, and of a host before and after an update. */
  private String identity() throws GuestException {
    String processor =
        text("/proc/cpuinfo")
            .lines()
            .filter(
                l -> l.matches("(vendor_id|cpu family|model|stepping|microcode|model name)\\s.*"))
            .distinct()
            .collect(Collectors.joining("\n"));
    String modules =
        Stream.of("kvm_intel", "kvm_amd", "kvm_pvm")
            .filter(m -> Files.exists(Path.of("/sys/module", m)))
            .collect(Collectors.joining(" "));
    try {
      return String.join(
          "\n",
          device + " " + Files.getAttribute(device, "unix:rdev"),
          text("/proc/version"),
          modules,
          processor);
    } catch (IOException e) {
      throw new GuestException("cannot look at " + device + ": " + IoReason.of(e), e);
    }
  }

  private static String text(String file) throws GuestException {
    return new String(
        Cache.read(Path.of(file), "what the kernel says of itself"),
        java.nio.charset.StandardCharsets.UTF_8);
  }
}
