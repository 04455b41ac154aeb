package org.daxcheck.report;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.daxcheck.diff.RunDiff;

/** Finished runs side by side, for programs. Lists of a row have an element for each column. */
public final class RunDiffJson {
  /** The version of the format. */
  static final int VERSION = 1;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private RunDiffJson() {}

  /** The text with its last newline. */
  public static String of(RunDiff diff, RunDiffText.Show show) {
    ObjectNode root = JSON.createObjectNode();
    root.put("daxcheckDiff", VERSION);
    root.put("differs", diff.differs());
    root.put("finding", text(diff.finding()));
    ObjectNode counts = root.putObject("counts");
    for (RunDiff.Finding finding : RunDiff.Finding.values()) {
      counts.put(text(finding), diff.count(finding));
    }
    List<String> ids = RunDiffText.ids(diff.columns().size());
    ArrayNode columns = root.putArray("columns");
    for (int i = 0; i < ids.size(); i++) {
      RunDiff.Column c = diff.columns().get(i);
      columns
          .addObject()
          .put("id", ids.get(i))
          .put("run", c.run())
          .put("target", c.target())
          .put("kind", c.kind().text())
          .put("kernel", c.kernel())
          .put("dialect", c.dialect())
          .put("driver", c.driver());
    }
    ArrayNode rules = root.putArray("rules");
    diff.rules().stream()
        .filter(r -> wanted(show, r.differs(), true))
        .forEach(r -> rule(rules.addObject(), r));
    ArrayNode cases = root.putArray("cases");
    diff.cases().stream()
        .filter(c -> wanted(show, c.finding() != RunDiff.Finding.SAME, false))
        .forEach(c -> aCase(cases.addObject(), c));
    ArrayNode missing = root.putArray("notRun");
    diff.cases().stream()
        .filter(c -> !c.missing().isEmpty())
        .forEach(
            c -> {
              ArrayNode where = missing.addObject().put("case", c.name()).putArray("columns");
              c.missing().forEach(i -> where.add(ids.get(i)));
            });
    ArrayNode problems = root.putArray("notCompared");
    diff.problems().forEach(problems::add);
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    try {
      return JSON.writer(printer).writeValueAsString(root) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a tree in memory
    }
  }

  private static String text(RunDiff.Finding finding) {
    return finding.name().toLowerCase(Locale.ROOT);
  }

  private static boolean wanted(RunDiffText.Show show, boolean differs, boolean usually) {
    return switch (show) {
      case ALL -> true;
      case CHANGED -> differs;
      case UNCHANGED -> !differs;
      case USUAL -> differs || usually;
    };
  }

  private static void rule(ObjectNode node, RunDiff.RuleRow r) {
    node.put("rule", r.rule().toString());
    node.put("differs", r.differs());
    ArrayNode cells = node.putArray("cells");
    r.cells().forEach(c -> cells.addObject().put("judged", c.judged()).put("against", c.against()));
    ArrayNode names = node.putArray("differingCases");
    r.differing().forEach(names::add);
  }

  private static void aCase(ObjectNode node, RunDiff.CaseRow c) {
    node.put("name", c.name());
    node.put("file", c.any().file());
    node.put("differs", c.differs());
    node.put("finding", text(c.finding()));
    node.put("timesDrawn", c.drawn());
    node.put("otherLayout", c.apart());
    ArrayNode verdicts = node.putArray("verdicts");
    for (Optional<RunDiff.Result> r : c.results()) {
      if (r.isEmpty()) {
        verdicts.addNull();
        continue;
      }
      ObjectNode verdict = verdicts.addObject();
      verdict.put("topology", r.get().topology());
      verdict.put("status", r.get().verdict().status().name().toLowerCase(Locale.ROOT));
      verdict.put("reason", r.get().verdict().reason());
      ArrayNode broken = verdict.putArray("against");
      RunDiff.broken(r.get()).forEach(x -> broken.add(x.toString()));
    }
    c.first()
        .ifPresent(
            first -> {
              ObjectNode step = node.putObject("firstDifferingStep");
              step.put("entry", first.index());
              step.put("phase", first.phase().name().toLowerCase(Locale.ROOT));
              step.put("line", first.line());
              step.put("step", first.step());
              ArrayNode aspects = step.putArray("aspects");
              for (RunDiff.AspectRow a : first.aspects()) {
                ArrayNode values = aspects.addObject().put("aspect", a.name()).putArray("values");
                a.values().forEach(v -> values.add(v.orElse(null)));
              }
            });
  }
}
