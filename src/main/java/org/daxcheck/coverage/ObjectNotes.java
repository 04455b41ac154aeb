package org.daxcheck.coverage;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;

/** What the compiler noted of one source: its functions, and how control flows through them. */
final class ObjectNotes {
  private static final int ON_TREE = 1;
  private static final int FAKE = 2;

  /**
   * A function.
   *
   * @param source its file, as the compiler was given it
   * @param first its first line
   * @param last its last line
   */
  record Function(String name, String source, int first, int last, FlowGraph graph) {}

  private final int stamp;
  private final Map<Integer, Function> functions = new LinkedHashMap<>();

  /**
   * Reads them.
   *
   * @throws IOException where they are no notes of GCC 12 or newer
   */
  ObjectNotes(byte[] file) throws IOException {
    GcovRecords records = new GcovRecords(file, GcovRecords.NOTES);
    stamp = records.stamp();
    Reading reading = new Reading();
    records.each(reading::take);
    reading.end();
  }

  /** The functions, in the order of the notes. */
  List<Function> functions() {
    return List.copyOf(functions.values());
  }

  /**
   * Hands out each function that ran, with the counts of all of its arcs.
   *
   * @param counters a file of counters
   * @throws IOException where it does not belong to these notes
   */
  void counted(byte[] counters, BiConsumer<Function, long[]> taker) throws IOException {
    GcovRecords records = new GcovRecords(counters, GcovRecords.DATA);
    if (records.stamp() != stamp) {
      throw new IOException("it is of another build");
    }
    Function[] now = {null};
    boolean[] fits = {true};
    records.each(
        (tag, body) -> {
          if (tag == GcovRecords.FUNCTION) {
            now[0] = body.hasRemaining() ? functions.get(body.getInt()) : null;
            fits[0] &= !body.hasRemaining() || now[0] != null;
          } else if (tag == GcovRecords.COUNTERS && now[0] != null && body.hasRemaining()) {
            long[] values = new long[body.remaining() / Long.BYTES];
            body.asLongBuffer().get(values);
            if (values.length != now[0].graph().counters()) {
              fits[0] = false;
            } else if (LongStream.of(values).anyMatch(v -> v != 0)) {
              taker.accept(now[0], now[0].graph().counts(values));
            }
          }
        });
    if (!fits[0]) {
      throw new IOException("its functions are others than those of the notes");
    }
  }

  /** Puts the records of a function together. */
  private final class Reading {
    private int id;
    private Function head;
    private int blocks;
    private List<FlowGraph.Arc> arcs = new ArrayList<>();
    private List<FlowGraph.Line> lines = new ArrayList<>();

    void take(int tag, ByteBuffer body) {
      switch (tag) {
        case GcovRecords.FUNCTION -> begin(body);
        case GcovRecords.BLOCKS -> blocks = body.getInt();
        case GcovRecords.ARCS -> arcs(body);
        case GcovRecords.LINES -> lines(body);
        default -> {
          // Newer compilers note more.
        }
      }
    }

    private void begin(ByteBuffer body) {
      end();
      id = body.getInt();
      body.getInt(); // a checksum of its lines
      body.getInt(); // a checksum of its graph
      String name = GcovRecords.text(body);
      body.getInt(); // whether the compiler made it up
      String source = GcovRecords.text(body);
      int first = body.getInt();
      body.getInt(); // column
      head = new Function(name, source, first, body.getInt(), null);
      blocks = 0;
      arcs = new ArrayList<>();
      lines = new ArrayList<>();
    }

    void end() {
      if (head != null) {
        FlowGraph graph = new FlowGraph(blocks, arcs, lines);
        functions.put(id, new Function(head.name, head.source, head.first, head.last, graph));
      }
    }

    private void arcs(ByteBuffer body) {
      int from = known(body.getInt());
      while (body.remaining() >= 2 * Integer.BYTES) {
        int to = known(body.getInt());
        int flags = body.getInt();
        arcs.add(new FlowGraph.Arc(from, to, (flags & ON_TREE) == 0, (flags & FAKE) != 0));
      }
    }

    private void lines(ByteBuffer body) {
      int block = known(body.getInt());
      String source = "";
      TreeSet<Integer> numbers = new TreeSet<>();
      while (body.remaining() >= Integer.BYTES) {
        int number = body.getInt();
        if (number != 0) {
          numbers.add(number);
          continue;
        }
        for (int n : numbers) {
          lines.add(new FlowGraph.Line(block, source, n, n == numbers.last()));
        }
        numbers.clear();
        source = GcovRecords.text(body);
      }
    }

    private int known(int block) {
      if (block < 0 || block >= blocks) {
        throw new BufferUnderflowException();
      }
      return block;
    }
  }
}
