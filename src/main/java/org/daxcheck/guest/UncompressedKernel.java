package org.daxcheck.guest;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.lzma.LZMACompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.daxcheck.io.IoReason;

/**
 * The kernel without its wrapping. A bzImage unpacks itself, which takes an emulated processor
 * several seconds; the ELF file inside boots by the PVH entry at once. Source for the header:
 * Documentation/arch/x86/boot.rst (setup_sects, payload_offset, payload_length).
 */
final class UncompressedKernel {
  private static final int SECTOR = 512;
  private static final int PT_NOTE = 4;
  private static final int PVH_ENTRY = 18;
  private static final byte[] XEN = "Xen\0".getBytes(StandardCharsets.US_ASCII);

  private UncompressedKernel() {}

  /** The plain kernel, unpacked once; the bzImage itself where it holds none that QEMU can boot. */
  static Path of(Cache cache, Path bzImage) throws GuestException {
    byte[] image = Cache.read(bzImage, "the kernel");
    Path kept =
        cache.once(
            "plain/" + Cache.hash(List.of(image)),
            "kernel " + KernelImage.release(bzImage, image) + " without its wrapping",
            part -> unpack(image, part));
    return size(kept) == 0 ? bzImage : kept;
  }

  private static long size(Path file) throws GuestException {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new GuestException(file + ": cannot be read: " + IoReason.of(e), e);
    }
  }

  /** An empty file says that there is nothing to unpack. */
  private static void unpack(byte[] image, Path part) throws IOException {
    byte[] plain = plain(image);
    Files.write(part, hasPvhEntry(plain) ? plain : new byte[0]);
  }

  /** The kernel inside a bzImage; nothing where it is packed in an unknown way. */
  static byte[] plain(byte[] image) {
    return payload(image).flatMap(UncompressedKernel::unpacked).orElse(new byte[0]);
  }

  private static Optional<byte[]> payload(byte[] image) {
    ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int setup = image[0x1f1] == 0 ? 4 : image[0x1f1] & 0xff;
    long start = (setup + 1L) * SECTOR + (header.getInt(0x248) & 0xffffffffL);
    // Behind the compressed bytes stands their size unpacked, in four bytes.
    long end = start + (header.getInt(0x24c) & 0xffffffffL) - 4;
    return start < end && end <= image.length
        ? Optional.of(java.util.Arrays.copyOfRange(image, (int) start, (int) end))
        : Optional.empty();
  }

  private static Optional<byte[]> unpacked(byte[] payload) {
    try (InputStream in = stream(payload)) {
      return Optional.of(in.readAllBytes());
    } catch (IOException e) {
      // An unknown compression costs nothing but time: the kernel can unpack itself.
      return Optional.empty();
    }
  }

  private static InputStream stream(byte[] payload) throws IOException {
    InputStream in = new ByteArrayInputStream(payload);
    int magic = ByteBuffer.wrap(payload).getInt();
    if (magic == 0x28b52ffd) {
      return new ZstdInputStream(in);
    }
    if (magic >>> 16 == 0x1f8b) {
      return new GzipCompressorInputStream(in);
    }
    if (magic == 0xfd377a58) {
      return new XZCompressorInputStream(in);
    }
    if (magic >>> 8 == 0x5d0000) {
      return new LZMACompressorInputStream(in);
    }
    throw new IOException("compression not known: %08x".formatted(magic));
  }

  /** QEMU boots an ELF kernel only by the entry that a Xen note names. */
  static boolean hasPvhEntry(byte[] elf) {
    ByteBuffer bytes = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    if (elf.length < 64 || bytes.getInt(0) != 0x464c457f) {
      return false;
    }
    int table = (int) bytes.getLong(32);
    for (int i = 0; i < (bytes.getShort(56) & 0xffff); i++) {
      int at = table + i * (bytes.getShort(54) & 0xffff);
      if (bytes.getInt(at) == PT_NOTE
          && notesHaveEntry(
              bytes
                  .slice((int) bytes.getLong(at + 8), (int) bytes.getLong(at + 32))
                  .order(ByteOrder.LITTLE_ENDIAN))) {
        return true;
      }
    }
    return false;
  }

  private static boolean notesHaveEntry(ByteBuffer notes) {
    while (notes.remaining() >= 12) {
      int name = notes.getInt();
      int content = notes.getInt();
      int type = notes.getInt();
      byte[] owner = new byte[Math.min(name, notes.remaining())];
      notes.get(owner);
      if (type == PVH_ENTRY && java.util.Arrays.equals(owner, XEN)) {
        return true;
      }
      int skip = (name + 3 & ~3) - name + (content + 3 & ~3);
      notes.position(Math.min(notes.limit(), notes.position() + skip));
    }
    return false;
  }
}
