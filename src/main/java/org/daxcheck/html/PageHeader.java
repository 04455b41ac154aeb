package org.daxcheck.html;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.RootCause;
import org.daxcheck.report.RunDocument;
import org.daxcheck.report.ShellCommand;
import org.daxcheck.report.Sighting;
import org.daxcheck.report.VerdictSentence;

/** The top of the page, which needs no script: the verdict, the targets, and what to do next. */
final class PageHeader {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** More cards than that are shown only when asked for. */
  private static final int CARDS = 6;

  private final List<PastFolder> runs;
  private final ReportData data;
  private final PageContext shelf;
  private final Optional<Headline> headline;
  private final StringBuilder out = new StringBuilder();

  PageHeader(
      List<PastFolder> runs, ReportData data, PageContext shelf, Optional<Headline> headline) {
    this.runs = runs;
    this.data = data;
    this.shelf = shelf;
    this.headline = headline;
  }

  /** How a whole run's outcome looks. */
  private record Outcome(String style, String sign, String title) {
    static Outcome of(ExitCode exit) {
      return switch (exit) {
        case DIVERGENCE -> new Outcome("bad", "\u2717", "DIVERGENCE");
        case ERROR -> new Outcome("odd", "!", "ERROR");
        case NO_RESULTS -> new Outcome("odd", "!", "NO RESULTS");
        case ALL_SKIPPED -> new Outcome("odd", "\u2013", "ALL SKIPPED");
        case PASS -> new Outcome("good", "\u2713", "PASS");
      };
    }
  }

  /** The page's title. */
  String title() {
    if (runs.size() > 1) {
      return "daxcheck: "
          + headline.map(Headline::sentence).orElse(runs.size() + " runs side by side");
    }
    RunDocument run = runs.get(0).json();
    return "daxcheck: "
        + Outcome.of(run.outcome()).title
        + ", "
        + run.suite()
        + " on "
        + data.columnList().stream()
            .map(c -> kernel(c.info()))
            .distinct()
            .collect(Collectors.joining(", "));
  }

  String html() {
    if (runs.size() == 1) {
      one(runs.get(0).json());
    } else {
      several();
    }
    for (String notice : data.notices()) {
      out.append("<p class=\"notice\"><strong>Note.</strong> ").append(text(notice)).append("</p>");
    }
    boolean folded = data.columnList().size() > CARDS;
    if (folded) {
      out.append("<details><summary>The kernels and counts of all ");
      out.append(data.columnList().size()).append("</summary>");
    }
    out.append("<div class=\"cards\">");
    data.columnList().forEach(this::card);
    out.append(folded ? "</div></details>" : "</div>");
    return out.toString();
  }

  private void one(RunDocument run) {
    Outcome outcome = Outcome.of(run.outcome());
    verdict(outcome.style, outcome.sign, VerdictSentence.of(run).toString());
    rules("Broken", broken(run, false));
    rules("Waived", broken(run, true));
    meta(run);
    first();
    next(run);
  }

  /** The place of the first divergence, which the script shows open. */
  private void first() {
    if (data.first().isPresent()) {
      out.append(
          "<section id=\"first\" aria-labelledby=\"first-title\" tabindex=\"-1\"></section>");
    }
  }

  private void rules(String word, Set<RuleId> rules) {
    if (!rules.isEmpty()) {
      out.append("<p class=\"broken\">").append(word).append(": ");
      out.append(rules.stream().map(PageHeader::ruleLink).collect(Collectors.joining(", ")));
      out.append(".</p>");
    }
  }

  private void meta(RunDocument run) {
    List<String> parts = new ArrayList<>();
    parts.add("daxcheck " + run.version());
    parts.add("suite " + run.suite());
    parts.add(TIME.format(run.started()));
    parts.add("seed " + run.seed());
    parts.add(
        String.format(
            Locale.ROOT,
            run.timesMs().boot() + run.timesMs().kernel() > run.timesMs().total()
                ? "%.0f s; on several guests at a time boot %.0f s and kernel %.0f s"
                : "%.0f s, of that boot %.0f s and kernel %.0f s",
            run.timesMs().total() / 1000,
            run.timesMs().boot() / 1000,
            run.timesMs().kernel() / 1000));
    out.append("<p class=\"meta\">");
    out.append(
        parts.stream().map(p -> "<span>" + text(p) + "</span>").collect(Collectors.joining(" ")));
    out.append("</p>");
  }

  /** The rules that are broken in cases that are waived, or in the others, by their causes. */
  private static Set<RuleId> broken(RunDocument run, boolean waived) {
    return RootCause.rules(
        RootCause.of(
            Sighting.of(run.cases().stream().filter(c -> c.isWaived() == waived).toList())));
  }

