package org.daxcheck.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.RuleBook;
import org.daxcheck.report.RuleText;
import org.daxcheck.report.Text;
import org.daxcheck.suite.Run;

/**
 * A mail to the list about a patch: plain text in at most 75 columns, save for words that are
 * longer. The line for the sender's name is left open.
 */
public final class ListMail {
  private static final int WIDTH = 75;

  /** How many rules are shown with the way to reproduce them; the others in a line each. */
  private static final int SHOWN = 3;

  private static final Pattern REPLY = Pattern.compile("(?i)^(re: *)+");

  private final Judgement all;
  private final RuleBook rules;
  private final List<String> lines = new ArrayList<>();

  private ListMail(Judgement all, RuleBook rules) {
    this.all = all;
    this.rules = rules;
  }

  /** The mail with its last newline; empty where nothing can be said of the patch. */
  public static Optional<String> of(Judgement all, RuleBook rules) {
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
    return Optional.of(String.join("\n", mail.lines) + "\n");
  }

  private void head() {
    String subject =
        all.patches().stream()
            .flatMap(p -> p.subject().stream())
            .findFirst()
            .map(s -> REPLY.matcher(s).replaceFirst(""))
            .orElse("[PATCH] " + all.subject());
    // A long header goes on in the next line, behind a blank.
    String label = "Subject: Re: ";
    for (String line : Text.wrap(Text.oneLine(subject), WIDTH - label.length())) {
      put(label + line);
      label = " ";
    }
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
        "With the patch no rule is broken that held without it, and everything that was judged"
            + " without it still is.");
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
      broken.stream().limit(SHOWN).forEach(this::rule);
      if (broken.size() > SHOWN) {
        broken.stream()
            .skip(SHOWN)
            .forEach(r -> wrapped(r.rule() + ": ", "  ", rules.text(r.rule()).sentence()));
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

  private void rule(Comparison.RuleChange r) {
    RuleText text = rules.text(r.rule());
    wrapped(r.rule() + ": ", "  ", text.sentence());
    wrapped("  source:  ", "           ", text.citation());
    Optional<Judgement.Sight> sight = all.sight(r);
    sight.ifPresent(
        s -> {
          wrapped("  step:    ", "           ", Text.step(s.divergence().step()));
          wrapped("  allowed: ", "           ", s.divergence().allowed());
          wrapped("  seen:    ", "           ", s.divergence().seen());
          wrapped(
              "  where:   ",
              "           ",
              s.place()
                  + (r.now().size() > 1 ? ", and " + (r.now().size() - 1) + " more" : "")
                  + (r.before().isEmpty() ? "" : "; without the patch in " + r.before().size()));
          if (!s.commands().isEmpty()) {
            put("  to reproduce, as root:");
            put("");
            s.commands().forEach(this::command);
          }
        });
    put("");
  }

  private void command(String line) {
    if (line.length() + 4 <= WIDTH) {
      put("    " + line);
      return;
    }
    String indent = "    " + " ".repeat(line.length() - line.stripLeading().length());
    if (line.stripLeading().startsWith("#")) {
      wrapped(indent + "# ", indent + "# ", line.stripLeading().substring(1).strip());
      return;
    }
    // A shell reads on behind a backslash; not inside quotes, where the blank means itself.
    String rest = line.stripLeading();
    String head = indent;
    while (head.length() + rest.length() > WIDTH) {
      int at = breakAt(rest, WIDTH - head.length() - 2);
      if (at < 0) {
        break;
      }
      put(head + rest.substring(0, at) + " \\");
      rest = rest.substring(at + 1);
      head = indent + "  ";
    }
    put(head + rest);
  }

  /** The last blank up to there that is outside of quotes; -1 where there is none. */
  private static int breakAt(String text, int most) {
    int found = -1;
    char quote = 0;
    for (int i = 0; i < text.length() && i <= most; i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '\\') {
        i++;
      } else if (c == ' ') {
        found = i;
      }
    }
    return found;
  }

  private void signature(ExitCode exit) {
    if (!lines.get(lines.size() - 1).isEmpty()) {
      put("");
    }
    // The blank behind the colon is where the name goes.
    lines.add(exit == ExitCode.PASS ? "Tested-by: " : "Reported-by: ");
  }

  private void wrapped(String label, String indent, String text) {
    String head = label;
    int left = WIDTH - Math.max(label.length(), indent.length());
    for (String line : Text.wrap(Text.oneLine(text), left)) {
      put(head + line);
      head = indent;
    }
  }

  private void put(String line) {
    lines.add(line.stripTrailing());
  }
}
