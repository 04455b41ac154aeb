package org.daxcheck.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The sections of a 64-bit little-endian ELF file that tell what it needs. */
final class Elf {
  private static final int NEEDED = 1;

  private final String name;
  private final ByteBuffer bytes;

  /** Wraps a file; {@code name} is for messages. */
  Elf(String name, byte[] content) throws GuestException {
    this.name = name;
    this.bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    if (content.length < 64
        || bytes.getInt(0) != 0x464c457f
        || bytes.get(4) != 2
        || bytes.get(5) != 1) {
      throw new GuestException(name + ": not a 64-bit ELF file; give one built for x86-64");
    }
  }

  /** The values of {@code key} in .modinfo, where a module says its name and dependencies. */
  List<String> modinfo(String key) throws GuestException {
    List<String> values = new ArrayList<>();
    for (String line : strings(section(".modinfo"))) {
      if (line.startsWith(key + "=")) {
        values.add(line.substring(key.length() + 1));
      }
    }
    return values;
  }

  /** The shared libraries that it is linked to. */
  List<String> needed() throws GuestException {
    byte[] dynamic = section(".dynamic");
    byte[] names = section(".dynstr");
    ByteBuffer entries = ByteBuffer.wrap(dynamic).order(ByteOrder.LITTLE_ENDIAN);
    List<String> needed = new ArrayList<>();
    while (entries.remaining() >= 16) {
      long tag = entries.getLong();
      long value = entries.getLong();
      if (tag == NEEDED) {
        needed.add(stringAt(names, (int) value));
      }
    }
    return needed;
  }

  /** Path of the loader that starts it, or empty for a static one. */
  Optional<String> interpreter() throws GuestException {
    return strings(section(".interp")).stream().findFirst();
  }

  /** The note that tells this build from every other, as the kernel shows it of a loaded module. */
  byte[] buildId() throws GuestException {
    return section(".note.gnu.build-id");
  }

  private byte[] section(String wanted) throws GuestException {
    try {
      long table = bytes.getLong(40);
      int size = bytes.getShort(58) & 0xffff;
      int count = bytes.getShort(60) & 0xffff;
      byte[] names = content((int) table + (bytes.getShort(62) & 0xffff) * size);
      for (int i = 0; i < count; i++) {
        int header = (int) table + i * size;
        if (stringAt(names, bytes.getInt(header)).equals(wanted)) {
          return content(header);
        }
      }
      return new byte[0];
    } catch (IndexOutOfBoundsException e) {
      throw new GuestException(name + ": a broken ELF file; build or fetch it again", e);
    }
  }

  private byte[] content(int header) {
    byte[] content = new byte[(int) bytes.getLong(header + 32)];
    bytes.get((int) bytes.getLong(header + 24), content);
    return content;
  }

  private static String stringAt(byte[] table, int from) {
    int end = from;
    while (table[end] != 0) {
      end++;
    }
    return new String(table, from, end - from, StandardCharsets.UTF_8);
  }

  private static List<String> strings(byte[] section) {
    String all = new String(section, StandardCharsets.UTF_8);
    return Arrays.stream(all.split("\0")).filter(s -> !s.isEmpty()).toList();
  }
}