  /** What the run comes to beyond its cases: gate, waivers, baseline, retries. */
  private static void ruling(RunDocument run, List<String> todo) {
    run.gate().ifPresent(g -> gate(g, todo));
    run.baseline().ifPresent(b -> baseline(b, todo));
    run.waivers().ifPresent(w -> waivers(w, todo));
    if (!run.retries().isEmpty()) {
      todo.add(retries(run.retries()));
    }
    run.judgedAgain()
        .ifPresent(
            again ->
                todo.add(
                    "These traces were judged again on "
                        + again.on()
                        + (again.asDialect().isEmpty()
                            ? ""
                            : ", as dialect " + text(again.asDialect()))
                        + "; daxcheck "
                        + text(again.firstBy())
                        + " judged them first."));
  }

  private static String retries(List<RunDocument.Retry> retries) {
    String all =
        retries.stream()
            .map(r -> "<li>" + text(r.target() + " " + r.name() + ": " + r.text()) + "</li>")
            .collect(Collectors.joining());
    return "<details><summary>"
        + counted(retries.size(), "case was", "cases were")
        + " tried more than once.</summary><ul>"
        + all
        + "</ul></details>";
  }

  private static void gate(RunDocument.Gate gate, List<String> todo) {
    for (RunDocument.Hole hole : gate.holes()) {
      todo.add(
          "The gate has a hole: "
              + ruleLink(hole.rule())
              + " was not judged on "
              + text(hole.target())
              + ": "
              + text(hole.reason())
              + (hole.scenarios().isEmpty()
                  ? ""
                  : " (" + text(String.join(", ", hole.scenarios())) + ")")
              + ".");
    }
    if (!gate.isOne()) {
      todo.add("This run is no gate: " + text(gate.restricted()) + ".");
    }
  }

  private static void baseline(RunDocument.Baseline baseline, List<String> todo) {
    baseline.worse().forEach(w -> todo.add("Worse than before: " + text(w.what()) + "."));
    todo.add(
        "Beside the baseline "
            + counted(baseline.better().size(), "thing is", "things are")
            + " better and "
            + counted(baseline.same(), "case is", "cases are")
            + " the same.");
  }

  private static void waivers(RunDocument.Waivers waivers, List<String> todo) {
    for (RunDocument.Waiver w : waivers.noLongerNeeded()) {
      todo.add(
          "A waiver is no longer needed: " + text(w.rule() + ", " + w.place()) + ". Take it out.");
    }
    int untried = waivers.notTried().size();
    if (untried > 0) {
      todo.add(counted(untried, "waiver was", "waivers were") + " not put to the test.");
    }
  }

  private void next(RunDocument run) {
    List<String> todo = new ArrayList<>();
    First.divergence(run.cases()).ifPresent(f -> diverged(run, f.aCase(), todo));
    int errors = run.counts().error();
    if (errors > 0) {
      Optional<RunDocument.Case> failed = First.error(run.cases());
      todo.add(
          "Nothing can be said about "
              + counted(errors, "case", "cases")
              + " that ended with an error"
              + failed.map(c -> ": " + text(c.reason())).orElse("")
              + ". The <a href=\"#consoles\">consoles</a> tell more; then "
              + failed.map(c -> again(run, c)).orElse("run again."));
    }
    if (!run.complete()) {
      todo.add(
          "The run is incomplete: cases are missing. <code class=\"cmd\">./daxcheck run --resume"
              + " RUN</code> does the rest.");
    }
    if (run.outcome() == ExitCode.ALL_SKIPPED || run.outcome() == ExitCode.NO_RESULTS) {
      todo.add("Look at <a href=\"#scenarios\">why</a> nothing was judged; it counts as no pass.");
    }
    // Who named some scenarios did not ask for the other rules.
    if (run.gate().filter(RunDocument.Gate::isOne).isPresent()) {
      data.columnList().forEach(c -> unjudged(c, todo));
    }
    ruling(run, todo);
    if (run.outcome() == ExitCode.PASS && todo.isEmpty()) {
      todo.add("Nothing.");
    }
    if (!todo.isEmpty()) {
      out.append("<h2 class=\"small\">What to do next</h2><ul class=\"next\">");
      todo.forEach(t -> out.append("<li>").append(t).append("</li>"));
      out.append("</ul>");
    }
  }

  private static void diverged(RunDocument run, RunDocument.Case first, List<String> todo) {
    int explained = run.divergences().explained();
    int unexplained = run.divergences().unexplained();
    todo.add(
        "Read the <a href=\"#divergences\">"
            + (explained + unexplained == 1
                ? "divergence"
                : explained + unexplained + " divergences")
            + "</a>: each has the rule with its source, the steps, the kernel's log and shell"
            + " commands that do the same by hand. "
            + (explained == 0
                ? "No finding explains " + (unexplained == 1 ? "it." : "any of them.")
                : explained
                    + (explained == 1 ? " is" : " are")
                    + " explained by findings, "
                    + unexplained
                    + (unexplained == 1 ? " is" : " are")
                    + " not."));
    todo.add("Try the first one again: " + again(run, first));
  }

