package org.daxcheck.oracle;

import java.util.List;
import java.util.Map;
import org.daxcheck.abi.RuleId;

/**
 * What the oracle says of a trace.
 *
 * @param divergences what was against a rule, in the order of the steps
 * @param notes legal outcomes worth telling the user
 * @param judged how often each rule decided about an outcome
 * @param reason why there is no judgement: of a skip or an error; empty otherwise
 */
public record Verdict(
    Status status,
    List<Divergence> divergences,
    List<Note> notes,
    Map<RuleId, Integer> judged,
    String reason) {
  public Verdict {
    divergences = List.copyOf(divergences);
    notes = List.copyOf(notes);
    judged = Map.copyOf(judged);
  }

  /** The verdict in a word. */
  public enum Status {
    PASS,
    DIVERGENCE,
    SKIPPED,
    ERROR
  }

  /** A legal but interesting outcome. */
  public record Note(RuleId rule, int line, String step, String text) {}

  /** No judgement since the scenario does not fit the target. */
  public static Verdict skipped(String reason) {
    return new Verdict(Status.SKIPPED, List.of(), List.of(), Map.of(), reason);
  }

  /** No judgement since something else than the kernel's ABI failed. */
  public static Verdict error(String reason) {
    return new Verdict(Status.ERROR, List.of(), List.of(), Map.of(), reason);
  }
}
