package org.daxcheck.show;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.daxcheck.oracle.Account;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.Colours;
import org.daxcheck.report.Text;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** One case for people: its steps, what each changed, and why what it did is forbidden. */
public final class ShownCase {
  /** A trace of at most so many steps is shown whole. */
  private static final int WHOLE = 80;

  /** Of a longer one: so many at the beginning, around a divergence and at the end. */
  private static final int BEGIN = 20;

  private static final int AROUND = 4;
  private static final int END = 6;

  /** Log lines of a step that are shown; a page that does not move is told again and again. */
  private static final int LOG = 24;

  /** The model takes no time. */
  private static final long MICRO = 1_000;

  private static final int STEP = 44;
  private static final String DEEP = "        ";

  private final Told told;
  private final Trace trace;
  private final Page page;
  private final ObservationText observed;
  private final Map<Integer, List<Divergence>> broken;
  private final boolean all;

  private ShownCase(Told told, Page page, boolean all) {
    this.all = all;
    this.told = told;
    this.trace = told.trace();
    this.page = page;
    this.observed = new ObservationText(trace.header());
    this.broken =
        told.verdict().divergences().stream()
            .collect(Collectors.groupingBy(Divergence::entry, TreeMap::new, Collectors.toList()));
  }

  /**
   * A case and all that is told of it.
   *
   * @param name the case and its target
   * @param file the scenario's file
   * @param accounts how its steps were judged, by their entries; empty where that is not known
   * @param notices what the reader should know first, in sentences
   */
  public record Told(
      String name,
      String file,
      Trace trace,
      Verdict verdict,
      Map<Integer, Account> accounts,
      List<String> notices) {
    public Told {
      accounts = Map.copyOf(accounts);
      notices = List.copyOf(notices);
    }
  }

  /**
   * The text of a case.
   *
   * @param width columns that lines keep to
   * @param all true where no step of a long trace is left out, and no line of the log
   */
  public static String of(Told told, Catalogue catalogue, int width, Colours colours, boolean all) {
    ShownCase shown = new ShownCase(told, new Page(width, colours), all);
    shown.head();
    shown.steps();
    shown.why(catalogue);
    return shown.page.toString();
  }

  private void head() {
    Trace.Header h = trace.header();
    page.painted(page.colours().bold(Text.oneLine(told.name())) + ": " + verdict());
    page.paragraph(
        "  ",
        h.kernel()
            + ", dialect "
            + h.dialect()
            + ", topology "
            + h.topology()
            + ", policy at boot "
            + h.bootPolicy());
    Device d = h.device();
    page.paragraph(
        "  ",
        d.name() + " on node " + d.node() + ", memory blocks of " + (d.blockSize() >> 20) + " MiB");
    for (Device.Range r : d.ranges()) {
      long last = r.firstBlock() + r.blocks() - 1;
      page.paragraph(
          "    ",
          ObservationText.range(r.start(), r.end())
              + (r.blocks() == 0
                  ? ", no whole block"
                  : ", memory" + r.firstBlock() + (r.blocks() == 1 ? "" : "-" + last)));
    }
    page.paragraph("  ", told.file());
    if (!told.verdict().reason().isEmpty()) {
      page.paragraph("  ", told.verdict().reason());
    }
    told.notices().forEach(n -> page.paragraph("  note: ", "    ", n));
    page.blank();
    page.painted("  at first");
    page.labelled(DEEP, observed.whole(trace.before()));
    log(trace.before());
  }

  private String verdict() {
    String word = told.verdict().status().name();
    String rules =
        told.verdict().divergences().stream()
            .map(d -> d.rule().toString())
            .distinct()
            .collect(Collectors.joining(", "));
    return RunList.painted(told.verdict().status(), word, page.colours())
        + (rules.isEmpty() ? "" : " of " + rules);
  }

