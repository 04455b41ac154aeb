package org.daxcheck.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Symptom;
import org.daxcheck.scenario.Parser;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Run;

/**
 * A divergence in a case, by what tells which cause it has.
 *
 * @param of what the caller wants back
 * @param target what diverged
 * @param place the case and the step in it, the same for all that one step did
 * @param sight the step, and what was allowed and seen, the same wherever it is alike
 * @param finding the finding that explains it; empty where none does
 * @param actors how many actors its step has; 0 where it has none
 * @param about true where the scenario is about the rule
 * @param steps how many steps came before it in its case
 * @param symptoms what calls did in it
 */
public record Sighting<T>(
    T of,
    RuleId rule,
    String target,
    List<Object> place,
    List<Object> sight,
    String finding,
    int actors,
    boolean about,
    int steps,
    List<Symptom> symptoms) {

  /** A divergence of a case. */
  public record InCase(Run.Case aCase, Divergence divergence) {
    /** Where it is, such as {@code suites/x.kmem:7 (cxl)}. */
    public String place() {
      return divergence.in(aCase.scenario().file()) + " (" + aCase.topology() + ")";
    }

    /** What does the same by hand, in lines of shell; none where there is no trace. */
    public List<String> commands() {
      return aCase.trace().map(t -> Reproducer.commands(t, divergence)).orElse(List.of());
    }
  }

  /** A divergence of a case of a document. */
  public record InDocument(RunDocument.Case aCase, RunDocument.Divergence divergence) {}

  /** All divergences of these cases of a run. */
  public static List<Sighting<InCase>> of(Run run, RuleBook rules, List<Run.Case> cases) {
    return of(cases, (c, d) -> rules.explanation(run, c, d).map(Object::toString).orElse(""));
  }

  /**
   * All divergences of these cases.
   *
   * @param finding what explains a divergence of a case; empty where nothing does
   */
  public static List<Sighting<InCase>> of(
      List<Run.Case> cases, BiFunction<Run.Case, Divergence, String> finding) {
    List<Sighting<InCase>> all = new ArrayList<>();
    for (Run.Case c : cases) {
      for (Divergence d : c.verdict().divergences()) {
        all.add(
            new Sighting<>(
                new InCase(c, d),
                d.rule(),
                c.target(),
                List.of(c.name(), d.entry()),
                List.of(d.rule(), d.step(), d.aspect(), d.allowed(), d.seen()),
                finding.apply(c, d),
                actors(d.step()),
                c.scenario().rules().stream().anyMatch(r -> r.rule().equals(d.rule())),
                d.entry(),
                d.symptoms()));
      }
    }
    return all;
  }

  /** All divergences of these cases of a document. */
  public static List<Sighting<InDocument>> of(List<RunDocument.Case> cases) {
    List<Sighting<InDocument>> all = new ArrayList<>();
    for (RunDocument.Case c : cases) {
      for (RunDocument.Divergence d : c.divergences()) {
        all.add(
            new Sighting<>(
                new InDocument(c, d),
                d.rule(),
                c.target(),
                List.of(c.name(), d.entry()),
                List.of(d.rule(), d.step(), d.aspect(), d.allowed(), d.seen()),
                d.explained().map(RunDocument.Finding::finding).orElse(""),
                actors(d.step()),
                c.rules().stream().anyMatch(r -> r.rule().equals(d.rule())),
                d.entry(),
                d.symptoms()));
      }
    }
    return all;
  }

  private static int actors(String step) {
    try {
      Step read = Parser.step(step);
      return read.kind() == Step.Kind.ACTORS ? ((Step.Actors) read).actors().size() : 0;
    } catch (ScenarioException e) {
      return 0; // the boot, and what came before the first step, are no steps of a scenario
    }
  }
}
