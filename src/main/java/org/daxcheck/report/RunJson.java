package org.daxcheck.report;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.daxcheck.abi.RuleId;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Interleavings;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Waivers.Waiver;
import org.daxcheck.suite.Claim;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Ruling;
import org.daxcheck.suite.Run;

/** A run as {@code run.json}; reports/run.schema.json says what stands in it. */
public final class RunJson {
  /** The version of the format; it grows when a member changes its meaning or goes. */
  public static final int VERSION = 1;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final RuleBook rules;
  private final Function<Run.Case, Optional<String>> traces;

  private RunJson(RuleBook rules, Function<Run.Case, Optional<String>> traces) {
    this.rules = rules;
    this.traces = traces;
  }

  /**
   * The text of run.json.
   *
   * @param traces the trace file of a case, relative to run.json, where it has one
   */
  public static String of(Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces) {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try {
      return JSON.writer(printer).writeValueAsString(new RunJson(rules, traces).run(run)) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a tree in memory
    }
  }

  /** Writes run.json. */
  public static void write(
      Path file, Run run, RuleBook rules, Function<Run.Case, Optional<String>> traces)
      throws IOException {
    Files.writeString(file, of(run, rules, traces), StandardCharsets.UTF_8);
  }

  private ObjectNode run(Run run) {
    ExitCode exit = ExitCode.of(run);
    ObjectNode root = JSON.createObjectNode();
    root.put("daxcheckRun", VERSION);
    root.put("version", run.version());
    root.put("started", run.started().toString());
    root.put("suite", run.suite());
    // As text: a number this long would lose digits in many readers of JSON.
    root.put("seed", Long.toString(run.seed()));
    run.part().ifPresent(p -> shard(root, p));
    root.put("complete", run.complete());
    root.put("exitCode", exit.code());
    root.put("outcome", exit.text());
    times(root.putObject("timesMs"), run.times());
    counts(root.putObject("counts"), Tally.counts(run));
    Tally.Explained explained = Tally.explained(run, rules);
    root.putObject("divergences")
        .put("explained", explained.explained())
        .put("unexplained", explained.unexplained());
    ArrayNode targets = root.putArray("targets");
    for (Run.TargetInfo t : run.targets()) {
      ObjectNode target = targets.addObject();
      target(target, t);
      counts(target.putObject("counts"), Tally.counts(run, t.name()));
      ArrayNode never = target.putArray("neverJudged");
      Tally.neverJudged(run, t.name()).forEach(r -> never.add(r.toString()));
      Tally.judged(run, rules, t).ifPresent(j -> coverage(target.putObject("coverage"), j));
    }
    ArrayNode table = root.putArray("rules");
    Tally.rules(run).forEach(rule -> rule(table.addObject(), run, rule));
    if (!run.claims().isEmpty()) {
      ArrayNode claims = root.putArray("claims");
      run.claims().forEach(c -> claim(claims.addObject(), c));
    }
    ruling(root, run.ruling());
    ArrayNode cases = root.putArray("cases");
    run.cases().forEach(c -> aCase(cases.addObject(), run, c));
    return root;
  }

  /** A line of a run's journal: a case, and the targets that were met so far. */
  static void caseOf(
      ObjectNode line,
      Run.Case c,
      List<Run.TargetInfo> met,
      Optional<Part> part,
      RuleBook rules,
      Function<Run.Case, Optional<String>> traces) {
    ArrayNode targets = line.putArray("targets");
    met.forEach(t -> target(targets.addObject(), t));
    Run alone =
        new Run("", "", Instant.EPOCH, 0, false, met, List.of(c), new Run.Times(0, 0, 0), List.of())
            .as(part);
    new RunJson(rules, traces).aCase(line.putObject("case"), alone, c);
  }

  static void shard(ObjectNode root, Part part) {
    root.putObject("shard")
        .put("number", part.shard().number())
        .put("count", part.shard().count())
        .put("cases", part.whole());
  }

