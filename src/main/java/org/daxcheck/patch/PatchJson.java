package org.daxcheck.patch;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.RuleBook;
import org.daxcheck.report.RuleSentence;

/** What became of a patch, for programs: {@code patch.json}. */
public final class PatchJson {
  /** The version of the format; it grows when a member changes its meaning or goes. */
  public static final int VERSION = 1;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private PatchJson() {}

  /** A patch that was judged. */
  public static String of(PatchVerdict all, RuleBook rules) {
    Comparison c = all.comparison();
    ObjectNode root = head(all.version(), all.patches().stream().map(PatchFile::file).toList());
    ExitCode exit = all.exit();
    root.put("outcome", exit.text());
    root.put("exitCode", exit.code());
    root.put("sentence", all.sentence());
    all.tree().ifPresent(t -> root.put("tree", t.toString()));
    root.put("suite", all.patched().suite());
    root.put("seed", Long.toString(all.patched().seed()));
    root.put("cases", c.cases());
    root.put("planned", all.planned());
    ArrayNode notes = root.putArray("notes");
    all.notes().forEach(notes::add);
    ObjectNode unpatched = root.putObject("unpatched");
    unpatched.put("measured", all.baseline().run().started().toString());
    unpatched.put("kept", all.kept());
    ObjectNode times = root.putObject("timesMs");
    times.put("patched", millis(all.patched().times().total()));
    if (all.quickNanos() > 0) {
      times.put("quick", millis(all.quickNanos()));
    }
    times.put("total", millis(all.totalNanos()));
    c.dialects()
        .ifPresent(d -> root.putObject("dialect").put("before", d.before()).put("now", d.now()));
    c.dead().ifPresent(why -> root.put("dead", why));
    rules(root.putArray("lost"), c.lost(), all, rules);
    rules(root.putArray("worse"), c.worse(), all, rules);
    rules(root.putArray("gained"), c.gained(), all, rules);
    rules(root.putArray("stillBroken"), c.still(), all, rules);
    ArrayNode unjudged = root.putArray("noLongerJudged");
    c.unjudged().forEach(r -> unjudged.add(r.toString()));
    ArrayNode changed = root.putArray("changed");
    c.changed()
        .forEach(
            x ->
                changed
                    .addObject()
                    .put("case", x.key())
                    .put("before", x.before().name().toLowerCase(Locale.ROOT))
                    .put("now", x.now().name().toLowerCase(Locale.ROOT))
                    .put("reason", x.reason()));
    ListMail.of(all, rules).ifPresent(m -> root.put("mail", m));
    return text(root);
  }

  /**
   * Patches that make no driver.
   *
   * @param outcome why, in words
   * @param words those of patch(1) or of the compiler
   */
  public static String refused(
      String version, List<Path> patches, String outcome, String sentence, List<String> words) {
    ObjectNode root = head(version, patches);
    root.put("outcome", outcome);
    root.put("exitCode", ExitCode.ERROR.code());
    root.put("sentence", sentence);
    ArrayNode said = root.putArray("words");
    words.forEach(said::add);
    return text(root);
  }

  private static ObjectNode head(String version, List<Path> patches) {
    ObjectNode root = JSON.createObjectNode();
    root.put("daxcheckPatch", VERSION);
    root.put("version", version);
    ArrayNode files = root.putArray("patches");
    patches.forEach(p -> files.add(p.toString()));
    return root;
  }

  private static void rules(
      ArrayNode node, List<Comparison.RuleChange> changes, PatchVerdict all, RuleBook rules) {
    for (Comparison.RuleChange r : changes) {
      ObjectNode rule = node.addObject();
      RuleSentence text = rules.text(r.rule());
      rule.put("rule", r.rule().toString());
      rule.put("sentence", text.sentence());
      rule.put("citation", text.citation());
      ArrayNode before = rule.putArray("before");
      r.before().forEach(before::add);
      ArrayNode now = rule.putArray("now");
      r.now().forEach(now::add);
      all.sight(r)
          .ifPresent(
              s -> {
                rule.put("place", s.place());
                rule.put("step", s.divergence().step());
                rule.put("aspect", s.divergence().aspect());
                rule.put("allowed", s.divergence().allowed());
                rule.put("seen", s.divergence().seen());
                ArrayNode commands = rule.putArray("reproduce");
                s.commands().forEach(commands::add);
                s.divergence().reproduced().ifPresent(came -> rule.put("reproduced", came.text()));
              });
    }
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  private static String text(ObjectNode root) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a tree in memory
    }
  }
}
