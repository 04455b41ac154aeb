package org.daxcheck.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.GuestSpec;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What a guest is made of, for every command that boots one. */
final class GuestOptions {
  @ArgGroup(exclusive = true)
  private KernelOptions kernel = new KernelOptions();

  @Option(
      names = "--kmem-module",
      paramLabel = "FILE.ko",
      description = "takes the place of the kernel's own kmem driver")
  private Path kmemModule;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "online_movable",
      description = "memhp_default_state of the guest (${DEFAULT-VALUE})")
  private String policy;

  Policy bootPolicy() {
    return Policy.of(policy)
        .orElseThrow(
            () ->
                new Failure(
                    "--policy '"
                        + policy
                        + "' is none of offline, online, online_kernel, online_movable"));
  }

  /** The guest with what was asked for; a named file that is missing is told at once. */
  GuestSpec asked(GuestSpec spec) {
    kernel.check(kmemModule);
    return spec.withKernel(kernel.choice())
        .withKmemModule(Optional.ofNullable(kmemModule))
        .withBootPolicy(bootPolicy());
  }
}
