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
 * @param why why there is no judgement, or none of the whole
 */
public record Verdict(
    Status status,
    List<Divergence> divergences,
    List<Note> notes,
    Map<RuleId, Integer> judged,
    Why why) {
  public Verdict {
    divergences = List.copyOf(divergences);
    notes = List.copyOf(notes);
    judged = Map.copyOf(judged);
    boolean fits =
        switch (status) {
          case PASS -> why.cause() == Cause.NONE;
          case SKIPPED -> why.cause().isOfSkip();
          case ERROR -> why.cause().isOfError();
          case DIVERGENCE -> true;
        };
    if (!fits) {
      throw new IllegalArgumentException(status + " cannot be for the cause " + why.cause());
    }
  }

  /** The verdict on a trace that came to its end. */
  public Verdict(
      Status status, List<Divergence> divergences, List<Note> notes, Map<RuleId, Integer> judged) {
    this(status, divergences, notes, judged, Why.NONE);
  }

  /** The same with these divergences in place of its own, what came of their reproducers told. */
  public Verdict with(List<Divergence> others) {
    return new Verdict(status, others, notes, judged, why);
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

  /**
   * Why there is no judgement, or none of the whole.
   *
   * @param text the same as a sentence for the user; nothing is decided by it
   */
  public record Why(Cause cause, String text) {
    /** Nothing was in the way. */
    public static final Why NONE = new Why(Cause.NONE, "");
  }

  /** No judgement since the scenario does not fit the target. */
  public static Verdict skipped(Why why) {
    return new Verdict(Status.SKIPPED, List.of(), List.of(), Map.of(), why);
  }

  /** No judgement since the scenario does not fit the target. */
  public static Verdict skipped(Cause cause, String text) {
    return skipped(new Why(cause, text));
  }

  /** No judgement since something else than the kernel's ABI failed. */
  public static Verdict error(Cause cause, String text) {
    return new Verdict(Status.ERROR, List.of(), List.of(), Map.of(), new Why(cause, text));
  }

  /** What decides on why there is no judgement; NONE where there is one of the whole. */
  public Cause cause() {
    return why.cause();
  }

  /** Why there is no judgement, or none of the whole, for the user; empty where there is one. */
  public String reason() {
    return why.text();
  }
}