  private static void target(ObjectNode node, Run.TargetInfo t) {
    node.put("name", t.name());
    node.put("kind", t.kind().text());
    node.put("kernel", t.kernel());
    node.put("dialect", t.dialect());
    node.put("driver", t.driver());
    node.put("machine", t.machine());
    ArrayNode topologies = node.putArray("topologies");
    t.topologies().forEach(topologies::add);
    node.put("details", t.details());
  }

  private static void ruling(ObjectNode root, Ruling ruling) {
    ruling
        .gate()
        .ifPresent(
            g -> {
              ObjectNode gate = root.putObject("gate");
              gate.put("isOne", g.isOne());
              gate.put("restricted", g.restricted());
              ArrayNode holes = gate.putArray("holes");
              for (Ruling.Hole h : g.holes()) {
                ObjectNode hole = holes.addObject();
                hole.put("target", h.target());
                hole.put("rule", h.rule().toString());
                ArrayNode names = hole.putArray("scenarios");
                h.scenarios().forEach(names::add);
                hole.put("reason", h.reason());
              }
            });
    if (!ruling.waived().isEmpty() || !ruling.needless().isEmpty() || !ruling.untried().isEmpty()) {
      ObjectNode waivers = root.putObject("waivers");
      waivers.put("strict", ruling.strictWaivers());
      ArrayNode needless = waivers.putArray("noLongerNeeded");
      ruling.needless().forEach(w -> waiver(needless.addObject(), w));
      ArrayNode untried = waivers.putArray("notTried");
      ruling.untried().forEach(w -> waiver(untried.addObject(), w));
    }
    ruling
        .baseline()
        .ifPresent(
            b -> {
              ObjectNode baseline = root.putObject("baseline");
              baseline.put("run", b.run());
              ArrayNode worse = baseline.putArray("worse");
              b.worse()
                  .forEach(
                      w -> worse.addObject().put("what", w.what()).put("diverges", w.diverges()));
              ArrayNode better = baseline.putArray("better");
              b.better().forEach(better::add);
              baseline.put("same", b.same());
            });
    if (!ruling.retries().isEmpty()) {
      ArrayNode retries = root.putArray("retries");
      ruling
          .retries()
          .forEach(
              r ->
                  retries
                      .addObject()
                      .put("target", r.target())
                      .put("case", r.name())
                      .put("text", r.text()));
    }
    ruling
        .judged()
        .ifPresent(
            j ->
                root.putObject("judgedAgain")
                    .put("on", j.on().toString())
                    .put("firstBy", j.version())
                    .put("asDialect", j.dialect()));
  }

  private static void waiver(ObjectNode node, Waiver w) {
    node.put("place", w.place());
    node.put("rule", w.rule().toString());
    node.put("scenario", w.scenario().toString());
    node.put("reason", w.reason());
    node.put("link", w.link());
    node.put("expires", w.expires().toString());
  }

  private static void claim(ObjectNode node, Claim claim) {
    node.put("target", claim.target());
    node.put("what", claim.what());
    node.put("proves", claim.proves());
    ArrayNode assumes = node.putArray("assumes");
    claim.assumes().forEach(assumes::add);
    node.put("stands", claim.stands());
    node.put("why", claim.why());
  }

  private static void times(ObjectNode node, Run.Times times) {
    node.put("boot", millis(times.boot()));
    node.put("kernel", millis(times.kernel()));
    node.put("rest", millis(Math.max(0, times.total() - times.boot() - times.kernel())));
    node.put("total", millis(times.total()));
  }

  private static void counts(ObjectNode node, Tally.Counts counts) {
    node.put("pass", counts.passed());
    node.put("divergence", counts.diverged());
    node.put("skipped", counts.skipped());
    node.put("error", counts.errors());
  }