  private static void unjudged(ReportData.Column c, List<String> todo) {
    int missing =
        c.info().flatMap(RunDocument.Target::coverage).map(v -> v.missing().size()).orElse(0);
    if (missing > 0 && c.kernel()) {
      todo.add(
          text(c.label())
              + ": "
              + (missing == 1 ? "1 rule that binds" : missing + " rules that bind")
              + " dialect "
              + text(c.info().map(RunDocument.Target::dialect).orElse(""))
              + (missing == 1 ? " was" : " were")
              + " judged by no scenario here; <a href=\"#coverage\">coverage</a> says why.");
    }
  }

  private static String again(RunDocument run, RunDocument.Case c) {
    return "<code class=\"cmd\">"
        + text(
            ShellCommand.again(
                run.made().map(RunDocument.Made::command).orElse(List.of()),
                c.file().isEmpty() ? "SCENARIO-FILE" : c.file(),
                c.target(),
                c.topology(),
                run.seed()))
        + "</code>";
  }

  private void verdict(String style, String sign, String sentence) {
    out.append("<h1 class=\"verdict ").append(style).append("\">");
    out.append("<span class=\"sign\" aria-hidden=\"true\">").append(sign).append("</span> ");
    out.append(text(sentence)).append("</h1>");
  }

  private void several() {
    long differ = data.rowList().stream().filter(ReportData.Row::differs).count();
    long verdicts = data.rowList().stream().filter(ReportData.Row::otherVerdict).count();
    int all = data.rowList().size();
    String difference =
        differ == 0
            ? "No case differs between these runs"
            : differ
                + " of "
                + counted(all, "case differs", "cases differ")
                + " between these runs, "
                + verdicts
                + " in the verdict";
    if (headline.isPresent()) {
      Outcome outcome = Outcome.of(headline.get().exit());
      verdict(outcome.style, outcome.sign, headline.get().sentence());
      out.append("<p>").append(text(difference)).append(".</p>");
    } else {
      verdict(differ == 0 ? "good" : "odd", differ == 0 ? "=" : "\u2260", difference);
    }
    out.append("<p class=\"meta\"><span>").append(text("daxcheck " + shelf.version()));
    out.append("</span> <span>").append(runs.size()).append(" runs</span></p>");
    first();
    out.append("<ul class=\"next\">");
    for (int i = 0; i < runs.size(); i++) {
      PastFolder run = runs.get(i);
      Outcome outcome = Outcome.of(run.json().outcome());
      out.append("<li><strong>").append(text(data.names().get(i))).append("</strong>: ");
      VerdictSentence verdict = VerdictSentence.of(run.json());
      out.append("<span class=\"word ").append(outcome.style).append("\">").append(outcome.sign);
      out.append(' ').append(text(verdict.label())).append("</span>, ");
      out.append(text(verdict.text())).append(" Suite ");
      out.append(text(run.json().suite())).append(", ");
      out.append(text(TIME.format(run.json().started()))).append(", seed ");
      out.append(text(run.json().seed())).append("</li>");
    }
    out.append("<li><a href=\"#scenarios\">The scenarios side by side</a> begin with those that");
    out.append(" differ.</li></ul>");
  }

  private void card(ReportData.Column c) {
    Optional<RunDocument.Target> info = c.info();
    out.append("<section class=\"card\"><h2>").append(text(c.label())).append("</h2><p>");
    out.append(text(kernel(info))).append("</p><p class=\"dim\">");
    out.append(text(info.map(t -> "dialect " + t.dialect()).orElse("it was never reached")));
    info.filter(t -> !t.details().isEmpty()).ifPresent(t -> out.append(text(", " + t.details())));
    out.append("</p><ul class=\"counts\">");
    RunDocument.Counts counts =
        info.map(RunDocument.Target::counts).orElse(new RunDocument.Counts(0, 0, 0, 0));
    count("good", "\u2713", counts.pass(), "passed");
    count("bad", "\u2717", counts.divergence(), "diverged");
    count("skip", "\u2013", counts.skipped(), "skipped");
    count("odd", "!", counts.error(), "errors");
    out.append("</ul>");
    info.flatMap(RunDocument.Target::coverage)
        .ifPresent(
            coverage -> {
              out.append("<p class=\"dim\">").append(coverage.judged()).append(" of the ");
              out.append(coverage.bound());
              out.append(" rules that bind it were judged by a scenario about them</p>");
            });
    out.append("</section>");
  }

  private void count(String style, String sign, int n, String word) {
    out.append("<li class=\"").append(n == 0 ? "none" : style).append("\">");
    out.append("<span aria-hidden=\"true\">").append(sign).append("</span> <b>").append(n);
    out.append("</b> ").append(word).append("</li>");
  }

  private static String kernel(Optional<RunDocument.Target> info) {
    return info.map(RunDocument.Target::kernel).filter(k -> !k.isEmpty()).orElse("no kernel");
  }

  private static String ruleLink(RuleId rule) {
    return "<a href=\"#" + rule + "\">" + rule + "</a>";
  }

  private static String counted(int n, String one, String many) {
    return n + " " + (n == 1 ? one : many);
  }

  private static String text(String text) {
    return Escape.html(text);
  }
}
