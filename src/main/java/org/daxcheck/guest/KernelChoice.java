package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.io.IoReason;

/** Which kernel a guest boots. */
public sealed interface KernelChoice {
  /** The newest kernel in Debian's archive whose kmem driver has the attribute. */
  record Newest() implements KernelChoice {}

  /**
   * A kernel of the user's own.
   *
   * @param vmlinuz a bzImage
   * @param modules folder with its modules, such as /lib/modules/RELEASE or what INSTALL_MOD_PATH
   *     named
   */
  record Files(Path vmlinuz, Path modules) implements KernelChoice {}

  /**
   * A kernel that was built here.
   *
   * @param folder with bzImage, modules/RELEASE and, where the kernel can have it, the helper
   *     module
   * @param made what it is made of, such as {@code linux-source 7.3.4-1, config small}
   * @param words for its command line
   */
  record Built(Path folder, String made, List<String> words) implements KernelChoice {
    public Built {
      words = List.copyOf(words);
    }
  }

  /**
   * The kernel of a built tree, or of a folder that kernel and modules were installed to.
   *
   * @param tree with arch/x86/boot/bzImage and modules where they were built, or with boot/vmlinuz
   *     and lib/modules as {@code make install modules_install} leave them
   * @throws GuestException in one sentence, where a kernel or its modules are missing
   */
  static Files ofTree(Path tree) throws GuestException {
    if (!java.nio.file.Files.isDirectory(tree)) {
      throw new GuestException(tree + ": no such folder; name a built kernel tree");
    }
    Path built = tree.resolve("arch/x86/boot/bzImage");
    if (java.nio.file.Files.isRegularFile(built)) {
      return new Files(built, tree);
    }
    List<Path> installed = new ArrayList<>();
    for (Path folder : List.of(tree, tree.resolve("boot"))) {
      try (DirectoryStream<Path> found =
          java.nio.file.Files.newDirectoryStream(folder, "{vmlinuz,bzImage}*")) {
        found.forEach(installed::add);
      } catch (NotDirectoryException | NoSuchFileException e) {
        // Of the two places most have one.
        continue;
      } catch (IOException e) {
        throw new GuestException(folder + ": cannot be listed: " + IoReason.of(e), e);
      }
    }
    if (installed.size() == 1) {
      return new Files(installed.get(0), tree);
    }
    throw new GuestException(
        tree
            + (installed.isEmpty()
                ? ": neither arch/x86/boot/bzImage nor boot/vmlinuz-RELEASE in it; build the tree"
                    + " first: make bzImage modules"
                : ": has several kernels, "
                    + String.join(", ", installed.stream().map(Path::toString).sorted().toList())
                    + "; keep one of them, or name it by 'run --kernel'"));
  }

  /**
   * A Debian package.
   *
   * @param version as Debian writes it; empty for the newest
   */
  record Packaged(String name, Optional<String> version) implements KernelChoice {
    /** Reads {@code NAME} or {@code NAME=VERSION}. */
    public static Packaged of(String text) throws GuestException {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      Optional<String> version =
          equals < 0 ? Optional.empty() : Optional.of(text.substring(equals + 1));
      if (!name.matches("[a-z0-9][a-z0-9+.-]+")
          || version.filter(v -> !v.matches("[0-9][A-Za-z0-9.+:~-]*")).isPresent()) {
        throw new GuestException(
            "--kernel-package '"
                + text
                + "': not a package; write NAME or NAME=VERSION, such as"
                + " linux-image-6.12.107+deb13-amd64");
      }
      return new Packaged(name, version);
    }
  }
}
