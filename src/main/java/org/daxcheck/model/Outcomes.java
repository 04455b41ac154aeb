package org.daxcheck.model;

import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;

/** Forms of outcomes that several kinds of steps have. */
final class Outcomes {
  private Outcomes() {}

  static Outcome required(ReturnValue answer, State next, RuleId rule, RuleOf claims) {
    return Outcome.of(answer, next, Grade.REQUIRED, rule, claims);
  }

  static Outcome refused(State s, Errno errno, RuleId rule) {
    return refused(s, errno, rule, rule);
  }

  static Outcome refused(State s, Errno errno, RuleId rule, RuleId unchanged) {
    return required(new ReturnValue.Fails(errno), s, rule, RuleOf.unchanged(unchanged));
  }

  static Outcome quiet(long value, State next) {
    return required(
        new ReturnValue.Ok(value), next, Rules.ROBUST_2, RuleOf.unchanged(Rules.ROBUST_2));
  }

  /** True where a block is not as the attribute's word says. */
  static boolean changedByHand(State s) {
    boolean online = s.word().filter(Word::isOnline).isPresent();
    return s.ownBlocks().stream()
        .anyMatch(b -> b.exists() && (b.isOnline() != online || b.undecided()));
  }
}
