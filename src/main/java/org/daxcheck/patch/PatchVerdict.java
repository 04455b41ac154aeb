package org.daxcheck.patch;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.Reproducer;
import org.daxcheck.suite.Run;

/**
 * All that is said of a patch.
 *
 * @param version daxcheck's
 * @param patches the files in the order they were applied; may be empty where a tree was given
 * @param tree the built kernel tree that has the patches, where one was given
 * @param notes what the user should know of how the driver was made
 * @param patched the run with the patches
 * @param baseline the run without
 * @param kept whether the baseline was measured by an earlier call
 * @param planned how many cases the whole suite has
 * @param comparison what changed
 * @param quickNanos when the quick part was done, from the start of the command in ns; 0 where
 *     there is none
 * @param totalNanos the whole command in ns
 */
public record PatchVerdict(
    String version,
    List<PatchFile> patches,
    Optional<Path> tree,
    List<String> notes,
    Run patched,
    Baseline baseline,
    boolean kept,
    int planned,
    Comparison comparison,
    long quickNanos,
    long totalNanos) {
  public PatchVerdict {
    patches = List.copyOf(patches);
    notes = List.copyOf(notes);
  }

  /** A divergence of the patched driver, at the place where the way to it is the shortest. */
  record Sight(Run.Case aCase, Divergence divergence) {
    String place() {
      return divergence.in(aCase.scenario().file()) + " (" + aCase.topology() + ")";
    }

    List<String> commands() {
      return aCase.trace().map(t -> Reproducer.commands(t, divergence)).orElse(List.of());
    }
  }

  /** Where the rule is broken, preferably where it was not broken without the patch. */
  Optional<Sight> sight(Comparison.RuleChange change) {
    return patched.cases().stream()
        .flatMap(
            c ->
                c.verdict().divergences().stream()
                    .filter(d -> d.rule().equals(change.rule()))
                    .map(d -> new Sight(c, d)))
        .min(
            Comparator.comparing(
                    (Sight s) ->
                        change
                            .before()
                            .contains(
                                Comparison.key(s.aCase().scenario().name(), s.aCase().topology())))
                .thenComparing(s -> s.divergence().entry()));
  }

  /** How the command ends. */
  public ExitCode exit() {
    return comparison.exit(PastRun.of(patched));
  }

  boolean isWhole() {
    return patched.cases().size() >= planned;
  }

  /** What was patched, in a few words. */
  String subject() {
    return patches.stream()
        .flatMap(p -> p.subject().stream())
        .findFirst()
        .orElseGet(
            () ->
                patches.isEmpty()
                    ? tree.map(Path::toString).orElse("")
                    : patches.get(0).file().getFileName().toString());
  }

  /** The kernel and machine of the patched run, without the file that its driver was in. */
  Optional<Run.TargetInfo> target() {
    return patched.targets().stream().findFirst().map(Run.TargetInfo::withoutDriver);
  }

  List<RuleId> lostRules() {
    return comparison.lost().stream().map(Comparison.RuleChange::rule).toList();
  }

  /** The judgement in one sentence. */
  public String sentence() {
    Comparison c = comparison;
    String part = isWhole() ? "" : " (in " + patched.cases().size() + " of " + planned + " cases)";
    if (c.dead().isPresent()) {
      return "FAIL: a guest with the patch does not boot; one without it does." + part;
    }
    if (c.takesAway()) {
      StringBuilder text = new StringBuilder("FAIL:");
      String separator = " ";
      if (!c.lost().isEmpty()) {
        text.append(separator)
            .append(c.lost().size() == 1 ? "1 rule lost: " : c.lost().size() + " rules lost: ")
            .append(String.join(", ", lostRules().stream().map(RuleId::toString).toList()));
        separator = "; ";
      }
      if (!c.worse().isEmpty()) {
        text.append(separator)
            .append("broken in more cases: ")
            .append(String.join(", ", c.worse().stream().map(w -> w.rule().toString()).toList()));
        separator = "; ";
      }
      if (c.dialects().isPresent()) {
        text.append(separator)
            .append("the dialect was ")
            .append(c.dialects().get().before())
            .append(" and is ")
            .append(c.dialects().get().now());
        separator = "; ";
      }
      if (!c.silent().isEmpty()) {
        text.append(separator).append("no longer judged: ").append(c.silent().size());
        text.append(c.silent().size() == 1 ? " case" : " cases");
      }
      return text.append('.').append(part).toString();
    }
    return switch (exit()) {
      case ERROR -> "ERROR: some cases could not be judged with the patch, so nothing is sure.";
      case NO_RESULTS -> "NO RESULTS: nothing was judged.";
      case ALL_SKIPPED -> "ALL SKIPPED: nothing was judged.";
      default ->
          "PASS: nothing lost"
              + (c.gained().isEmpty()
                  ? ""
                  : ", "
                      + c.gained().size()
                      + " gained: "
                      + String.join(
                          ", ", c.gained().stream().map(g -> g.rule().toString()).toList()))
              + "."
              + part;
    };
  }
}
