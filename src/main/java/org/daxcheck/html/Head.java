package org.daxcheck.html;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.report.ExitCode;

/** The top of the page, which needs no script: the verdict, the targets, and what to do next. */
final class Head {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final List<PastFolder> runs;
  private final ReportData data;
  private final Shelf shelf;
  private final Optional<Headline> headline;
  private final StringBuilder out = new StringBuilder();

  Head(List<PastFolder> runs, ReportData data, Shelf shelf, Optional<Headline> headline) {
    this.runs = runs;
    this.data = data;
    this.shelf = shelf;
    this.headline = headline;
  }

  /** Of a whole run, in the order in which they count. */
  private enum Outcome {
    DIVERGENCE("divergence", "bad", "\u2717", "DIVERGENCE"),
    ERROR("error", "odd", "!", "ERROR"),
    NO_RESULTS("no results", "odd", "!", "NO RESULTS"),
    ALL_SKIPPED("all skipped", "odd", "\u2013", "ALL SKIPPED"),
    PASS("pass", "good", "\u2713", "PASS");

    private final String text;
    private final String style;
    private final String sign;
    private final String title;

    Outcome(String text, String style, String sign, String title) {
      this.text = text;
      this.style = style;
      this.sign = sign;
      this.title = title;
    }

    /** That of a run; what a later version may say and we do not know is never shown as a pass. */
    static Outcome of(JsonNode run) {
      for (Outcome o : values()) {
        if (o.text.equals(run.path("outcome").asText())) {
          return o;
        }
      }
      return ERROR;
    }

    static Outcome of(ExitCode exit) {
      return switch (exit) {
        case DIVERGENCE -> DIVERGENCE;
        case ERROR -> ERROR;
        case NO_RESULTS -> NO_RESULTS;
        case ALL_SKIPPED -> ALL_SKIPPED;
        case PASS -> PASS;
      };
    }
  }

  /** The page's title. */
  String title() {
    if (runs.size() > 1) {
      return "daxcheck: "
          + headline.map(Headline::sentence).orElse(runs.size() + " runs side by side");
    }
    JsonNode run = runs.get(0).json();
    return "daxcheck: "
        + Outcome.of(run).title
        + ", "
        + run.path("suite").asText()
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
    out.append("<div class=\"cards\">");
    data.columnList().forEach(this::card);
    out.append("</div>");
    return out.toString();
  }

  private void one(JsonNode run) {
    Outcome outcome = Outcome.of(run);
    meta(run);
    verdict(outcome.style, outcome.sign, outcome.title + ": " + sentence(run, outcome));
    rules("Broken", broken(run, false));
    rules("Waived", broken(run, true));
    next(run, outcome);
  }

  private void rules(String word, Set<RuleId> rules) {
    if (!rules.isEmpty()) {
      out.append("<p class=\"broken\">").append(word).append(": ");
      out.append(rules.stream().map(Head::ruleLink).collect(Collectors.joining(", ")));
      out.append(".</p>");
    }
  }

  private void meta(JsonNode run) {
    List<String> parts = new ArrayList<>();
    parts.add("daxcheck " + run.path("version").asText());
    parts.add("suite " + run.path("suite").asText());
    parts.add(time(run));
    parts.add("seed " + run.path("seed").asText());
    double total = run.path("timesMs").path("total").asDouble() / 1000;
    parts.add(
        String.format(
            Locale.ROOT,
            "%.0f s, of that boot %.0f s and kernel %.0f s",
            total,
            run.path("timesMs").path("boot").asDouble() / 1000,
            run.path("timesMs").path("kernel").asDouble() / 1000));
    out.append("<p class=\"meta\">");
    out.append(
        parts.stream().map(p -> "<span>" + text(p) + "</span>").collect(Collectors.joining(" ")));
    out.append("</p>");
  }

  private static String time(JsonNode run) {
    String started = run.path("started").asText();
    try {
      return TIME.format(Instant.parse(started));
    } catch (DateTimeParseException e) {
      return started;
    }
  }

  private static String sentence(JsonNode run, Outcome outcome) {
    String cut = run.path("complete").asBoolean(true) ? "" : "; the run is incomplete";
    JsonNode baseline = run.path("baseline");
    int waived = broken(run, true).size();
    return switch (outcome) {
          case PASS ->
              baseline.isObject()
                  ? "nothing got worse than in " + baseline.path("run").asText()
                  : waived > 0
                      ? "no divergence that counts; "
                          + counted(waived, "broken rule is", "broken rules are")
                          + " waived"
                      : "no divergence";
          case DIVERGENCE ->
              baseline.isObject()
                  ? "worse than " + baseline.path("run").asText()
                  : counted(broken(run, false).size(), "rule is", "rules are") + " broken";
          case ERROR -> error(run);
          case NO_RESULTS -> "a target has no case at all";
          case ALL_SKIPPED -> "a target skipped every case";
        }
        + cut;
  }

