package org.daxcheck.report;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.daxcheck.abi.RuleId;
import org.daxcheck.suite.Run;

/** A mail to the list about what a kernel breaks. The line for the sender's name is left open. */
public final class RunMail {
  /** How many rules are shown with the way to reproduce them; the others in a line each. */
  private static final int SHOWN = 3;

  private final Run run;
  private final RuleBook rules;
  private final MailText mail = new MailText();

  private RunMail(Run run, RuleBook rules) {
    this.run = run;
    this.rules = rules;
  }

  /** The mail; empty where no kernel breaks a rule that is not waived. */
  public static Optional<String> of(Run run, RuleBook rules) {
    RunMail mail = new RunMail(run, rules);
    SortedMap<RuleId, List<BrokenRules.Place>> broken = BrokenRules.of(run);
    if (broken.isEmpty()) {
      return Optional.empty();
    }
    mail.write(broken);
    return Optional.of(mail.mail.toString());
  }

  private void write(SortedMap<RuleId, List<BrokenRules.Place>> broken) {
    List<Run.TargetInfo> kernels = run.targets().stream().filter(t -> t.kind().isKernel()).toList();
    String kernel = kernels.isEmpty() ? "a kernel" : kernels.get(0).kernel().replaceAll(" .*", "");
    mail.header("Subject: ", "dax/kmem: " + Text.list(broken.keySet()) + " broken on " + kernel);
    mail.put("");
    mail.wrapped(
        "",
        "",
        "I ran daxcheck "
            + run.version()
            + " ("
            + (run.suite().contains("/") ? "" : "suite " + run.suite() + ", ")
            + Text.count(run.cases().size(), "case", "cases")
            + ", seed "
            + run.seed()
            + "). It checks the memory hotplug ABI of dax devices.");
    mail.put("");
    for (Run.TargetInfo t : kernels) {
      mail.wrapped("  kernel:  ", "           ", t.kernel() + ", dialect " + t.dialect());
      mail.wrapped("  machine: ", "           ", t.details());
    }
    mail.put("");
    mail.wrapped(
        "",
        "",
        broken.size() == 1
            ? "This rule is broken:"
            : "These " + broken.size() + " rules are broken:");
    mail.put("");
    broken.entrySet().stream().limit(SHOWN).forEach(e -> rule(e.getKey(), e.getValue()));
    broken.keySet().stream()
        .skip(SHOWN)
        .forEach(r -> mail.wrapped(r + ": ", "  ", rules.text(r).sentence()));
    if (mail.endsWithText()) {
      mail.put("");
    }
    // The blank behind the colon is where the name goes.
    mail.exactly("Reported-by: ");
  }

  private void rule(RuleId rule, List<BrokenRules.Place> sights) {
    RuleSentence text = rules.text(rule);
    BrokenRules.Place s = sights.get(0);
    mail.wrapped(rule + ": ", "  ", text.sentence());
    mail.wrapped("  source:  ", "           ", text.citation());
    mail.wrapped("  step:    ", "           ", Text.step(s.divergence().step()));
    mail.wrapped("  allowed: ", "           ", s.divergence().allowed());
    mail.wrapped("  got:     ", "           ", s.divergence().seen());
    mail.wrapped(
        "  where:   ",
        "           ",
        s.divergence().in(s.aCase().scenario().file())
            + " ("
            + s.aCase().topology()
            + ")"
            + (sights.size() > 1 ? ", and " + (sights.size() - 1) + " more" : ""));
    rules
        .explanation(run, s.aCase(), rule)
        .ifPresent(f -> mail.wrapped("  known:   ", "           ", f.toString()));
    s.aCase()
        .trace()
        .ifPresent(
            t -> {
              mail.wrapped("  ", "  ", Text.toReproduce(s.divergence(), ", as root"));
              mail.put("");
              Reproducer.commands(t, s.divergence()).forEach(mail::command);
            });
    mail.put("");
  }
}