  private void rule(ObjectNode node, Run run, RuleId rule) {
    RuleText text = rules.text(rule);
    node.put("rule", rule.toString());
    node.put("sentence", text.sentence());
    node.put("citation", text.citation());
    ObjectNode targets = node.putObject("targets");
    for (String target : Tally.targets(run)) {
      counts(targets.putObject(target), Tally.counts(run, target, rule));
    }
  }

  private static void coverage(ObjectNode node, Tally.Judged judged) {
    node.put("bound", judged.bound());
    node.put("judged", judged.judged());
    ArrayNode missing = node.putArray("missing");
    judged
        .missing()
        .forEach(
            (reason, rules) ->
                rules.forEach(
                    r -> missing.addObject().put("rule", r.toString()).put("reason", reason)));
  }

  private void aCase(ObjectNode node, Run run, Run.Case c) {
    Verdict verdict = c.verdict();
    node.put("name", Text.name(c));
    node.put("scenario", c.scenario().name());
    node.put("file", c.scenario().file());
    node.put("target", c.target());
    node.put("topology", c.topology());
    node.put("status", verdict.status().name().toLowerCase(Locale.ROOT));
    node.put("cause", verdict.cause().text());
    node.put("reason", verdict.reason());
    node.put("ms", millis(c.nanos()));
    run.part().map(p -> p.places().get(c.id())).ifPresent(place -> node.put("place", place));
    traces.apply(c).ifPresent(t -> node.put("trace", t));
    List<Ruling.Waived> waivers = run.ruling().of(c.target(), c.name());
    if (!waivers.isEmpty()) {
      node.put("waived", run.ruling().waives(c.target(), c.name()));
      ArrayNode all = node.putArray("waivers");
      for (Ruling.Waived w : waivers) {
        ObjectNode one = all.addObject();
        waiver(one, w.waiver());
        one.put("expired", w.expired());
        one.put("counts", w.counts());
      }
    }
    ArrayNode about = node.putArray("rules");
    c.scenario()
        .rules()
        .forEach(
            r -> about.addObject().put("rule", r.rule().toString()).put("citation", r.citation()));
    ObjectNode judged = node.putObject("judged");
    new TreeMap<>(verdict.judged()).forEach((rule, times) -> judged.put(rule.toString(), times));
    ArrayNode divergences = node.putArray("divergences");
    verdict.divergences().forEach(d -> divergence(divergences.addObject(), run, c, d));
    ArrayNode notes = node.putArray("notes");
    for (Verdict.Note n : verdict.notes()) {
      notes
          .addObject()
          .put("rule", n.rule().toString())
          .put("line", n.line())
          .put("step", n.step())
          .put("text", n.text());
    }
    List<Interleavings> races = c.trace().map(Interleavings::of).orElse(List.of());
    if (!races.isEmpty()) {
      ArrayNode all = node.putArray("races");
      races.forEach(r -> race(all.addObject(), r));
    }
  }

  private static void race(ObjectNode node, Interleavings race) {
    node.put("line", race.line());
    node.put("rounds", race.rounds());
    node.put("interleavings", race.distinct());
    ArrayNode outcomes = node.putArray("outcomes");
    race.outcomes()
        .forEach(o -> outcomes.addObject().put("answers", o.answers()).put("rounds", o.rounds()));
  }

  private void divergence(ObjectNode node, Run run, Run.Case c, Divergence d) {
    node.put("rule", d.rule().toString());
    node.put("citation", rules.text(d.rule()).citation());
    node.put("entry", d.entry());
    node.put("line", d.line());
    node.put("step", d.step());
    node.put("aspect", d.aspect());
    node.put("allowed", d.allowed());
    node.put("seen", d.seen());
    node.put("repeats", d.repeats());
    rules
        .explanation(run, c, d.rule())
        .ifPresent(
            f ->
                node.putObject("explained")
                    .put("finding", f.id())
                    .put("why", f.why())
                    .put("source", f.source())
                    .put("status", f.status()));
    ArrayNode commands = node.putArray("reproduce");
    c.trace().ifPresent(t -> Reproducer.commands(t, d).forEach(commands::add));
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }
}