  private static String error(JsonNode run) {
    if (!run.path("outcome").asText().equals("error")) {
      return "the run says '" + run.path("outcome").asText() + "', which this page cannot read";
    }
    if (run.path("baseline").isObject()) {
      return "no new divergence, but not everything is judged as in "
          + run.path("baseline").path("run").asText();
    }
    int holes = run.path("gate").path("holes").size();
    if (holes > 0 && run.path("counts").path("error").asInt() == 0) {
      return "no divergence that counts, but a gate left "
          + counted(holes, "rule", "rules")
          + " unjudged";
    }
    return "no divergence that counts, but not everything could be checked";
  }

  /** The rules that are broken in cases that are waived, or in the others. */
  private static Set<RuleId> broken(JsonNode run, boolean waived) {
    Set<RuleId> rules = new TreeSet<>();
    for (JsonNode c : run.path("cases")) {
      if (c.path("waived").asBoolean() == waived) {
        c.path("divergences")
            .forEach(d -> RuleId.parse(d.path("rule").asText()).ifPresent(rules::add));
      }
    }
    return rules;
  }

  /** What the run comes to beyond its cases: gate, waivers, baseline, retries. */
  private static void ruling(JsonNode run, List<String> todo) {
    JsonNode gate = run.path("gate");
    for (JsonNode hole : gate.path("holes")) {
      List<String> scenarios = new ArrayList<>();
      hole.path("scenarios").forEach(n -> scenarios.add(n.asText()));
      todo.add(
          "The gate has a hole: "
              + RuleId.parse(hole.path("rule").asText()).map(Head::ruleLink).orElse("a rule")
              + " was not judged on "
              + text(hole.path("target").asText())
              + ": "
              + text(hole.path("reason").asText())
              + (scenarios.isEmpty() ? "" : " (" + text(String.join(", ", scenarios)) + ")")
              + ".");
    }
    if (gate.isObject() && !gate.path("isOne").asBoolean()) {
      todo.add("This run is no gate: " + text(gate.path("restricted").asText()) + ".");
    }
    for (JsonNode w : run.path("baseline").path("worse")) {
      todo.add("Worse than before: " + text(w.path("what").asText()) + ".");
    }
    if (run.path("baseline").isObject()) {
      todo.add(
          "Beside the baseline "
              + counted(run.path("baseline").path("better").size(), "thing is", "things are")
              + " better and "
              + counted(run.path("baseline").path("same").asInt(), "case is", "cases are")
              + " the same.");
    }
    for (JsonNode w : run.path("waivers").path("noLongerNeeded")) {
      todo.add(
          "A waiver is no longer needed: "
              + text(w.path("rule").asText() + ", " + w.path("place").asText())
              + ". Take it out.");
    }
    int untried = run.path("waivers").path("notTried").size();
    if (untried > 0) {
      todo.add(counted(untried, "waiver was", "waivers were") + " not put to the test.");
    }
    for (JsonNode r : run.path("retries")) {
      todo.add(
          "Tried more than once: "
              + text(r.path("target").asText() + " " + r.path("case").asText())
              + ": "
              + text(r.path("text").asText()));
    }
    JsonNode again = run.path("judgedAgain");
    if (again.isObject()) {
      String dialect = again.path("asDialect").asText();
      todo.add(
          "These traces were judged again on "
              + text(again.path("on").asText())
              + (dialect.isEmpty() ? "" : ", as dialect " + text(dialect))
              + "; daxcheck "
              + text(again.path("firstBy").asText())
              + " judged them first.");
    }
  }

