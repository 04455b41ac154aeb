package org.daxcheck.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Symptom;
import org.daxcheck.oracle.Verdict.Status;

/**
 * A run as {@code run.json} has it: the one form in which a run is written, and in which everything
 * that reads a run gets it. reports/run.schema.json is made from these records.
 */
@Form("What a run did and what the oracle says of it. Times are wall time in milliseconds.")
public record RunDocument(
    @Form(value = "Version of this format.", min = 1, max = 1) int daxcheckRun,
    @Form(value = "Version of daxcheck.", least = 1) String version,
    @Form("When the run began, in UTC.") Instant started,
    @Form("Name of the suite, or the scenario files given.") String suite,
    @Form(
            value =
                "Seed of the model's choices and of the times of races; as text, since it may have"
                    + " more digits than readers keep.",
            pattern = "^-?[0-9]+$")
        String seed,
    @Form("What it was made by; missing in runs of before it was kept.") Optional<Made> made,
    @Form("Only where the run is one of several parts of a whole.") Optional<Shard> shard,
    @Form("False where cases are missing: it was interrupted, or stopped at a divergence.")
        boolean complete,
    @Form(max = 4) int exitCode,
    @Form("The exit code in words.") ExitCode outcome,
    Times timesMs,
    @Form("Cases by status.") Counts counts,
    @Form("Divergences of all cases; explained are those that suites/findings.yaml knows.")
        Explained divergences,
    List<Target> targets,
    @Form("The table by rule, in the order of the rules.") List<Rule> rules,
    @Form(value = "What generated parts of the run prove of a target as a whole.", optional = true)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Claim> claims,
    @Form(
            "Where the run was of a list in which nothing may be skipped, or where scenarios were"
                + " named: what could not be judged.")
        Optional<Gate> gate,
    @Form("Waivers that covered nothing; those that did stand with their cases.")
        Optional<Waivers> waivers,
    @Form("Against an earlier run; the exit code tells only what got worse.")
        Optional<Baseline> baseline,
    @Form(value = "What was tried more than once.", optional = true)
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Retry> retries,
    @Form(
            "Where ./daxcheck judge wrote this: started, seed and times are those of the run"
                + " itself.")
        Optional<JudgedAgain> judgedAgain,
    @Form("Each scenario on each target and topology.") List<Case> cases) {

  /** The version of the format; it grows when a member changes its meaning or goes. */
  public static final int VERSION = 1;

  public RunDocument {
    targets = List.copyOf(targets);
    rules = List.copyOf(rules);
    claims = copy(claims);
    retries = copy(retries);
    cases = List.copyOf(cases);
  }

  /** A list that a document may lack. */
  private static <T> List<T> copy(List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  public record Made(
      @Form("The words behind 'run', without those that say where results go.")
          List<String> command,
      @Form("Commit of daxcheck's checkout; empty where it is none.") String commit,
      @Form("Hash of daxcheck's code.") String program,
      @Form("Hash of the folder suites.") String suites,
      @Form("SHA-256 of the driver that took the place of the kernel's own; empty where none did.")
          String module) {
    public Made {
      command = List.copyOf(command);
    }
  }

  public record Shard(
      @Form(value = "Which part, from 1.", min = 1) int number,
      @Form(value = "How many parts there are.", min = 1) int count,
      @Form("How many cases the whole has.") int cases) {}

  public record Times(
      @Form("Waiting for guests to be ready.") double boot,
      @Form("Inside the system calls of the steps.") double kernel,
      @Form("Everything else.") double rest,
      double total) {}

  public record Counts(int pass, int divergence, int skipped, int error) {}

  public record Explained(int explained, int unexplained) {}

  public record Target(
      @Form(least = 1) String name,
      @Form(
              "What it is: only guest and machine are kernels. Missing in runs of before it was"
                  + " kept, as are driver, machine and topologies.")
          Optional<TargetKind> kind,
      @Form("Release of the kernel, or the model's name.") String kernel,
      @Form("The ABI's version that was forced or found by probing.") String dialect,
      @Form(
              "The file of the driver that took the place of the kernel's own; empty where none"
                  + " did.")
          Optional<String> driver,
      @Form("What it runs on, such as the version of QEMU.") Optional<String> machine,
      @Form(optional = true) List<String> topologies,
      @Form("Machine, driver and topologies in a line, for readers.") String details,
      Counts counts,
      @Form("Rules that scenarios which ran here are about, and that decided about no outcome.")
          List<RuleId> neverJudged,
      @Form(
              "How many of the rules that bind the dialect were judged here by a scenario about"
                  + " them; missing where the dialect is unknown.")
          Optional<Coverage> coverage) {
    public Target {
      topologies = copy(topologies);
      neverJudged = List.copyOf(neverJudged);
    }
  }

  public record Coverage(
      int bound,
      int judged,
      @Form("The rules that were not, with the reason.") List<Missing> missing) {
    public Coverage {
      missing = List.copyOf(missing);
    }
  }

  public record Missing(RuleId rule, @Form(least = 1) String reason) {}

  public record Rule(
      RuleId rule,
      String sentence,
      String citation,
      @Form(
              "By target: cases in which the rule decided and was kept, was broken, and cases about"
                  + " the rule that were skipped or failed.")
          Map<String, Counts> targets) {}

  public record Claim(
      @Form(least = 1) String target,
      @Form(value = "What was done, with its numbers.", least = 1) String what,
      @Form(value = "What follows where it stands.", least = 1) String proves,
      List<String> assumes,
      @Form("True where all of it ran and gave what the model gives.") boolean stands,
      @Form("Why it does not stand; empty where it does.") String why) {
    public Claim {
      assumes = List.copyOf(assumes);
    }
  }

  public record Gate(
      @Form("False where the run is no gate.") @JsonProperty("isOne") boolean isOne,
      @Form("Why it is none; empty where it is one.") String restricted,
      List<Hole> holes) {
    public Gate {
      holes = List.copyOf(holes);
    }
  }

  public record Hole(
      @Form(least = 1) String target,
      RuleId rule,
      List<String> scenarios,
      @Form(least = 1) String reason) {
    public Hole {
      scenarios = List.copyOf(scenarios);
    }
  }

  public record Waivers(
      @Form("True where one that is no longer needed is an error.") boolean strict,
      @Form("The rule was judged where they hold, and kept.") List<Waiver> noLongerNeeded,
      @Form("The rule was not judged where they hold.") List<Waiver> notTried) {
    public Waivers {
      noLongerNeeded = List.copyOf(noLongerNeeded);
      notTried = List.copyOf(notTried);
    }
  }

  public record Waiver(
      @Form(value = "FILE:LINE.", least = 1) String place,
      RuleId rule,
      @Form("A scenario's name, or a glob.") String scenario,
      @Form(least = 1) String reason,
      @Form(least = 1) String link,
      @Form("The last day on which it holds, in UTC.") LocalDate expires) {}

  public record UsedWaiver(
      @Form(value = "FILE:LINE.", least = 1) String place,
      RuleId rule,
      @Form("A scenario's name, or a glob.") String scenario,
      @Form(least = 1) String reason,
      @Form(least = 1) String link,
      @Form("The last day on which it holds, in UTC.") LocalDate expires,
      boolean expired,
      @Form("Why the divergence counts although the waiver holds; empty where it does not.")
          String counts) {}

  public record Baseline(
      @Form("As the user named it.") String run, List<Worse> worse, List<String> better, int same) {
    public Baseline {
      worse = List.copyOf(worse);
      better = List.copyOf(better);
    }
  }

  public record Worse(
      @Form(least = 1) String what,
      @Form("False where something is no longer judged.") boolean diverges) {}

  public record Retry(
      @Form(least = 1) String target,
      @Form("Empty where it was no case, such as a boot.") @JsonProperty("case") String name,
      @Form(least = 1) String text) {}

  public record JudgedAgain(
      LocalDate on,
      @Form("Version of daxcheck that judged it first.") String firstBy,
      @Form("Empty where as what it was found to be.") String asDialect) {}

  public record Case(
      @Form(value = "The name in KTAP and JUnit XML: scenario and topology.", least = 1)
          String name,
      @Form(least = 1) String scenario,
      String file,
      @Form(least = 1) String target,
      @Form("Empty where it did not run.") String topology,
      Status status,
      @Form(
              "Why there is no judgement, or none of the whole; none where there is. What is decided"
                  + " by it, is decided by this and never by the words of reason. Missing in runs of"
                  + " before it was kept.")
          Optional<Cause> cause,
      @Form("Why there is no judgement; empty where there is one.") String reason,
      double ms,
      @Form("Of a part: where the case stands in the whole, from 0.") Optional<Integer> place,
      @Form(value = "The trace file, relative to run.json.", pattern = "^[^/]")
          Optional<String> trace,
      @Form(
              "True where every divergence is waived: the status is the raw verdict, and does not"
                  + " count. Missing where no waiver bears on the case.")
          Optional<Boolean> waived,
      @Form(value = "The waivers that bear on it.", optional = true)
          @JsonInclude(JsonInclude.Include.NON_EMPTY)
          List<UsedWaiver> waivers,
      @Form("What the scenario is about, the main rule first.") List<Cited> rules,
      @Form("How often each rule decided about an outcome.") Map<RuleId, Integer> judged,
      List<Divergence> divergences,
      @Form("Legal outcomes that are worth knowing.") List<Note> notes,
      @Form(value = "Lines of actors that were repeated.", optional = true)
          @JsonInclude(JsonInclude.Include.NON_EMPTY)
          List<Race> races) {
    public Case {
      waivers = copy(waivers);
      rules = List.copyOf(rules);
      divergences = List.copyOf(divergences);
      notes = List.copyOf(notes);
      races = copy(races);
    }

    /** True where every divergence is waived, so that none counts. */
    public boolean isWaived() {
      return waived.orElse(false);
    }
  }

  public record Cited(RuleId rule, String citation) {}

  public record Divergence(
      RuleId rule,
      String citation,
      @Form(value = "Index of the trace's entry; negative for the boot's own bind.", min = -1)
          int entry,
      @Form("Line of the scenario; 0 for steps of setup and restore.") int line,
      String step,
      @Form("What differed: result, attribute, blocks; iomem, ...") String aspect,
      @Form("The only outcomes that are allowed.") String allowed,
      String seen,
      @Form("How many more times the same was seen in the same trace.") int repeats,
      @Form(
              value = "What calls did in it: divergences that share one have likely one cause.",
              optional = true)
          @JsonInclude(JsonInclude.Include.NON_EMPTY)
          List<Symptom> symptoms,
      @Form("The finding that explains it; it stays a divergence.") Optional<Finding> explained,
      @Form(value = "Lines of shell that do the same by hand.", pattern = "^[^\\n]*$")
          List<String> reproduce,
      @Form("What came of these lines in fresh guests; missing where they were not run.")
          Optional<Reproduced> reproduced) {
    public Divergence {
      symptoms = copy(symptoms);
      reproduce = List.copyOf(reproduce);
    }
  }

  public record Reproduced(
      @Form(value = "How often they showed the divergence.", min = 0) int worked,
      @Form(value = "How often they were run, each time in a fresh guest.", min = 1) int times,
      @Form(value = "How often they were done over in each guest; missing for once.", min = 2)
          Optional<Integer> over,
      @Form("What a run that did not show it gave instead; empty where all did.") String why) {

    /** The same as the report tells it. */
    public org.daxcheck.oracle.Reproduced outcome() {
      return new org.daxcheck.oracle.Reproduced(worked, times, over.orElse(1), why);
    }
  }

  public record Finding(
      @Form(least = 1) String finding,
      String why,
      String source,
      @Form(pattern = "^(kernel bug|documented|version defect)$") String status) {}

  public record Note(
      RuleId rule,
      @Form("Line of the scenario; 0 for steps of setup and restore.") int line,
      String step,
      String text) {}

  public record Race(
      @Form("Line of the scenario.") int line,
      int rounds,
      @Form("Rounds that differ in the order of calls and returns, or in the answers.")
          int interleavings,
      List<RaceOutcome> outcomes) {
    public Race {
      outcomes = List.copyOf(outcomes);
    }
  }

  public record RaceOutcome(String answers, int rounds) {}
}
