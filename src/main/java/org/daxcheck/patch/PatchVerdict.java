package org.daxcheck.patch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.PastRun;
import org.daxcheck.report.RootCause;
import org.daxcheck.report.Sighting;
import org.daxcheck.report.Text;
import org.daxcheck.report.VerdictSentence;
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

  /** Where the rule is broken in the simplest way, first where it was not without the patch. */
  Optional<Sighting.InCase> sight(Comparison.RuleChange change) {
    return sightings(change)
        .findFirst()
        .map(Sighting::of)
        .or(
            () ->
                Sighting.of(patched.cases(), (c, r) -> "").stream()
                    .filter(s -> s.rule().equals(change.rule()))
                    .min(Comparator.comparing(Sighting::steps))
                    .map(Sighting::of));
  }

  /** Where the rule is broken that was not broken in the same case without the patch. */
  private Stream<Sighting<Sighting.InCase>> sightings(Comparison.RuleChange change) {
    return Sighting.of(patched.cases(), (c, r) -> "").stream()
        .filter(s -> s.rule().equals(change.rule()))
        .filter(
            s -> {
              Run.Case c = s.of().aCase();
              return !change.before().contains(Comparison.key(c.scenario().name(), c.topology()));
            });
  }

  /** What the patch made worse by its likely causes, the likeliest first. */
  List<RootCause<Sighting.InCase>> causes(List<Comparison.RuleChange> changes) {
    return RootCause.of(changes.stream().flatMap(this::sightings).toList());
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

  /** The judgement in one sentence. */
  public String sentence() {
    String part = isWhole() ? "" : " (in " + patched.cases().size() + " of " + planned + " cases)";
    return judged(part).toString();
  }

  private VerdictSentence judged(String part) {
    Comparison c = comparison;
    if (c.dead().isPresent()) {
      return new VerdictSentence(
          "FAIL", "a guest with the patch does not boot; one without it does." + part);
    }
    if (c.takesAway()) {
      return new VerdictSentence("FAIL", String.join("; ", taken()) + "." + part);
    }
    return switch (exit()) {
      case ERROR ->
          new VerdictSentence(
              "ERROR", "some cases could not be judged with the patch, so nothing is sure.");
      case NO_RESULTS -> new VerdictSentence("NO RESULTS", "nothing was judged.");
      case ALL_SKIPPED -> new VerdictSentence("ALL SKIPPED", "nothing was judged.");
      case PASS, DIVERGENCE ->
          new VerdictSentence(
              "PASS",
              "nothing lost"
                  + (c.gained().isEmpty()
                      ? ""
                      : ", "
                          + c.gained().size()
                          + " gained: "
                          + String.join(
                              ", ", c.gained().stream().map(g -> g.rule().toString()).toList()))
                  + "."
                  + part);
    };
  }

  /** What the patch takes away, each thing in a few words. */
  private List<String> taken() {
    Comparison c = comparison;
    List<String> taken = new ArrayList<>();
    if (!c.lost().isEmpty()) {
      taken.add(
          Text.count(c.lost().size(), "rule lost: ", "rules lost: ")
              + RootCause.named(causes(c.lost())));
    }
    if (!c.worse().isEmpty()) {
      taken.add("broken in more cases: " + RootCause.named(causes(c.worse())));
    }
    c.dialects().ifPresent(d -> taken.add("the dialect was " + d.before() + " and is " + d.now()));
    if (!c.silent().isEmpty()) {
      taken.add("no longer judged: " + Text.count(c.silent().size(), "case", "cases"));
    }
    return taken;
  }
}
