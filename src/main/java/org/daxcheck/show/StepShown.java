package org.daxcheck.show;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.daxcheck.abi.Rules;
import org.daxcheck.model.State;
import org.daxcheck.oracle.Account;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.Colours;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** The last step of a trace for people: what the model allows, what came, and the verdict. */
public final class StepShown {
  /** Lines of the log that are shown; a page that does not move is told again and again. */
  private static final int LOG = 24;

  private static final int STATES = 8;
  private static final String INDENT = "  ";
  private static final String DEEP = "            ";

  private final Catalogue catalogue;
  private final int width;
  private final Colours colours;

  /** Steps in lines of this width. */
  public StepShown(Catalogue catalogue, int width, Colours colours) {
    this.catalogue = catalogue;
    this.width = width;
    this.colours = colours;
  }

  /**
   * What one step came to.
   *
   * @param account how it was judged; empty where nothing could be any more
   * @param news what is against a rule in it
   * @param notes what is legal in it, but unusual
   * @param open why nothing can be judged from here on; empty where it can, or was said before
   */
  public String step(
      Trace trace,
      int at,
      Optional<Account> account,
      List<Divergence> news,
      List<Verdict.Note> notes,
      String open) {
    Page page = new Page(width, colours);
    Trace.Entry entry = trace.entries().get(at);
    Observation before =
        at == 0 ? trace.before() : trace.entries().get(at - 1).reply().observation();
    Observation now = entry.reply().observation();
    ObservationText seen = new ObservationText(trace.header());
    page.bold(entry.text().replace("\n", "; "));
    String said = trace.header().kind().isKernel() ? "kernel    " : "answer    ";
    if (entry.step().kind() == Step.Kind.ACTORS) {
      page.paragraph(
          INDENT + "model     ", DEEP, "some order of the calls must give these answers");
      page.painted(INDENT + said.strip());
      Timeline.of((Step.Actors) entry.step(), entry.reply().result(), width - DEEP.length())
          .forEach(l -> page.painted(DEEP + l));
    } else if (entry.step().kind().observesOnly()) {
      page.paragraph(INDENT + said, DEEP, seen.look((Step.Look) entry.step(), trace, at));
    } else {
      account.ifPresent(a -> page.paragraph(INDENT + "model     ", DEEP, allowed(a)));
      long nanos = entry.reply().result().nanos();
      page.paragraph(
          INDENT + said,
          DEEP,
          AnswerText.of(entry.step(), entry.reply().result())
              + (nanos < 1_000 ? "" : "  " + AnswerText.time(nanos)));
    }
    page.labelled(INDENT, seen.changes(before, now));
    log(page, now);
    verdict(page, account, news, notes, open);
    Why why = new Why(trace, catalogue, page);
    List<Divergence> here = news.stream().filter(d -> d.entry() == at).toList();
    if (!here.isEmpty()) {
      why.tell(here, account);
    } else if (!news.isEmpty()) {
      // What is broken again was told with its rule when it was first seen.
      account.ifPresent(why::states);
    }
    return page.toString();
  }

  private static String allowed(Account account) {
    return account.ways().stream()
        .map(w -> w.outcome().answer() + " (" + w.outcome().rule() + ")")
        .distinct()
        .collect(Collectors.joining(" or "));
  }

  private static void log(Page page, Observation now) {
    now.log().stream()
        .limit(LOG)
        .forEach(l -> page.paragraph(INDENT, DEEP, ObservationText.log(l)));
    if (now.log().size() > LOG) {
      page.painted(INDENT + "... and " + (now.log().size() - LOG) + " lines more of the log");
    }
  }

  private void verdict(
      Page page,
      Optional<Account> account,
      List<Divergence> news,
      List<Verdict.Note> notes,
      String open) {
    String label = INDENT + "verdict   ";
    if (!news.isEmpty()) {
      String rules =
          news.stream().map(d -> d.rule().toString()).distinct().collect(Collectors.joining(", "));
      page.painted(label + colours.red("breaks " + rules));
    } else if (account.isEmpty()) {
      page.paragraph(label, DEEP, "none, nothing can be judged any more");
    } else if (!notes.isEmpty()) {
      String rules =
          notes.stream().map(n -> n.rule().toString()).distinct().collect(Collectors.joining(", "));
      page.painted(label + colours.yellow("allowed, but not usual: " + rules));
    } else {
      page.painted(label + colours.green("allowed"));
    }
    if (!open.isEmpty()) {
      page.paragraph(DEEP, DEEP, open);
    }
  }

  /** What is seen of the device now, and the states that the model holds. */
  public String state(Trace trace, Optional<Account> last) {
    Page page = new Page(width, colours);
    int steps = trace.entries().size();
    Observation now =
        steps == 0 ? trace.before() : trace.entries().get(steps - 1).reply().observation();
    page.labelled(INDENT, new ObservationText(trace.header()).whole(now));
    StateText states = new StateText(trace.header().device());
    List<State> held = last.map(Account::after).orElse(List.of());
    held.stream()
        .limit(STATES)
        .forEach(s -> page.paragraph(INDENT + "model     ", DEEP, states.of(s)));
    if (held.size() > STATES) {
      page.painted(INDENT + "and " + (held.size() - STATES) + " states more");
    }
    return page.toString();
  }

  /** That the target did not come back from a step. */
  public String dead(String step, boolean kernel, String why) {
    Page page = new Page(width, colours);
    page.bold(step.replace("\n", "; "));
    page.paragraph(INDENT + (kernel ? "kernel    " : "error     "), DEEP, why);
    if (kernel) {
      page.painted(INDENT + "verdict   " + colours.red("breaks " + Rules.ROBUST_1));
    }
    return page.toString();
  }

  /** What the boot did against a rule, before any step; empty where it did nothing. */
  public String boot(Trace trace, Verdict verdict) {
    if (verdict.divergences().isEmpty()) {
      return verdict.reason().isEmpty() ? "" : verdict.reason() + "\n";
    }
    Page page = new Page(width, colours);
    new Why(trace, catalogue, page).tell(verdict.divergences(), Optional.empty());
    return page.toString();
  }
}
