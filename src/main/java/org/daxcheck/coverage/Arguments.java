package org.daxcheck.coverage;

import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daxcheck.scenario.BranchTable;

/**
 * Why branches of the driver cannot be taken, by line: what reports/branches.yaml argues, put on
 * the source that was run.
 */
public final class Arguments {
  private final Map<Integer, String> byLine = new TreeMap<>();

  /**
   * Those of a source of the driver.
   *
   * @param text its lines
   */
  public Arguments(BranchTable table, List<String> text) {
    List<DriverBranches.Branch> branches;
    try {
      branches = DriverBranches.of(String.join("\n", text) + "\n");
    } catch (ParseException e) {
      // Of a source that cannot be followed nothing is argued.
      return;
    }
    for (DriverBranches.Branch branch : branches) {
      table.branches().stream()
          .filter(b -> b.function().equals(branch.function()) && b.name().equals(branch.name()))
          .flatMap(b -> b.ways().values().stream())
          .map(BranchTable.Way::whyNot)
          .filter(w -> !w.isEmpty())
          .forEach(w -> byLine.merge(branch.line(), w, (a, b) -> a.equals(b) ? a : a + " " + b));
    }
  }

  /** Why some branch of this line cannot be taken; empty where the table argues for none. */
  public String of(int line) {
    return byLine.getOrDefault(line, "");
  }
}
