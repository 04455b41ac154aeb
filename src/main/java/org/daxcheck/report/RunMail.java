package org.daxcheck.report;

import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    List<RootCause<Sighting.InCase>> broken =
        RootCause.onKernels(
            run, (c, d) -> rules.explanation(run, c, d).map(Object::toString).orElse(""));
    if (broken.isEmpty()) {
      return Optional.empty();
    }
    mail.write(broken);
    return Optional.of(mail.mail.toString());
  }

  private void write(List<RootCause<Sighting.InCase>> causes) {
    Set<RuleId> broken = RootCause.rules(causes);
    List<Run.TargetInfo> kernels = run.targets().stream().filter(t -> t.kind().isKernel()).toList();
    String kernel = kernels.isEmpty() ? "a kernel" : kernels.get(0).kernel().replaceAll(" .*", "");
    mail.header("Subject: ", "dax/kmem: " + Text.list(broken) + " broken on " + kernel);
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
    causes.stream().limit(SHOWN).forEach(this::cause);
    causes.stream()
        .skip(SHOWN)
        .forEach(c -> mail.wrapped(c.rule() + ": ", "  ", rules.text(c.rule()).sentence()));
    if (mail.endsWithText()) {
      mail.put("");
    }
    // The blank behind the colon is where the name goes.
    mail.exactly("Reported-by: ");
  }

  private void cause(RootCause<Sighting.InCase> cause) {
    RuleSentence text = rules.text(cause.rule());
    Sighting.InCase s = cause.own().get(0);
    int more = cause.own().size() - 1;
    mail.wrapped(cause.rule() + ": ", "  ", text.sentence());
    mail.wrapped("  source:  ", "           ", text.citation());
    mail.wrapped("  step:    ", "           ", Text.step(s.divergence().step()));
    mail.wrapped("  allowed: ", "           ", s.divergence().allowed());
    mail.wrapped("  got:     ", "           ", s.divergence().seen());
    mail.wrapped(
        "  where:   ", "           ", s.place() + (more > 0 ? ", and " + more + " more" : ""));
    rules
        .explanation(run, s.aCase(), s.divergence())
        .ifPresent(f -> mail.wrapped("  known:   ", "           ", f.toString()));
    cause
        .others()
        .forEach(
            (rule, places) ->
                mail.wrapped(
                    "  also:    ",
                    "           ",
                    rule
                        + ", likely by the same cause: "
                        + rules.text(rule).sentence()
                        + " "
                        + places.get(0).place()));
    List<String> commands = s.commands();
    if (!commands.isEmpty()) {
      mail.wrapped("  ", "  ", Text.toReproduce(s.divergence(), ", as root"));
      mail.put("");
      commands.forEach(mail::command);
    }
    mail.put("");
  }
}
