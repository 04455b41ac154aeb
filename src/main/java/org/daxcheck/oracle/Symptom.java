package org.daxcheck.oracle;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.daxcheck.step.Step;

/**
 * What a call did against a rule, without where and beside whom it did so: divergences that have
 * one in common have likely one cause, whatever rule each of them names.
 *
 * @param call what kind of call it was
 * @param aspect what differed
 * @param allowed what is allowed in alphabetical order, each as a {@link Divergence} spells it
 * @param seen what was seen instead
 */
public record Symptom(Step.Kind call, Aspect aspect, Set<String> allowed, String seen) {
  public Symptom {
    allowed = Collections.unmodifiableSet(new TreeSet<>(allowed));
  }
}
