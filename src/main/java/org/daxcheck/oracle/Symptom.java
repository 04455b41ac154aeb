package org.daxcheck.oracle;

import java.util.Set;
import org.daxcheck.step.Step;

/**
 * What a call did against a rule, without where and beside whom it did so: divergences that have
 * one in common have likely one cause, whatever rule each of them names.
 *
 * @param call what kind of call it was
 * @param aspect what differed
 * @param allowed what is allowed, each as a {@link Divergence} spells it
 * @param seen what was seen instead
 */
public record Symptom(Step.Kind call, Aspect aspect, Set<String> allowed, String seen) {
  public Symptom {
    allowed = Set.copyOf(allowed);
  }

  /** True where the same kind of call did the same, in place of something that both allow. */
  public boolean isLike(Symptom other) {
    return call == other.call
        && aspect == other.aspect
        && seen.equals(other.seen)
        && allowed.stream().anyMatch(other.allowed::contains);
  }
}
