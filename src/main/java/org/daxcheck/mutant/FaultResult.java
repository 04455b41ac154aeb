package org.daxcheck.mutant;

import java.util.List;

/**
 * What became of one fault.
 *
 * @param fault its name
 * @param hash of its file
 * @param inputs hash of the scenarios that the verdict stands on: those that found the fault, or
 *     all
 * @param breaks the rules that should name it
 * @param kills the scenarios that found it
 * @param survivedCases how many scenarios ran on it and did not find it
 * @param reason of an error, or the argument why nothing can be seen; empty otherwise
 * @param millis from the built driver to the verdict, guests booted for it among it, in ms
 * @param selftest what the kernel's own test said of it
 */
public record FaultResult(
    String fault,
    String hash,
    String inputs,
    List<String> breaks,
    Verdict verdict,
    List<Kill> kills,
    int survivedCases,
    String reason,
    long millis,
    Selftest selftest) {
  public FaultResult {
    breaks = List.copyOf(breaks);
    kills = List.copyOf(kills);
  }

  /** What became of it, in a word. */
  public enum Verdict {
    /** A scenario that the stock driver passes diverged, or the kernel died. */
    KILLED,
    /** Nothing that was tried noticed it. */
    SURVIVED,
    /** Nothing noticed it, and its file argues that nothing can. */
    ARGUED,
    /** The lab failed, so nothing is known. */
    ERROR
  }

  /**
   * A scenario that found the fault.
   *
   * @param rules those that it named
   * @param right whether a rule that the fault is to break is among them
   */
  public record Kill(String scenario, String topology, List<String> rules, boolean right) {
    public Kill {
      rules = List.copyOf(rules);
    }
  }

  /** True where a rule was named that the fault is to break. */
  public boolean right() {
    return kills.stream().anyMatch(Kill::right);
  }

  /** Every rule that a scenario named, each once. */
  public List<String> rules() {
    return kills.stream().flatMap(k -> k.rules().stream()).distinct().sorted().toList();
  }

  /** The result with what the kernel's own test said. */
  FaultResult with(Selftest other) {
    return new FaultResult(
        fault, hash, inputs, breaks, verdict, kills, survivedCases, reason, millis, other);
  }

  /** The result in a line. */
  public String line() {
    String how =
        switch (verdict) {
          case KILLED -> {
            Kill best = kills.stream().filter(Kill::right).findFirst().orElse(kills.get(0));
            yield "killed by %s (%s, %s)"
                .formatted(
                    best.scenario(),
                    String.join(" ", best.rules()),
                    best.right() ? "right" : "other");
          }
          case SURVIVED -> "survived " + survivedCases + " scenarios";
          case ARGUED -> "argued, unseen by " + survivedCases + " scenarios";
          case ERROR -> "error: " + reason;
        };
    return "%s  %s  %.1f s%s"
        .formatted(
            fault,
            how,
            millis / 1000.0,
            selftest.result() == Selftest.Result.NONE ? "" : "; upstream " + selftest.inWords());
  }
}
