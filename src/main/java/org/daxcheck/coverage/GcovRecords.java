package org.daxcheck.coverage;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/**
 * A file that gcov works on, record by record: notes (.gcno) or counters (.gcda). Compilers before
 * GCC 12 counted lengths in words; their files are refused.
 */
final class GcovRecords {
  /** What files of notes begin with. */
  static final int NOTES = 0x67636e6f;

  /** What files of counters begin with. */
  static final int DATA = 0x67636461;

  /** A function begins; what follows is of it. */
  static final int FUNCTION = 0x01000000;

  /** How many blocks the function has. */
  static final int BLOCKS = 0x01410000;

  /** The ways out of one block. */
  static final int ARCS = 0x01430000;

  /** The lines of one block. */
  static final int LINES = 0x01450000;

  /** The counters of the function's arcs. */
  static final int COUNTERS = 0x01a10000;

  private static final int OLDEST_GCC = 12;

  private final ByteBuffer bytes;
  private final int stamp;

  /**
   * The file with these bytes.
   *
   * @param magic what it must begin with
   * @throws IOException where it is of another kind
   */
  GcovRecords(byte[] file, int magic) throws IOException {
    bytes = ByteBuffer.wrap(file);
    try {
      if (bytes.getInt() != magic) {
        bytes.order(ByteOrder.LITTLE_ENDIAN).rewind();
        if (bytes.getInt() != magic) {
          throw new IOException("it is no file of gcov");
        }
      }
      int version = bytes.getInt();
      int gcc = ((version >>> 24) - 'A') * 10 + (version >>> 16 & 0xff) - '0';
      if (gcc < OLDEST_GCC) {
        throw new IOException(
            "it is of GCC " + gcc + ", and this reads from " + OLDEST_GCC + " on");
      }
      stamp = bytes.getInt();
      bytes.getInt(); // a checksum over all functions
      if (magic == NOTES) {
        text(bytes); // the folder of the build
        bytes.getInt(); // whether blocks that never ran are told
      }
    } catch (BufferUnderflowException e) {
      throw new IOException("it ends too soon", e);
    }
  }

  /** Notes and the counters that belong to them have the same. */
  int stamp() {
    return stamp;
  }

  /**
   * Hands out every record, in order: its tag and its body.
   *
   * @throws IOException where the file ends within one
   */
  void each(BiConsumer<Integer, ByteBuffer> taker) throws IOException {
    try {
      while (bytes.remaining() >= 2 * Integer.BYTES) {
        int tag = bytes.getInt();
        int length = bytes.getInt();
        if (tag == 0) {
          return;
        }
        // Counters that are all zero may be left out; then the length is negative.
        int body = Math.max(0, length);
        taker.accept(tag, bytes.slice(bytes.position(), body).order(bytes.order()));
        bytes.position(bytes.position() + body);
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("it ends within a record", e);
    }
  }

  /**
   * Adds the counters of one file to those of another of the same build.
   *
   * @throws IOException where they are not of the same functions
   */
  static void add(byte[] sum, byte[] more) throws IOException {
    GcovRecords to = new GcovRecords(sum, DATA);
    if (sum.length != more.length || new GcovRecords(more, DATA).stamp != to.stamp) {
      throw new IOException("it is of another build than others");
    }
    ByteBuffer from = ByteBuffer.wrap(more).order(to.bytes.order());
    to.each(
        (tag, body) -> {
          for (int i = 0; tag == COUNTERS && i + Long.BYTES <= body.limit(); i += Long.BYTES) {
            body.putLong(i, body.getLong(i) + from.getLong(body.arrayOffset() + i));
          }
        });
  }

  /** A string as these files have it; empty where there is none. */
  static String text(ByteBuffer from) {
    int length = from.getInt();
    if (length == 0) {
      return "";
    }
    if (length < 0 || length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] text = new byte[length];
    from.get(text);
    int end = length;
    while (end > 0 && text[end - 1] == 0) {
      end--;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8);
  }
}
