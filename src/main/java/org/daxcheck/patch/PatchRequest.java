package org.daxcheck.patch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.KernelChoice;
import org.daxcheck.guest.QemuChoice;
import org.daxcheck.io.IoReason;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.run.Failure;

/**
 * What is asked about a patch.
 *
 * @param patches applied in order; where a tree is given they serve for the mail alone
 * @param scenarios files and folders that are run instead of a suite; may be empty
 * @param source the driver that the patches are for; empty for that of the kernel's package
 * @param tree a built kernel tree that is the patched kernel
 * @param baseTree with a tree, the kernel without the patches
 * @param kernel a whole kernel that is built without and with the patches; empty where the driver
 *     alone is
 * @param kernelPackage such as {@code linux-image-amd64}; the newest with the attribute where empty
 * @param bootPolicy memhp_default_state of the guests
 * @param qemu what guests run in
 * @param suite its name; where empty, gate
 * @param quick whether the quick part of the suite is enough
 * @param fuzz whether patches may apply though lines around a hunk differ or are cut off
 * @param jobs how many guests run at a time
 * @param fresh whether the unpatched driver is measured again
 * @param seed of the times of races; where empty, that of the unpatched driver's run
 * @param replays for so many causes of lost rules the reproducer is run before it is printed
 */
public record PatchRequest(
    List<Path> patches,
    List<Path> scenarios,
    Optional<Path> source,
    Optional<Path> tree,
    Optional<Path> baseTree,
    Optional<KernelRecipe> kernel,
    Optional<String> kernelPackage,
    Policy bootPolicy,
    QemuChoice qemu,
    Optional<String> suite,
    boolean quick,
    boolean fuzz,
    int jobs,
    boolean fresh,
    OptionalLong seed,
    int replays) {
  private static final String SCENARIO = ".kmem";

  public PatchRequest {
    patches = List.copyOf(patches);
    scenarios = List.copyOf(scenarios);
  }

  /** Whether a file that the user names is a scenario, or has some; all others are patches. */
  public static boolean isScenario(Path file) {
    return file.toString().endsWith(SCENARIO) || Files.isDirectory(file);
  }

  /**
   * The files that patches change and that are in no module that could be built alone; one that
   * cannot be read counts for none, since {@link #check} tells of it.
   */
  public static List<String> outsideTheModule(List<Path> patches) {
    List<PatchFile> read = new ArrayList<>();
    for (Path patch : patches) {
      try {
        read.add(PatchFile.read(patch));
      } catch (IOException e) {
        return List.of();
      }
    }
    return PatchFile.outsideTheModule(read);
  }

  /** The kernel with the patches, where a whole one is built. */
  Optional<KernelRecipe> patchedRecipe() {
    return kernel.map(k -> k.patched(patches, fuzz));
  }

  /** Says at once which named file is not there, before anything is fetched. */
  void check() {
    for (Path patch : patches) {
      if (!Files.isReadable(patch)) {
        throw new Failure(patch + ": no such file; name a patch");
      }
    }
    tree.ifPresent(PatchRequest::kernel);
    source
        .filter(s -> !Files.isReadable(s))
        .ifPresent(
            s -> {
              throw new Failure("--source " + s + ": no such file; name a driver such as kmem.c");
            });
  }

  /** What the patches say of themselves. */
  List<PatchFile> heads() {
    List<PatchFile> heads = new ArrayList<>();
    for (Path patch : patches) {
      try {
        heads.add(PatchFile.read(patch));
      } catch (IOException e) {
        throw new Failure(patch + ": cannot be read: " + IoReason.of(e));
      }
    }
    return heads;
  }

  /** The kernel of the tree; empty where the patched driver is built. */
  Optional<KernelChoice> patchedKernel() {
    return tree.map(PatchRequest::kernel);
  }

  /** The kernel that runs without the patches. */
  KernelChoice unpatchedKernel() {
    if (baseTree.isPresent()) {
      return kernel(baseTree.get());
    }
    try {
      return kernelPackage.isPresent()
          ? KernelChoice.Packaged.of(kernelPackage.get())
          : new KernelChoice.Newest();
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  private static KernelChoice kernel(Path folder) {
    try {
      return KernelChoice.ofTree(folder);
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }
}
