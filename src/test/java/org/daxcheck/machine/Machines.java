package org.daxcheck.machine;

import java.util.List;
import java.util.function.Supplier;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetSource;

/** Machines and sources of targets that several tests use. */
final class Machines {
  static final List<Integer> TWO_BLOCKS = List.of(2);

  private Machines() {}

  static Automaton words(Dialect dialect) {
    return model(dialect, Alphabet.WORDS, "cxl-kernel");
  }

  static Automaton model(Dialect dialect, Alphabet alphabet, String topology) {
    return ModelMachine.of(dialect, topology, TWO_BLOCKS, Policy.ONLINE_MOVABLE, alphabet)
        .machine();
  }

  static CompleteSuite suite(Alphabet alphabet, int extra) {
    return CompleteSuite.of(
        Dialect.LINUX_7_3, "cxl-kernel", TWO_BLOCKS, Policy.ONLINE_MOVABLE, alphabet, extra);
  }

  /** A source of targets that need no guest. */
  static TargetSource source(Supplier<Target> fresh) {
    return new TargetSource() {
      @Override
      public String name() {
        return "made";
      }

      @Override
      public List<Integer> shape(String topology) {
        return TWO_BLOCKS;
      }

      @Override
      public Target fresh(String topology) {
        return fresh.get();
      }

      @Override
      public void close() {
        // It holds nothing.
      }
    };
  }
}
