package org.daxcheck.report;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.suite.GateResult;
import org.daxcheck.suite.Run;

/** A run as JUnit XML, in the form that Surefire writes and Jenkins and GitLab read. */
public final class JunitXml {
  private final XMLStreamWriter xml;
  private final RuleBook rules;

  private JunitXml(XMLStreamWriter xml, RuleBook rules) {
    this.xml = xml;
    this.rules = rules;
  }

  /** The text of junit.xml. */
  public static String of(Run run, RuleBook rules) {
    StringWriter out = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      new JunitXml(xml, rules).run(run);
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("XML into memory failed", e);
    }
    return out.toString();
  }

  private void run(Run run) throws XMLStreamException {
    List<String> targets = RunSummary.targets(run);
    RunSummary.Counts counts = RunSummary.counts(run);
    // What is missing must show as an error: consumers count only what they find.
    List<String> empty =
        targets.stream().filter(t -> RunSummary.counts(run, t).total() == 0).toList();
    List<GateResult.Hole> holes = run.ruling().gate().map(GateResult.Gate::holes).orElse(List.of());
    int missing = empty.size() + (run.complete() ? 0 : 1) + holes.size();
    xml.writeStartDocument("UTF-8", "1.0");
    start(0, "testsuites", "name", "daxcheck " + run.suite());
    totals(net(run, run.cases(), counts), missing, run.times().total());
    for (String target : targets) {
      suite(run, target);
    }
    if (!holes.isEmpty()) {
      start(1, "testsuite", "name", "daxcheck.gate");
      numbers(new RunSummary.Counts(0, 0, 0, 0), holes.size(), 0);
      for (GateResult.Hole h : holes) {
        // One rule may have several reasons; the scenario tells them apart.
        String which = h.scenarios().isEmpty() ? "" : "." + h.scenarios().get(0);
        missing("daxcheck.gate." + h.target(), h.rule() + which, Text.hole(h));
      }
      end(1);
    }
    if (!run.complete()) {
      start(1, "testsuite", "name", "daxcheck");
      numbers(new RunSummary.Counts(0, 0, 0, 0), 1, 0);
      missing("daxcheck", "run-complete", "the run is incomplete");
      end(1);
    }
    end(0);
    xml.writeCharacters("\n");
    xml.writeEndDocument();
  }

  /**
   * The counts with waived cases among the skipped: those who count failures must not count them.
   */
  private static RunSummary.Counts net(Run run, List<Run.Case> cases, RunSummary.Counts counts) {
    int waived =
        (int) cases.stream().filter(c -> run.ruling().waives(c.target(), c.name())).count();
    return new RunSummary.Counts(
        counts.passed(), counts.diverged() - waived, counts.skipped() + waived, counts.errors());
  }

  private void suite(Run run, String target) throws XMLStreamException {
    List<Run.Case> cases = RunSummary.cases(run, target);
    String name = "daxcheck." + target;
    start(1, "testsuite", "name", name);
    numbers(
        net(run, cases, RunSummary.counts(run, target)),
        cases.isEmpty() ? 1 : 0,
        cases.stream().mapToLong(Run.Case::nanos).sum());
    attribute("timestamp", run.started().toString());
    start(2, "properties");
    property("daxcheck", run.version());
    property("verdict", VerdictSentence.of(run, rules).toString());
    property("seed", Long.toString(run.seed()));
    for (Run.TargetInfo t : run.targets()) {
      if (t.name().equals(target)) {
        property("kernel", t.kernel());
        property("dialect", t.dialect());
        property("details", t.details());
      }
    }
    end(2);
    for (Run.Case c : cases) {
      aCase(run, name, c);
    }
    if (cases.isEmpty()) {
      missing(name, "results", "no scenario ran on " + target);
    }
    end(1);
  }

  private void aCase(Run run, String suite, Run.Case c) throws XMLStreamException {
    Verdict verdict = c.verdict();
    List<GateResult.Waived> waived = run.ruling().of(c.target(), c.name());
    boolean passes = run.ruling().waives(c.target(), c.name());
    start(2, "testcase", "name", Text.name(c));
    attribute("classname", suite + "." + c.scenario().group());
    attribute("time", seconds(c.nanos()));
    switch (verdict.status()) {
      case PASS -> {}
      case DIVERGENCE -> {
        if (passes) {
          start(3, "skipped", "message", "waived: " + Text.waived(waived.get(0)));
          xml.writeEndElement();
          break;
        }
        // One element for all: Jenkins reads only the first.
        List<String> text = new ArrayList<>();
        verdict.divergences().forEach(d -> divergence(run, text, c, d));
        Divergence first = verdict.divergences().isEmpty() ? null : verdict.divergences().get(0);
        start(3, "failure");
        attribute("type", first == null ? "divergence" : first.rule().toString());
        attribute("message", first == null ? "divergence" : Text.divergence(c, first));
        text(String.join("\n", text) + "\n");
        xml.writeEndElement();
      }
      case SKIPPED -> {
        start(3, "skipped", "message", verdict.reason());
        xml.writeEndElement();
      }
      case ERROR -> {
        start(3, "error", "message", verdict.reason());
        attribute("type", "error");
        text(verdict.reason());
        xml.writeEndElement();
      }
    }
    List<GateResult.Retry> retries = run.ruling().retries(c.target(), c.name());
    if (!verdict.notes().isEmpty() || !waived.isEmpty() || !retries.isEmpty()) {
      start(3, "system-out");
      for (GateResult.Waived w : waived) {
        text(Text.waived(w) + "\n");
      }
      for (GateResult.Retry r : retries) {
        text("retried: " + r.text() + "\n");
      }
      if (passes) {
        List<String> raw = new ArrayList<>();
        verdict.divergences().forEach(d -> divergence(run, raw, c, d));
        text("raw verdict: divergence\n" + String.join("\n", raw) + "\n");
      }
      for (Verdict.Note n : verdict.notes()) {
        text(
            "note "
                + n.rule()
                + " line "
                + n.line()
                + ": "
                + Text.step(n.step())
                + ": "
                + n.text()
                + "\n");
      }
      xml.writeEndElement();
    }
    end(2);
  }

  private void divergence(Run run, List<String> text, Run.Case c, Divergence d) {
    RuleSentence rule = rules.text(d.rule());
    text.add(d.rule() + ": " + rule.sentence() + " (" + rule.citation() + ")");
    text.add("  " + d.in(c.scenario().file()) + ": " + Text.step(d.step()) + ": " + d.aspect());
    text.add("  expected: " + d.allowed());
    text.add("  got: " + d.seen() + Text.times(d));
    rules.explanation(run, c, d).ifPresent(f -> text.add("  explained: " + f));
    c.trace()
        .ifPresent(
            t -> {
              text.add("  " + Text.toReproduce(d, ""));
              Reproducer.commands(t, d).forEach(l -> text.add("    " + l));
            });
  }

  private void missing(String suite, String name, String message) throws XMLStreamException {
    start(2, "testcase", "name", name);
    attribute("classname", suite);
    attribute("time", seconds(0));
    start(3, "error", "message", message);
    attribute("type", "error");
    xml.writeEndElement();
    end(2);
  }

  private void property(String name, String value) throws XMLStreamException {
    start(3, "property", "name", name);
    attribute("value", value);
    xml.writeEndElement();
  }

  private void numbers(RunSummary.Counts counts, int missing, long nanos)
      throws XMLStreamException {
    totals(counts, missing, nanos);
    attribute("skipped", Integer.toString(counts.skipped()));
  }

  /** The schema that Jenkins checks by has no number of skipped tests over all suites. */
  private void totals(RunSummary.Counts counts, int missing, long nanos) throws XMLStreamException {
    attribute("tests", Integer.toString(counts.total() + missing));
    attribute("failures", Integer.toString(counts.diverged()));
    attribute("errors", Integer.toString(counts.errors() + missing));
    attribute("time", seconds(nanos));
  }

  private void start(int depth, String element) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
    xml.writeStartElement(element);
  }

  private void start(int depth, String element, String attribute, String value)
      throws XMLStreamException {
    start(depth, element);
    attribute(attribute, value);
  }

  private void end(int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
    xml.writeEndElement();
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, Text.oneLine(value));
  }

  /** Text without what XML 1.0 cannot hold; the writer itself would let it through. */
  private void text(String text) throws XMLStreamException {
    xml.writeCharacters(
        String.join("\n", text.lines().map(Text::oneLine).toList())
            + (text.endsWith("\n") ? "\n" : ""));
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e9);
  }
}
