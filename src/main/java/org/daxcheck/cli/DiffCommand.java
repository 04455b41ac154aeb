package org.daxcheck.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.daxcheck.abi.RuleId;
import org.daxcheck.diff.RunDiff;
import org.daxcheck.report.Colours;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.RunDiffJson;
import org.daxcheck.report.RunDiffText;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description =
        "Shows finished runs side by side, each target of each a column: how often each rule was"
            + " judged and broken, and the first step in which a scenario differs.",
    footer = {
      "",
      "Exit codes: 1 where a verdict or a step differs; 2 where none does, but some case did not run",
      "to its end everywhere, or cannot be compared; 0 where all are the same.",
      "A kernel differs from the model where it diverged. Runs on hardware without a topology in",
      "common, such as a lab's, are paired by scenario."
    })
final class DiffCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description =
          "folders of runs, or their run.json; that of a patch is its unpatched and its patched run")
  private List<Path> named = new ArrayList<>();

  @ArgGroup private Filter filter = new Filter();

  private static final class Filter {
    @Option(names = "--changed", description = "only rules and scenarios that differ")
    private boolean changed;

    @Option(names = "--unchanged", description = "only rules and scenarios that do not")
    private boolean unchanged;

    @Option(
        names = "--all",
        description = "all of both; without a filter: every rule, and scenarios that differ")
    private boolean all;
  }

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      description = "only this rule, such as REFUSE-1, or this group; may be given several times")
  private List<String> wanted = new ArrayList<>();

  @Option(names = "--json", description = "prints JSON")
  private boolean json;

  @Override
  public Integer call() {
    Catalogue catalogue = Home.catalogue();
    TreeSet<RuleId> rules = rules(catalogue);
    List<RunDiff.Side> sides = new ArrayList<>();
    for (Path path : named) {
      for (Path run : runs(path)) {
        sides.addAll(sides(run));
      }
    }
    if (sides.size() < 2) {
      throw new Failure(
          named.get(0)
              + " alone has "
              + (sides.isEmpty() ? "no target" : "one target")
              + "; name a second run to compare it with");
    }
    RunDiff diff = RunDiff.of(sides, r -> wanted.isEmpty() || rules.contains(r));
    if (diff.common() == 0) {
      throw new Failure(
          "these runs have no scenario in common"
              + (wanted.isEmpty() ? "" : " about " + String.join(", ", wanted))
              + ", so there is nothing to compare");
    }
    RunDiffText.Show show =
        filter.changed
            ? RunDiffText.Show.CHANGED
            : filter.unchanged
                ? RunDiffText.Show.UNCHANGED
                : filter.all ? RunDiffText.Show.ALL : RunDiffText.Show.USUAL;
    System.out.print(
        json
            ? RunDiffJson.of(diff, show)
            : RunDiffText.of(
                diff,
                Home.book(catalogue),
                show,
                Home.columns(),
                Colours.of(Home.isTerminal(1), System.getenv())));
    System.out.flush();
    return switch (diff.finding()) {
      case DIFFERENT -> ExitCode.DIVERGENCE.code();
      case SAME -> ExitCode.PASS.code();
      // What was not seen may hide a difference.
      case UNKNOWN, SKIPPED -> ExitCode.ERROR.code();
    };
  }

  private static List<RunDiff.Side> sides(Path run) {
    try {
      return FinishedRun.read(run).sides(run.toString());
    } catch (IOException e) {
      throw new Failure(e);
    }
  }

  /** The run that a path names, or the two of a patch. */
  private static List<Path> runs(Path named) {
    boolean patch =
        Files.isRegularFile(named.resolve("patch.json"))
            && !Files.exists(named.resolve("run.json"));
    return patch ? List.of(named.resolve("unpatched"), named.resolve("patched")) : List.of(named);
  }

  private TreeSet<RuleId> rules(Catalogue catalogue) {
    TreeSet<RuleId> rules = new TreeSet<>();
    for (String name : wanted) {
      List<RuleId> meant =
          catalogue.rules().stream()
              .map(Catalogue.Rule::id)
              .filter(r -> r.toString().equals(name) || r.group().equals(name))
              .toList();
      rules.addAll(meant);
      if (meant.isEmpty()) {
        throw new Failure(
            "--rule '" + name + "' is no rule and no group; suites/rules.yaml has them");
      }
    }
    return rules;
  }
}
