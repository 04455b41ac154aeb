package org.daxcheck.kernel;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a kernel is built of.
 *
 * @param source a kernel tree, which is only read; empty for Debian's newest linux-source
 * @param patches applied in order, before the edits
 * @param fuzz whether patches may apply though lines around a hunk differ
 * @param edits sed scripts for the kmem driver, applied in order
 * @param config a name of {@code qemu/kernel}, or the file of a fragment on top of small
 */
public record KernelRecipe(
    Optional<Path> source, List<Path> patches, boolean fuzz, List<Path> edits, String config) {
  public KernelRecipe {
    patches = List.copyOf(patches);
    edits = List.copyOf(edits);
  }

  /** A kernel without any change. */
  public static KernelRecipe plain(Optional<Path> source, String config) {
    return new KernelRecipe(source, List.of(), false, List.of(), config);
  }

  /** The same with these patches. */
  public KernelRecipe patched(List<Path> with, boolean withFuzz) {
    return new KernelRecipe(source, with, withFuzz, edits, config);
  }

  /** The same with these edits of the driver. */
  public KernelRecipe edited(List<Path> with) {
    return new KernelRecipe(source, patches, fuzz, with, config);
  }
}