  private void steps() {
    Observation last = trace.before();
    Optional<Trace.Phase> phase = Optional.empty();
    int left = 0;
    for (int i = 0; i < trace.entries().size(); i++) {
      Trace.Entry e = trace.entries().get(i);
      if (!all && !isShown(i)) {
        left++;
      } else {
        left = gap(left);
        if (phase.filter(e.phase()::equals).isEmpty()) {
          page.painted("  " + e.phase().name().toLowerCase(Locale.ROOT));
          phase = Optional.of(e.phase());
        }
        step(i, e, last);
      }
      last = e.reply().observation();
    }
    gap(left);
    broken.keySet().stream()
        .filter(at -> at >= trace.entries().size())
        .flatMap(at -> broken.get(at).stream())
        .forEach(d -> line(d.line(), Text.step(d.step()), "", breaks(List.of(d))));
  }

  private int gap(int left) {
    if (left > 0) {
      page.painted("  ... " + Text.count(left, "step", "steps") + " left out; --all shows them");
    }
    return 0;
  }

  private boolean isShown(int i) {
    int steps = trace.entries().size();
    return steps <= WHOLE
        || i < BEGIN
        || i >= steps - END
        || broken.keySet().stream().anyMatch(b -> Math.abs(b - i) <= AROUND);
  }

  private void step(int at, Trace.Entry e, Observation before) {
    String mark = mark(at);
    Observation now = e.reply().observation();
    if (e.step().kind() == Step.Kind.ACTORS) {
      Step.Actors actors = (Step.Actors) e.step();
      line(e.line(), Text.count(actors.actors().size(), "actor", "actors"), "", mark);
      Timeline.of(actors, e.reply().result(), page.width() - DEEP.length())
          .forEach(l -> page.painted(DEEP + l));
    } else {
      String answer =
          e.step().kind().observesOnly()
              ? observed.look((Step.Look) e.step(), trace, at)
              : AnswerText.of(e.step(), e.reply().result()) + time(e.reply().result().nanos());
      line(e.line(), Text.step(e.text()), answer, mark);
    }
    page.labelled(DEEP, observed.changes(before, now));
    log(now);
  }

  /** What is wrong with a step; a rule that is broken again is told of once, where it began. */
  private String mark(int at) {
    List<Divergence> here = broken.getOrDefault(at, List.of());
    if (!here.isEmpty()) {
      return breaks(here);
    }
    boolean ended =
        Optional.ofNullable(told.accounts().get(at))
            .filter(a -> a.ways().stream().noneMatch(Account.Way::isLeft))
            .isPresent();
    return ended ? "not allowed either" : "";
  }

  private static String breaks(List<Divergence> here) {
    return "breaks "
        + here.stream().map(d -> d.rule().toString()).distinct().collect(Collectors.joining(", "));
  }

  private static String time(long nanos) {
    return nanos < MICRO ? "" : "  " + AnswerText.time(nanos);
  }

  private void line(int number, String step, String answer, String mark) {
    String place = (number == 0 ? "" : Integer.toString(number));
    String gutter = " ".repeat(Math.max(0, 6 - place.length())) + place + "  ";
    String text = Text.oneLine(step);
    String padded = text + " ".repeat(Math.max(1, STEP - text.length()));
    String arrow = answer.isEmpty() ? "" : "-> " + Text.oneLine(answer);
    String whole = gutter + padded + arrow;
    if (mark.isEmpty()) {
      if (whole.length() <= page.width()) {
        page.painted(whole);
      } else {
        page.paragraph(gutter, DEEP, text);
        page.paragraph(DEEP + "-> ", DEEP + "   ", answer);
      }
      return;
    }
    page.painted(page.colours().red(whole + "  <- " + mark));
  }

  private void log(Observation now) {
    List<Observation.LogLine> lines = now.log();
    int most = all ? lines.size() : LOG;
    lines.stream()
        .limit(most)
        .forEach(l -> page.paragraph(DEEP, DEEP + "               ", ObservationText.log(l)));
    if (lines.size() > most) {
      page.painted(
          DEEP + "... " + (lines.size() - most) + " lines of the log left out; --all shows them");
    }
    if (now.logLost()) {
      page.painted(DEEP + "the kernel overwrote lines before they were read");
    }
  }

  private void why(Catalogue catalogue) {
    if (broken.isEmpty()) {
      return;
    }
    page.blank();
    page.bold("Why is this forbidden?");
    Why why = new Why(trace, catalogue, page);
    broken.forEach((at, here) -> why.tell(here, Optional.ofNullable(told.accounts().get(at))));
  }
}
