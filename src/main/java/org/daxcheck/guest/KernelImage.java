package org.daxcheck.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A kernel to boot.
 *
 * @param release as uname -r says
 * @param modules folder with its modules
 * @param packageVersion Debian package and version, or what a kernel that was built here is made
 *     of; empty for a kernel of the user's own
 * @param helper the helper module where it was built with the kernel
 */
record KernelImage(
    String release, Path vmlinuz, Path modules, String packageVersion, Optional<Path> helper) {
  KernelImage(String release, Path vmlinuz, Path modules, String packageVersion) {
    this(release, vmlinuz, modules, packageVersion, Optional.empty());
  }

  /** Reads the release out of a bzImage (Documentation/arch/x86/boot.rst, kernel_version). */
  static String release(Path vmlinuz, byte[] image) throws GuestException {
    ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    if (image.length < 0x300 || header.getInt(0x202) != 0x53726448) {
      throw new GuestException(
          vmlinuz + ": not a Linux kernel for x86; give a bzImage such as arch/x86/boot/bzImage");
    }
    int at = 0x200 + (header.getShort(0x20e) & 0xffff);
    int end = at;
    while (end < image.length && image[end] != 0 && image[end] != ' ') {
      end++;
    }
    return new String(image, at, end - at, StandardCharsets.US_ASCII);
  }
}
