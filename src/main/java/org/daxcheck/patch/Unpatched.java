package org.daxcheck.patch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KernelChoice;
import org.daxcheck.io.Trees;
import org.daxcheck.report.Progress;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Fingerprint;
import org.daxcheck.run.Home;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;

/** What the driver does without the patches: known from an earlier call, or measured now. */
final class Unpatched {
  private static final String NAME = "unpatched";

  private final Lab lab;
  private final BaselineStore store;
  private final Progress progress;
  private final OptionalLong seed;

  Unpatched(Lab lab, Progress progress, OptionalLong seed) {
    this.lab = lab;
    this.progress = progress;
    this.seed = seed;
    try {
      store = lab.store();
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /**
   * A run without the patches.
   *
   * @param kept whether an earlier call measured it
   */
  record Known(Baseline baseline, boolean kept) {}

  /**
   * The run, of which there is a copy in the folder.
   *
   * @param fresh whether it is measured though it is known
   */
  Known of(GuestSpec base, Work work, boolean fresh, Measurement measurement, Path into)
      throws IOException {
    String fingerprint = fingerprint(base, work);
    Optional<Baseline> known =
        fresh ? Optional.empty() : store.find(fingerprint, work.all(), progress::say);
    if (known.isPresent()) {
      Trees.remove(into);
      Trees.copy(known.get().folder(), into);
      return new Known(known.get(), true);
    }
    progress.say("the unpatched driver is measured first; later calls need not do that again");
    Baseline baseline = measured(base, work, measurement, into);
    if (store.keep(fingerprint, baseline)) {
      baseline = store.find(fingerprint, work.all(), progress::say).orElse(baseline);
    }
    return new Known(baseline, false);
  }

  private Baseline measured(GuestSpec base, Work work, Measurement measurement, Path into)
      throws IOException {
    long chosen = seed.orElseGet(() -> new Random().nextLong() & 0xffff_ffffL);
    RunListener nobody =
        new RunListener() {
          @Override
          public void started(PlannedCase planned) {
            progress.begin(NAME, planned.scenario().name());
          }

          @Override
          public void finished(PlannedCase planned, Run.Case done) {
            progress.end(done.under(NAME));
          }
        };
    progress.expect(NAME, work.all().size());
    measurement.run(base, work, into, chosen, Map.of(), nobody, part -> {});
    return Baseline.read(into);
  }

  /** Of all that the unpatched driver's results depend on. */
  private String fingerprint(GuestSpec base, Work work) throws IOException {
    Fingerprint all = new Fingerprint();
    try {
      all.add(
          lab.digest(
              base, work.all().stream().map(PlannedCase::topology).findFirst().orElse("cxl")));
    } catch (GuestException e) {
      throw new Failure(e);
    }
    all.add(base.kernel() instanceof KernelChoice.Packaged p ? p.toString() : "");
    all.add(Home.suites());
    all.add(Home.folder().resolve("qemu"));
    all.add(Fingerprint.ofProgram());
    all.add(seed.isEmpty() ? "any seed" : "seed " + seed.getAsLong());
    for (PlannedCase c : work.all()) {
      // Scenarios of the user's own are known by what they say.
      if (!c.scenario().file().startsWith("suites/")) {
        all.add(c.scenario().source());
      }
    }
    return all.text();
  }
}
