package org.daxcheck.patch;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestFailure;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.kernel.KernelBuild;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.replay.RunReplays;
import org.daxcheck.target.TargetSource;

/** Where drivers are built and run. */
public interface Lab {
  /**
   * The guest with its kernel named to the last digit.
   *
   * @throws GuestException where there is no such kernel
   */
  GuestSpec pinned(GuestSpec guest) throws GuestException;

  /**
   * Builds a driver for the kernel of the guest.
   *
   * @param name of the module's file, without {@code .ko}
   * @throws GuestException where nothing can be built here, whatever the recipe
   */
  KmemBuild.Result build(GuestSpec guest, KmemBuild.Recipe recipe, String name)
      throws GuestException;

  /**
   * Builds a whole kernel, or finds it in the cache.
   *
   * @param progress hears what is being done
   * @throws GuestException where nothing can be built here, whatever the recipe
   */
  KernelBuild.Result build(KernelRecipe recipe, Consumer<String> progress) throws GuestException;

  /**
   * A line that is the same only for guests that are made of the same things.
   *
   * @param topology whose devices the guest has
   */
  String digest(GuestSpec guest, String topology) throws GuestException;

  /** Targets that are such guests; their consoles go to this folder. */
  TargetSource targets(GuestSpec guest, Path consoles);

  /**
   * How a guest ends that cannot get ready by its own fault; empty where it gets ready.
   *
   * @throws GuestException where it did not get ready by another's fault
   */
  Optional<GuestFailure> death(GuestSpec guest, String topology, Path console)
      throws GuestException;

  /** Runs reproducers, each time in a fresh guest like this; consoles go to this folder. */
  RunReplays.Guests replays(GuestSpec guest, Path consoles);

  /** Where runs on unpatched drivers are kept. */
  BaselineStore store() throws GuestException;
}
