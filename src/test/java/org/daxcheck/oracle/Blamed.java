package org.daxcheck.oracle;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.State;
import org.daxcheck.step.Step;

/** What the oracle would blame, for tests of other packages. */
public final class Blamed {
  private Blamed() {}

  /** A state that would betray a fault, and the rule that it breaks. */
  public record Suspect(State state, RuleId rule) {}

  /** The rule that a wrong answer breaks: {@code ok}, or the name of an error. */
  public static RuleId answer(
      Specification in, State from, Step step, Outcome likeliest, String seen, boolean failed) {
    Optional<Errno> errno = seen.equals("ok") ? Optional.empty() : Optional.of(new Errno(seen));
    return new Blame(in).wrongAnswer(from, step, likeliest, errno, failed);
  }

  /** The states that would betray a fault. */
  public static List<Suspect> suspects(Specification in, State from, Step step, Outcome outcome) {
    return new Blame(in)
        .suspects(from, step, outcome).stream().map(s -> new Suspect(s.state(), s.rule())).toList();
  }
}