  private void next(JsonNode run, Outcome outcome) {
    List<String> todo = new ArrayList<>();
    JsonNode counts = run.path("counts");
    JsonNode first = first(run, "divergence");
    if (first != null) {
      int explained = run.path("divergences").path("explained").asInt();
      int unexplained = run.path("divergences").path("unexplained").asInt();
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
      todo.add(
          "Try the first one again, with the kernel and driver options of this run: "
              + again(run, first));
    }
    if (counts.path("error").asInt() > 0) {
      JsonNode failed = first(run, "error");
      todo.add(
          "Nothing can be said about "
              + counted(counts.path("error").asInt(), "case", "cases")
              + " that ended with an error"
              + (failed == null ? "" : ": " + text(failed.path("reason").asText()))
              + ". The <a href=\"#consoles\">consoles</a> tell more; then "
              + (failed == null ? "run again." : again(run, failed)));
    }
    if (!run.path("complete").asBoolean(true)) {
      todo.add(
          "The run is incomplete: cases are missing. <code class=\"cmd\">./daxcheck run --resume"
              + " RUN</code> does the rest.");
    }
    if (outcome == Outcome.ALL_SKIPPED || outcome == Outcome.NO_RESULTS) {
      todo.add("Look at <a href=\"#scenarios\">why</a> nothing was judged; it counts as no pass.");
    }
    for (ReportData.Column c : data.columnList()) {
      JsonNode coverage = c.info().path("coverage");
      int missing = coverage.path("missing").size();
      // Who named some scenarios did not ask for the other rules.
      if (missing > 0 && c.kernel() && run.path("gate").path("isOne").asBoolean()) {
        todo.add(
            text(c.label())
                + ": "
                + (missing == 1 ? "1 rule that binds" : missing + " rules that bind")
                + " dialect "
                + text(c.info().path("dialect").asText())
                + (missing == 1 ? " was" : " were")
                + " judged by no scenario here; <a href=\"#coverage\">coverage</a> says why.");
      }
    }
    ruling(run, todo);
    if (outcome == Outcome.PASS && todo.isEmpty()) {
      todo.add("Nothing.");
    }
    if (!todo.isEmpty()) {
      out.append("<h2 class=\"small\">What to do next</h2><ul class=\"next\">");
      todo.forEach(t -> out.append("<li>").append(t).append("</li>"));
      out.append("</ul>");
    }
  }

  private static JsonNode first(JsonNode run, String status) {
    JsonNode found = null;
    for (JsonNode c : run.path("cases")) {
      boolean fits = c.path("status").asText().equals(status);
      boolean explained =
          c.path("waived").asBoolean()
              || c.path("divergences").size() > 0 && c.path("divergences").get(0).has("explained");
      if (fits && !explained) {
        return c;
      }
      if (fits && found == null) {
        found = c;
      }
    }
    return found;
  }

  private static String again(JsonNode run, JsonNode c) {
    String file = c.path("file").asText();
    return "<code class=\"cmd\">"
        + text(
            "./daxcheck run "
                + (file.isEmpty() ? "SCENARIO-FILE" : file)
                + " --target "
                + c.path("target").asText()
                + " --seed "
                + run.path("seed").asText())
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
    out.append("<p class=\"meta\"><span>").append(text("daxcheck " + shelf.version()));
    out.append("</span> <span>").append(runs.size()).append(" runs</span></p>");
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
    out.append("<ul class=\"next\">");
    for (PastFolder run : runs) {
      Outcome outcome = Outcome.of(run.json());
      out.append("<li><strong>").append(text(run.name())).append("</strong>: ");
      out.append("<span class=\"word ").append(outcome.style).append("\">").append(outcome.sign);
      out.append(' ').append(text(outcome.title)).append("</span>, ");
      out.append(text(sentence(run.json(), outcome))).append("; suite ");
      out.append(text(run.json().path("suite").asText())).append(", ");
      out.append(text(time(run.json()))).append(", seed ");
      out.append(text(run.json().path("seed").asText())).append("</li>");
    }
    out.append("<li><a href=\"#scenarios\">The scenarios side by side</a> begin with those that");
    out.append(" differ.</li></ul>");
  }

  private void card(ReportData.Column c) {
    JsonNode info = c.info();
    JsonNode counts = info.path("counts");
    out.append("<section class=\"card\"><h2>").append(text(c.label())).append("</h2><p>");
    out.append(text(kernel(info))).append("</p><p class=\"dim\">");
    String dialect = info.path("dialect").asText();
    out.append(text(dialect.isEmpty() ? "it was never reached" : "dialect " + dialect));
    String details = info.path("details").asText();
    out.append(details.isEmpty() ? "" : text(", " + details)).append("</p><ul class=\"counts\">");
    count("good", "\u2713", counts.path("pass").asInt(), "passed");
    count("bad", "\u2717", counts.path("divergence").asInt(), "diverged");
    count("skip", "\u2013", counts.path("skipped").asInt(), "skipped");
    count("odd", "!", counts.path("error").asInt(), "errors");
    out.append("</ul>");
    JsonNode coverage = info.path("coverage");
    if (coverage.isObject()) {
      out.append("<p class=\"dim\">").append(coverage.path("judged").asInt()).append(" of the ");
      out.append(coverage.path("bound").asInt());
      out.append(" rules that bind it were judged by a scenario about them</p>");
    }
    out.append("</section>");
  }

  private void count(String style, String sign, int n, String word) {
    out.append("<li class=\"").append(n == 0 ? "none" : style).append("\">");
    out.append("<span aria-hidden=\"true\">").append(sign).append("</span> <b>").append(n);
    out.append("</b> ").append(word).append("</li>");
  }

  private static String kernel(JsonNode info) {
    String kernel = info.path("kernel").asText();
    return kernel.isEmpty() ? "no kernel" : kernel;
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
