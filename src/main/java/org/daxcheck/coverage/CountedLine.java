package org.daxcheck.coverage;

import java.util.List;

/**
 * How often a line of a source ran.
 *
 * @param count how often
 * @param branches how often each branch of it was taken, in gcov's order; empty where it has none
 */
public record CountedLine(long count, List<Long> branches) {
  public CountedLine {
    branches = List.copyOf(branches);
  }
}
