package org.daxcheck.patch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.io.IoReason;
import org.daxcheck.run.Failure;

/** Builds the driver with the patches and, where the user gave a source, without them. */
final class Drivers {
  private final PatchRequest request;
  private final Lab lab;
  private final List<String> notes = new ArrayList<>();

  Drivers(PatchRequest request, Lab lab) {
    this.request = request;
    this.lab = lab;
  }

  /**
   * What is wrong with the patches as they lie there, before anything is built. A hunk that is cut
   * off is let through where the user wants fuzz, with a note.
   */
  Optional<KmemBuild.Refused> damage() {
    for (Path patch : request.patches()) {
      Optional<Hunks.Damage> found;
      try {
        found = Hunks.firstDamage(patch);
      } catch (IOException e) {
        throw new Failure(patch + ": cannot be read: " + IoReason.of(e));
      }
      if (found.isPresent()) {
        switch (found.get().kind()) {
          case CUT_OFF -> {
            if (!request.fuzz()) {
              return refused(found.get().sentence() + ", or give --fuzz to have the rest guessed");
            }
            notes.add(found.get().sentence());
          }
          case DAMAGED, TOO_LONG -> {
            return refused(found.get().sentence());
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<KmemBuild.Refused> refused(String sentence) {
    return Optional.of(new KmemBuild.Refused(KmemBuild.Reason.DOES_NOT_APPLY, sentence, List.of()));
  }

  /** What the user should know of the patches beside what comes of the build. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** Builds the patched driver while something else is done. */
  Building patched(GuestSpec base) {
    FutureTask<KmemBuild.Result> task =
        new FutureTask<>(() -> build(base, request.patches(), "kmem-patched"));
    Thread thread = new Thread(task, "build");
    thread.setDaemon(true);
    thread.start();
    return new Building(task);
  }

  /** The driver of the source that the user gave, without the patches. */
  Path unpatched(GuestSpec base) {
    KmemBuild.Result result = build(base, List.of(), "kmem-unpatched");
    if (result instanceof KmemBuild.Refused refused) {
      throw new Failure(
          String.join("\n", refused.words())
              + "\ndaxcheck: --source "
              + request.source().map(Path::toString).orElse("")
              + " does not compile even without the patches: "
              + refused.sentence());
    }
    return ((KmemBuild.Built) result).module();
  }

  private KmemBuild.Result build(GuestSpec base, List<Path> patches, String name) {
    try {
      return lab.build(
          base, new KmemBuild.Recipe(request.source(), patches, request.fuzz(), List.of()), name);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /** A driver that is being built. */
  record Building(Future<KmemBuild.Result> result) {
    KmemBuild.Result await() {
      try {
        return result.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Failure failure) {
          throw failure;
        }
        throw new IllegalStateException("the build broke off: " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure("interrupted while the driver was built");
      }
    }
  }
}
