package org.daxcheck.patch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.abi.Dialect;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestFailure;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KernelChoice;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.kernel.BuiltKernel;
import org.daxcheck.kernel.KernelBuild;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.oracle.Reproduced;
import org.daxcheck.replay.RunReplays;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.target.WrongErrno;

/** Models in place of guests; the driver that is built behaves as it is told. */
final class ModelLab implements Lab {
  /** How a driver behaves. */
  enum Driver {
    GOOD,
    /** Answers ENOENT where EINVAL is right. */
    WRONG_ERRNO,
    /** No guest with it gets ready. */
    DEADLY,
    /** Runs on another kernel than asked for. */
    OTHER_KERNEL
  }

  private static final Path PATCHED = Path.of("patched");

  static final String PANIC = "the kernel panicked";

  private final BaselineStore store;

  /** Every recipe that was asked for, with the name of its module. */
  final List<String> built = new ArrayList<>();

  final List<KmemBuild.Recipe> recipes = new ArrayList<>();

  /** Every kernel that was asked for. */
  final List<KernelRecipe> kernels = new ArrayList<>();

  Driver patched = Driver.GOOD;
  Driver stock = Driver.GOOD;
  Optional<KmemBuild.Refused> refused = Optional.empty();

  /** The rules whose reproducers were run, and on which driver. */
  final List<String> replayed = Collections.synchronizedList(new ArrayList<>());

  /** What each guest that was wanted was: true with the patch. */
  final List<Boolean> booted = new ArrayList<>();

  ModelLab(Path kept) throws IOException {
    store = new BaselineStore(Files.createDirectories(kept));
  }

  private Driver of(GuestSpec guest) {
    return isPatched(guest) ? patched : stock;
  }

  private static boolean isPatched(GuestSpec guest) {
    return guest.kmemModule().filter(m -> m.endsWith("kmem-patched.ko")).isPresent()
        || guest.kernel() instanceof KernelChoice.Built built && built.folder().equals(PATCHED);
  }

  @Override
  public GuestSpec pinned(GuestSpec guest) {
    return guest;
  }

  @Override
  public synchronized KmemBuild.Result build(
      GuestSpec guest, KmemBuild.Recipe recipe, String name) {
    built.add(name);
    recipes.add(recipe);
    return refused.isPresent()
        ? refused.get()
        : new KmemBuild.Built(Path.of(name + ".ko"), List.of("built by nobody"));
  }

  @Override
  public synchronized KernelBuild.Result build(KernelRecipe recipe, Consumer<String> progress) {
    kernels.add(recipe);
    boolean plain = recipe.patches().isEmpty();
    return refused.isPresent() && !plain
        ? new KernelBuild.Refused(refused.get())
        : new KernelBuild.Built(
            new BuiltKernel(
                plain ? Path.of("plain") : PATCHED,
                "linux-source 1, config " + recipe.config(),
                "7.3-small",
                List.of(),
                List.of(),
                plain ? List.of() : List.of("a kernel built by nobody")));
  }

  @Override
  public String digest(GuestSpec guest, String topology) {
    return topology;
  }

  @Override
  public TargetSource targets(GuestSpec guest, Path consoles) {
    QemuSource shapes = new QemuSource(guest, consoles, Optional.empty());
    ModelSource models = new ModelSource(Dialect.LINUX_7_3, guest.bootPolicy(), shapes::shape, 1);
    return new TargetSource() {
      @Override
      public String name() {
        return models.name();
      }

      @Override
      public List<Integer> shape(String topology) throws TargetException {
        return models.shape(topology);
      }

      @Override
      public Target fresh(String topology) throws TargetException {
        synchronized (booted) {
          booted.add(isPatched(guest));
        }
        Target model = models.fresh(topology);
        return switch (of(guest)) {
          case GOOD -> model;
          case WRONG_ERRNO -> new WrongErrno(model);
          case DEADLY -> throw new TargetException(PANIC);
          case OTHER_KERNEL -> other(model);
        };
      }

      @Override
      public void close() {
        models.close();
        shapes.close();
      }
    };
  }

  private static Target other(Target model) {
    return new ForwardingTarget(model) {
      @Override
      public String kernel() {
        return "another kernel";
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  @Override
  public RunReplays.Guests replays(GuestSpec guest, Path consoles) {
    return (trace, divergence, times) -> {
      replayed.add(divergence.rule() + (isPatched(guest) ? " patched" : " unpatched"));
      return new Reproduced(times, times, 1, "");
    };
  }

  @Override
  public Optional<GuestFailure> death(GuestSpec guest, String topology, Path console)
      throws GuestException {
    return of(guest) == Driver.DEADLY
        ? Optional.of(new GuestFailure(GuestFailure.Kind.PANIC, PANIC, List.of(), ""))
        : Optional.empty();
  }

  @Override
  public BaselineStore store() {
    return store;
  }
}
