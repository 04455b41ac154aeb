package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a guest is made of, for every command that boots one. */
final class GuestOptions {
  @ArgGroup(exclusive = true)
  private KernelOptions kernel = new KernelOptions();

  /** What takes the place of the kernel's own kmem driver. */
  static final class Replacement {
    @Option(
        names = "--kmem-module",
        paramLabel = "FILE.ko",
        description = "takes the place of the kernel's own kmem driver")
    private Path kmemModule;

    @Option(
        names = "--driver",
        paramLabel = "NAME",
        description =
            "a driver built for this run from qemu/drivers (v3, v4, no-hotremove) or qemu/faults;"
                + " may be repeated, the edits are applied in order")
    private List<String> drivers = List.of();
  }

  @ArgGroup(exclusive = true)
  private Replacement replacement = new Replacement();

  @Mixin private QemuOptions qemu;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "online_movable",
      description = "memhp_default_state of the guest (${DEFAULT-VALUE})")
  private String policy;

  /** What booting such a guest needs of the host. */
  Set<Need> needs() {
    Set<Need> needs = EnumSet.copyOf(qemu.needs());
    if (kernel.isBuilt()) {
      needs.addAll(EnumSet.of(Need.KERNEL, Need.PATCH));
    }
    return needs;
  }

  Policy bootPolicy() {
    return Policy.of(policy)
        .orElseThrow(
            () ->
                new Failure(
                    "--policy '"
                        + policy
                        + "' is unknown; expected offline, online, online_kernel, online_movable"));
  }

  /** The guest with what was asked for; a named file that is missing is told at once. */
  GuestSpec asked(GuestSpec spec) {
    kernel.check(replacement.kmemModule);
    edits();
    return spec.withKernel(kernel.choice())
        .withKmemModule(Optional.ofNullable(replacement.kmemModule))
        .withBootPolicy(bootPolicy())
        .withQemu(qemu.choice());
  }

  /** The same, with the drivers that were named built now. */
  GuestSpec built(GuestSpec spec) {
    if (replacement.drivers.isEmpty()) {
      return spec;
    }
    try {
      Path module =
          kernel.isBuilt()
              ? kernel.driver(edits(), String.join("-", replacement.drivers))
              : KmemBuild.of(spec, edits());
      return spec.withKmemModule(Optional.of(module));
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  private List<Path> edits() {
    try {
      return KmemBuild.edits(Home.folder(), replacement.drivers);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  /** The dialect that a named driver has by its name; empty where none is named so. */
  Optional<Dialect> namedDialect() {
    return replacement.drivers.stream().flatMap(n -> Dialect.of(n).stream()).findFirst();
  }

  /** True where only a look at the running kernel tells which dialect it has. */
  boolean mayHaveAnyDialect() {
    return namedDialect().isEmpty() && (replacement.kmemModule != null || kernel.isChosen());
  }

  /** False where a driver without hotremove was named. */
  boolean hotremove() {
    return !replacement.drivers.contains("no-hotremove");
  }
}
