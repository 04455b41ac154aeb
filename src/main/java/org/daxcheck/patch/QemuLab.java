package org.daxcheck.patch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestFailure;
import org.daxcheck.guest.GuestIdentity;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.guest.UserCache;
import org.daxcheck.kernel.KernelBuild;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.replay.Replay;
import org.daxcheck.replay.RunReplays;
import org.daxcheck.run.Home;
import org.daxcheck.target.TargetSource;

/** Builds drivers against Debian's headers, and whole kernels, and boots guests in QEMU. */
public final class QemuLab implements Lab {
  @Override
  public GuestSpec pinned(GuestSpec guest) throws GuestException {
    return GuestIdentity.pinned(guest);
  }

  @Override
  public KmemBuild.Result build(GuestSpec guest, KmemBuild.Recipe recipe, String name)
      throws GuestException {
    return KmemBuild.of(guest, recipe, name);
  }

  @Override
  public KernelBuild.Result build(KernelRecipe recipe, Consumer<String> progress)
      throws GuestException {
    return new KernelBuild(Home.folder(), progress).of(recipe);
  }

  @Override
  public String digest(GuestSpec guest, String topology) throws GuestException {
    return GuestIdentity.digest(guest, List.of(file(guest, topology)));
  }

  @Override
  public TargetSource targets(GuestSpec guest, Path consoles) {
    return new QemuSource(guest, consoles, Optional.empty());
  }

  @Override
  public Optional<GuestFailure> death(GuestSpec guest, String topology, Path console)
      throws GuestException {
    try {
      Guest.boot(guest.at(file(guest, topology), console)).close();
      return Optional.empty();
    } catch (GuestException e) {
      if (e.death().filter(d -> d.kind() != GuestFailure.Kind.QEMU).isEmpty()) {
        throw e;
      }
      return e.death();
    }
  }

  @Override
  public RunReplays.Guests replays(GuestSpec guest, Path consoles) {
    Replay fresh = new Replay(guest, consoles);
    return (trace, divergence, times) -> fresh.run(trace, divergence, times).result();
  }

  @Override
  public BaselineStore store() throws GuestException {
    return new BaselineStore(UserCache.folder("unpatched"));
  }

  private static Path file(GuestSpec guest, String topology) {
    return guest.home().resolve("qemu/topologies/" + topology + ".topology");
  }
}
