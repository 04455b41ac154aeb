package org.daxcheck.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.MailText;
import org.daxcheck.report.RootCause;
import org.daxcheck.report.RuleBook;
import org.daxcheck.report.RuleSentence;
import org.daxcheck.report.Sighting;
import org.daxcheck.report.Text;
import org.daxcheck.suite.Run;

/**
 * A mail to the list about a patch: plain text in at most 75 columns, save for words that are
 * longer. The line for the sender's name is left open.
 */
public final class ListMail {
  /** How many rules are shown with the way to reproduce them; the others in a line each. */
  private static final int SHOWN = 3;

  private static final Pattern REPLY = Pattern.compile("(?i)^(re: *)+");

  private final PatchVerdict all;
  private final RuleBook rules;
  private final MailText mail = new MailText();

  private ListMail(PatchVerdict all, RuleBook rules) {
    this.all = all;
    this.rules = rules;
  }

  /** The mail with its last newline; empty where nothing can be said of the patch. */
  public static Optional<String> of(PatchVerdict all, RuleBook rules) {
    ExitCode exit = all.exit();
    if (exit != ExitCode.PASS && exit != ExitCode.DIVERGENCE) {
      return Optional.empty();
    }
    ListMail mail = new ListMail(all, rules);
    mail.head();
    mail.setting();
    if (exit == ExitCode.PASS) {
      mail.good();
    } else {
      mail.bad();
    }
    mail.signature(exit);
    return Optional.of(mail.mail.toString());
  }

  private void head() {
    String subject =
        all.patches().stream()
            .flatMap(p -> p.subject().stream())
            .findFirst()
            .map(s -> REPLY.matcher(s).replaceFirst(""))
            .orElse("[PATCH] " + all.subject());
    mail.header("Subject: Re: ", subject);
    all.patches().stream()
        .flatMap(p -> p.messageId().stream())
        .findFirst()
        .ifPresent(id -> put("In-Reply-To: " + id));
    put("");
  }

  private void setting() {
    Run run = all.patched();
    String count = Text.count(run.cases().size(), "case", "cases");
    // Files that the user named say nothing to others.
    boolean named = run.suite().endsWith(".kmem") || run.suite().contains("/");
    String scope =
        named
            ? count
            : all.isWhole()
                ? "suite " + run.suite() + ", " + count
                : run.cases().size()
                    + " of the "
                    + all.planned()
                    + " cases of suite "
                    + run.suite();
    wrapped(
        "",
        "",
        "I ran daxcheck "
            + all.version()
            + " ("
            + scope
            + ", seed "
            + run.seed()
            + ") on the dax/kmem driver without and with this patch. It checks the memory hotplug"
            + " ABI of dax devices in QEMU, on emulated CXL memory.");
    put("");
    all.target()
        .ifPresent(
            t -> {
              wrapped("  kernel:  ", "           ", t.kernel() + ", dialect " + t.dialect());
              all.baseline().run().targets().stream()
                  .findFirst()
                  .filter(b -> !b.kernel().equals(t.kernel()))
                  .ifPresent(
                      b ->
                          wrapped(
                              "  without: ",
                              "           ",
                              b.kernel() + ", dialect " + b.dialect()));
              wrapped("  machine: ", "           ", t.details());
            });
    all.notes().forEach(n -> wrapped("  note:    ", "           ", n));
    put("");
  }

  private void good() {
    Comparison c = all.comparison();
    wrapped(
        "",
        "",
        "No regressions: every rule that held before still holds, and all of them could still be"
            + " checked.");
    for (Comparison.RuleChange r : c.gained()) {
      put("");
      wrapped(
          r.rule() + " ",
          "  ",
          "is broken without the patch and holds with it: " + rules.text(r.rule()).sentence());
    }
    for (Comparison.RuleChange r : c.still()) {
      put("");
      wrapped(
          r.rule() + " ",
          "  ",
          "is broken with the patch as it is without: " + rules.text(r.rule()).sentence());
    }
  }

  private void bad() {
    Comparison c = all.comparison();
    c.dead()
        .ifPresent(
            why -> {
              wrapped(
                  "",
                  "",
                  "With the patch the guest does not get ready; without it, it does: " + why);
              put("");
            });
    c.dialects()
        .ifPresent(
            d -> {
              wrapped(
                  "",
                  "",
                  "The patch changes the ABI itself: what was dialect "
                      + d.before()
                      + " is "
                      + d.now()
                      + " now.");
              put("");
            });
    List<Comparison.RuleChange> broken = new ArrayList<>(c.lost());
    broken.addAll(c.worse());
    if (!broken.isEmpty()) {
      wrapped(
          "",
          "",
          broken.size() == 1
              ? "With the patch this rule is broken:"
              : "With the patch these " + broken.size() + " rules are broken:");
      put("");
      List<RootCause<Sighting.InCase>> causes = all.causes(broken);
      causes.stream().limit(SHOWN).forEach(cause -> rule(cause, broken));
      if (causes.size() > SHOWN) {
        causes.stream()
            .skip(SHOWN)
            .forEach(x -> wrapped(x.rule() + ": ", "  ", rules.text(x.rule()).sentence()));
        put("");
      }
    }
    if (!c.silent().isEmpty()) {
      wrapped(
          "",
          "",
          Text.count(c.silent().size(), "case was", "cases were")
              + " judged without the patch and cannot be with it: "
              + c.silent().get(0).reason()
              + ".");
      put("");
    }
  }

  private void rule(RootCause<Sighting.InCase> cause, List<Comparison.RuleChange> broken) {
    RuleSentence text = rules.text(cause.rule());
    Comparison.RuleChange r =
        broken.stream().filter(b -> b.rule().equals(cause.rule())).findFirst().orElseThrow();
    Sighting.InCase s = cause.own().get(0);
    wrapped(r.rule() + ": ", "  ", text.sentence());
    wrapped("  source:  ", "           ", text.citation());
    wrapped("  step:    ", "           ", Text.step(s.divergence().step()));
    wrapped("  allowed: ", "           ", s.divergence().allowed());
    wrapped("  got:     ", "           ", s.divergence().seen());
    wrapped(
        "  where:   ",
        "           ",
        s.place()
            + (r.now().size() > 1 ? ", and " + (r.now().size() - 1) + " more" : "")
            + (r.before().isEmpty() ? "" : "; without the patch in " + r.before().size()));
    cause
        .others()
        .keySet()
        .forEach(
            other ->
                wrapped(
                    "  also:    ",
                    "           ",
                    other + ", likely by the same cause: " + rules.text(other).sentence()));
    List<String> commands = s.commands();
    if (!commands.isEmpty()) {
      wrapped("  ", "  ", Text.toReproduce(s.divergence(), ", as root"));
      put("");
      commands.forEach(mail::command);
    }
    put("");
  }

  private void signature(ExitCode exit) {
    if (mail.endsWithText()) {
      put("");
    }
    // The blank behind the colon is where the name goes.
    mail.exactly(exit == ExitCode.PASS ? "Tested-by: " : "Reported-by: ");
  }

  private void wrapped(String label, String indent, String text) {
    mail.wrapped(label, indent, text);
  }

  private void put(String line) {
    mail.put(line);
  }
}
