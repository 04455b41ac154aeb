package org.daxcheck.show;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.RuleId;
import org.daxcheck.model.State;
import org.daxcheck.oracle.Account;
import org.daxcheck.oracle.Discrepancy;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.report.Text;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * Why a step is forbidden: the states that the model still held before it, what each allows, and
 * which observation ended it, by which rule.
 */
final class Why {
  /** So many states and ways are told; a kernel's choice of zones leaves many alike. */
  private static final int TOLD = 8;

  private final Catalogue catalogue;
  private final StateText states;
  private final Trace trace;
  private final Page page;
  private final Set<RuleId> cited = new LinkedHashSet<>();

  Why(Trace trace, Catalogue catalogue, Page page) {
    this.trace = trace;
    this.catalogue = catalogue;
    this.states = new StateText(trace.header().device());
    this.page = page;
  }

  /** Tells of all that diverges in one entry. */
  void tell(List<Divergence> here, Optional<Account> account) {
    Divergence first = here.get(0);
    page.paragraph(
        "  ",
        "    ",
        (first.line() == 0 ? "" : "line " + first.line() + ": ") + Text.step(first.step()));
    for (Divergence d : here) {
      page.painted("    " + page.colours().red("allowed") + "  " + Text.oneLine(d.allowed()));
      page.paragraph("    seen     ", "             ", d.seen());
      rule("    ", d.rule());
    }
    account.ifPresent(a -> states(a));
  }

  private void rule(String indent, RuleId id) {
    cited.add(id);
    Optional<Catalogue.Rule> rule = catalogue.rule(id);
    String label = id + "  ";
    page.paragraph(
        indent + label,
        indent + " ".repeat(label.length()),
        rule.map(Catalogue.Rule::sentence).orElse("is not in the catalogue of today"));
    rule.ifPresent(
        r ->
            r.citations()
                .forEach(
                    c -> page.paragraph(indent + "  source: ", indent + "    ", c.toString())));
  }

  /** The states that the model held before the step, and how each was ended. */
  void states(Account account) {
    int held = account.before().size();
    page.paragraph("    ", "Before it the model held " + Text.count(held, "state", "states") + ":");
    for (int i = 0; i < Math.min(TOLD, held); i++) {
      State state = account.before().get(i);
      String number = "    " + (i + 1) + "  ";
      page.paragraph(number, " ".repeat(number.length()), states.of(state));
      ways(account, state, " ".repeat(number.length()));
    }
    if (held > TOLD) {
      page.paragraph("    ", "and " + (held - TOLD) + " states more, ended alike");
    }
    boolean left = account.ways().stream().anyMatch(Account.Way::isLeft);
    page.paragraph(
        "    ",
        left
            ? "The model allows one of these by itself; what forbids it stands above."
            : "No state is left.");
    Set<RuleId> others = new LinkedHashSet<>();
    for (Account.Way way : account.ways()) {
      others.add(way.outcome().rule());
      way.against().forEach(m -> others.add(m.rule()));
    }
    others.removeAll(cited);
    others.forEach(r -> rule("    ", r));
  }

  private void ways(Account account, State state, String indent) {
    List<Account.Way> ways = account.from(state);
    if (ways.isEmpty()) {
      page.paragraph(
          indent, "ended: no order of what the actors did gives these answers from here");
      return;
    }
    // The kernel's choices that no observation tells apart are told once.
    Map<String, Account.Way> distinct = new LinkedHashMap<>();
    ways.forEach(w -> distinct.putIfAbsent(text(account, w), w));
    List<String> texts = List.copyOf(distinct.keySet());
    texts.stream().limit(TOLD).forEach(t -> page.paragraph(indent + "- ", indent + "  ", t));
    if (texts.size() > TOLD) {
      page.paragraph(indent, "and " + (texts.size() - TOLD) + " more");
    }
  }

  private String text(Account account, Account.Way way) {
    State next = way.outcome().next();
    String text =
        way.outcome().answer()
            + " ("
            + way.outcome().rule()
            + "), "
            + (next.equals(way.from()) ? "nothing changes" : "then " + states.of(next));
    if (way.isLeft()) {
      return text + ": fits what was seen";
    }
    List<String> ends = new ArrayList<>();
    if (!way.answered()) {
      ends.add("the answer was " + answer(account.entry()));
    }
    for (Discrepancy m : way.against()) {
      ends.add(
          m.facet().text() + ": seen " + m.seen() + ", not " + m.allowed() + " (" + m.rule() + ")");
    }
    return text + ": ended, " + String.join("; ", ends);
  }

  private String answer(int entry) {
    Trace.Entry e = trace.entries().get(entry);
    return e.step().kind() == Step.Kind.ACTORS
        ? "another"
        : AnswerText.of(e.step(), e.reply().result());
  }
}
