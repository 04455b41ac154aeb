package org.daxcheck.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Findings;
import org.daxcheck.suite.Run;

/** What reports look up: the rules, and the divergences that are explained. */
public final class RuleBook {
  private final Map<RuleId, Catalogue.Rule> rules = new LinkedHashMap<>();
  private final Findings findings;

  /** A book of these rules and findings. */
  public RuleBook(List<Catalogue.Rule> rules, Findings findings) {
    rules.forEach(r -> this.rules.put(r.id(), r));
    this.findings = findings;
  }

  /** What is said of the rule; empty texts where it is unknown. */
  public RuleSentence text(RuleId id) {
    Catalogue.Rule rule = rules.get(id);
    return rule == null
        ? new RuleSentence("", "")
        : new RuleSentence(
            rule.sentence(),
            rule.citations().stream()
                .map(Catalogue.Citation::toString)
                .collect(Collectors.joining("; ")));
  }

  /** All rules, in their order. */
  List<RuleId> rules() {
    return List.copyOf(rules.keySet());
  }

  /** Whether the rule binds the dialect. */
  boolean binds(RuleId rule, Dialect dialect) {
    return rules.containsKey(rule) && rules.get(rule).dialects().contains(dialect);
  }

  /** Why no kernel of the dialect can be had to judge the rule on, where that is so. */
  Optional<String> unjudged(RuleId rule, Dialect dialect) {
    return Optional.ofNullable(rules.get(rule)).map(r -> r.unjudged().get(dialect));
  }

  /** What explains such a divergence of this case. */
  Optional<Findings.Finding> explanation(Run run, Run.Case c, Divergence d) {
    return run.target(c.target())
        .flatMap(
            t ->
                findings.explaining(
                    new Findings.Seen(
                        d.rule(),
                        c.scenario().name(),
                        t.dialect(),
                        t.kernel(),
                        t.driver(),
                        d.seen())));
  }
}
