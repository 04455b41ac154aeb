package org.daxcheck.scenario;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;

/** Divergences that are explained, as suites/findings.yaml lists them. */
public record Findings(List<Finding> findings) {
  private static final Pattern ID = Pattern.compile("[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-[1-9][0-9]*");
  private static final List<String> NEEDED =
      List.of("id", "rule", "scenario", "why", "source", "status");
  private static final List<String> FIELDS =
      List.of(
          "id",
          "rule",
          "scenario",
          "dialects",
          "kernel",
          "driver",
          "seen",
          "why",
          "source",
          "status");
  private static final List<String> STATUSES =
      List.of("kernel bug", "documented", "version defect");

  public Findings {
    findings = List.copyOf(findings);
  }

  /**
   * An explained divergence.
   *
   * @param id such as {@code V4-2}
   * @param rule the rule that is broken
   * @param scenario the scenarios that show it
   * @param dialects where it is explained; empty means any
   * @param kernel the kernels, as runs name them, where it is explained
   * @param driver the drivers that took the place of the kernel's own, likewise
   * @param seen what was seen, as divergences tell it: a glob of it tells one report of the kernel
   *     from all others
   * @param why why it happens and whose fault it is, in a sentence or two
   * @param source where that is said
   * @param status kernel bug, documented (a fact of the dialect), or version defect
   */
  public record Finding(
      String id,
      RuleId rule,
      Glob scenario,
      Set<Dialect> dialects,
      Glob kernel,
      Glob driver,
      Glob seen,
      String why,
      String source,
      String status) {
    public Finding {
      dialects = Set.copyOf(dialects);
    }

    /** True where it explains this. */
    boolean explains(Seen at) {
      return rule.equals(at.rule())
          && scenario.matches(at.scenario())
          && (dialects.isEmpty() || Dialect.of(at.dialect()).filter(dialects::contains).isPresent())
          && kernel.matches(at.kernel())
          && driver.matches(at.driver())
          && seen.matches(at.seen());
    }

    /** Its id, status and explanation. */
    @Override
    public String toString() {
      return id + ": " + why + " (" + status + "; " + source + ")";
    }
  }

  /**
   * A rule that was broken, and where.
   *
   * @param dialect the dialect as text, as runs name it
   * @param driver the driver that took the place of the kernel's own; empty where none did
   * @param seen what was seen, as the divergence tells it
   */
  public record Seen(
      RuleId rule, String scenario, String dialect, String kernel, String driver, String seen) {}

  /** None. */
  public static Findings none() {
    return new Findings(List.of());
  }

  /** Reads findings. */
  public static Findings load(Path file) throws ScenarioException {
    return read(file.toString(), Scenarios.text(file));
  }

  /** Reads findings from their text; {@code file} is for messages. */
  public static Findings read(String file, String text) throws ScenarioException {
    return new Findings(YamlReader.read(file, text, Findings::findings));
  }

  /** The first finding that explains this. */
  public Optional<Finding> explaining(Seen seen) {
    return findings.stream().filter(f -> f.explains(seen)).findFirst();
  }

  /** The findings about the rule. */
  public List<Finding> about(RuleId rule) {
    return findings.stream().filter(f -> f.rule().equals(rule)).toList();
  }

  private static List<Finding> findings(YamlReader in) throws IOException, ScenarioException {
    List<Finding> findings = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    in.begin("findings", "[]");
    in.list("a list of findings, '- id: ...'");
    while (in.more()) {
      findings.add(finding(in, ids));
    }
    return findings;
  }

  private static Finding finding(YamlReader in, Set<String> ids)
      throws IOException, ScenarioException {
    String id = "";
    RuleId rule = null;
    Glob scenario = null;
    Set<Dialect> dialects = EnumSet.noneOf(Dialect.class);
    Glob kernel = new Glob("*");
    Glob driver = new Glob("*");
    Glob seen = new Glob("*");
    String why = "";
    String source = "";
    String status = "";
    JsonLocation begin = in.expect(JsonToken.START_OBJECT, "a finding, 'id: ...'");
    Set<String> fields = new HashSet<>();
    while (in.moreFields()) {
      switch (in.field(FIELDS, fields)) {
        case "id" -> id = in.id(ID, "the id of a finding, such as V4-2", ids);
        case "rule" -> rule = in.rule();
        case "scenario" -> scenario = new Glob(in.text("a scenario's name, or a glob"));
        case "dialects" -> dialects.addAll(in.dialects());
        case "kernel" -> kernel = new Glob(in.text("a kernel, or a glob"));
        case "driver" -> driver = new Glob(in.text("a driver, or a glob"));
        case "seen" -> seen = new Glob(in.text("what was seen, or a glob"));
        case "why" -> why = in.text("a sentence or two");
        case "source" -> source = in.text("where it is said");
        default -> status = in.oneOf(STATUSES);
      }
    }
    in.complete(begin, "finding", NEEDED, fields);
    // Else it would explain the same on kernels that nobody has looked at.
    if (dialects.isEmpty() && !fields.contains("kernel") && !fields.contains("driver")) {
      throw in.error(
          begin,
          "found " + id + " without 'dialects', 'kernel' and 'driver'; say where it is explained");
    }
    return new Finding(id, rule, scenario, dialects, kernel, driver, seen, why, source, status);
  }
}
