package org.daxcheck.scenario;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.RuleId;

/** Divergences that a gate lets through for a time, as a file of waivers lists them. */
public record Waivers(List<Waiver> waivers) {
  private static final List<String> NEEDED = List.of("rule", "reason", "link", "expires");
  private static final List<String> FIELDS =
      List.of("rule", "scenario", "dialects", "kernel", "reason", "link", "expires");
  private static final Pattern LINK = Pattern.compile("https?://\\S+");
  private static final Pattern BOUND = Pattern.compile("(>=|<=|<|>|=)\\s*([0-9]+(?:\\.[0-9]+)*)");
  private static final Pattern RELEASE = Pattern.compile("^([0-9]+(?:\\.[0-9]+)+)(-rc[0-9]+)?");

  public Waivers {
    waivers = List.copyOf(waivers);
  }

  /** None. */
  public static Waivers none() {
    return new Waivers(List.of());
  }

  /**
   * A divergence that is let through.
   *
   * @param place file and line of it
   * @param scenario the scenarios where it is; any where nothing is said
   * @param dialects where it is; empty means any
   * @param kernels bounds of the kernel's release, all of which must hold; empty means any
   * @param reason why it may pass
   * @param link where that was decided, or the bug is
   * @param expires the last day on which it holds, in UTC
   */
  public record Waiver(
      String place,
      RuleId rule,
      Glob scenario,
      Set<Dialect> dialects,
      List<Bound> kernels,
      String reason,
      String link,
      LocalDate expires) {
    public Waiver {
      dialects = Set.copyOf(dialects);
      kernels = List.copyOf(kernels);
    }

    /** True where it is about this target. */
    public boolean isFor(String dialect, String kernel) {
      return (dialects.isEmpty() || Dialect.of(dialect).filter(dialects::contains).isPresent())
          && kernels.stream().allMatch(b -> b.holds(kernel));
    }

    /** True where it is about this rule in this scenario of this target. */
    public boolean covers(RuleId broken, String name, String dialect, String kernel) {
      return rule.equals(broken) && scenario.matches(name) && isFor(dialect, kernel);
    }

    /** True where its last day is over. */
    public boolean isExpired(LocalDate today) {
      return today.isAfter(expires);
    }
  }

  /**
   * A bound of a kernel's release.
   *
   * @param sign one of {@code < <= = >= >}
   */
  public record Bound(String sign, List<Integer> version) {
    public Bound {
      version = List.copyOf(version);
    }

    /** Whether it holds for a release such as {@code 7.3.4+deb13-amd64}; no release, no bound. */
    boolean holds(String kernel) {
      Matcher m = RELEASE.matcher(kernel);
      if (!m.find()) {
        return false;
      }
      int order = compare(numbers(m.group(1)), version);
      // A release candidate comes before what it is a candidate of.
      order = order == 0 && m.group(2) != null ? -1 : order;
      return switch (sign) {
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">=" -> order >= 0;
        case ">" -> order > 0;
        default -> order == 0;
      };
    }

    private static int compare(List<Integer> a, List<Integer> b) {
      for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
        int order = Integer.compare(i < a.size() ? a.get(i) : 0, i < b.size() ? b.get(i) : 0);
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }
  }

  private static List<Integer> numbers(String version) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : version.split("\\.")) {
      numbers.add(part.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(part));
    }
    return numbers;
  }

  /** Reads waivers; their rules must stand in the catalogue. */
  public static Waivers load(Path file, Catalogue catalogue) throws ScenarioException {
    return read(file.toString(), Scenarios.text(file), catalogue);
  }

  /** Reads waivers from their text; {@code file} is for messages. */
  public static Waivers read(String file, String text, Catalogue catalogue)
      throws ScenarioException {
    return new Waivers(YamlReader.read(file, text, in -> waivers(file, in, catalogue)));
  }

  private static List<Waiver> waivers(String file, YamlReader in, Catalogue catalogue)
      throws IOException, ScenarioException {
    List<Waiver> waivers = new ArrayList<>();
    in.begin("waivers", "[]");
    in.list("a list of waivers, '- rule: ...'");
    while (in.more()) {
      waivers.add(waiver(file, in, catalogue));
    }
    return waivers;
  }

  private static Waiver waiver(String file, YamlReader in, Catalogue catalogue)
      throws IOException, ScenarioException {
    RuleId rule = null;
    Glob scenario = new Glob("*");
    Set<Dialect> dialects = EnumSet.noneOf(Dialect.class);
    List<Bound> kernels = List.of();
    String reason = "";
    String link = "";
    LocalDate expires = null;
    JsonLocation begin = in.expect(JsonToken.START_OBJECT, "a waiver, 'rule: ...'");
    Set<String> fields = new HashSet<>();
    while (in.moreFields()) {
      switch (in.field(FIELDS, fields)) {
        case "rule" -> rule = known(in, catalogue);
        case "scenario" -> scenario = new Glob(in.text("a scenario's name, or a glob"));
        case "dialects" -> dialects.addAll(in.dialects());
        case "kernel" -> kernels = bounds(in);
        case "reason" -> reason = in.text("a sentence or two");
        case "link" -> link = link(in);
        default -> expires = date(in);
      }
    }
    in.complete(begin, "waiver", NEEDED, fields);
    if (dialects.isEmpty() && kernels.isEmpty()) {
      throw in.error(
          begin, "found a waiver without 'dialects' and 'kernel'; say which kernels it is for");
    }
    return new Waiver(
        file + ":" + begin.getLineNr(), rule, scenario, dialects, kernels, reason, link, expires);
  }

  private static RuleId known(YamlReader in, Catalogue catalogue)
      throws IOException, ScenarioException {
    RuleId rule = in.rule();
    Optional<Catalogue.Rule> there = catalogue.rule(rule);
    if (there.isEmpty()) {
      throw in.error(
          in.here(), "found no rule " + rule + " in the catalogue" + catalogue.hint(rule));
    }
    return rule;
  }

  private static List<Bound> bounds(YamlReader in) throws IOException, ScenarioException {
    String expected = "bounds of the kernel's release, such as \">= 7.3, < 7.4\"";
    String text = in.text(expected);
    List<Bound> bounds = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher m = BOUND.matcher(part.strip());
      if (!m.matches()) {
        throw in.error(in.here(), "found '" + text + "', expected " + expected);
      }
      bounds.add(new Bound(m.group(1), numbers(m.group(2))));
    }
    return bounds;
  }

  private static String link(YamlReader in) throws IOException, ScenarioException {
    String expected = "an address, such as https://bugs.debian.org/1";
    String text = in.text(expected);
    if (!LINK.matcher(text).matches()) {
      throw in.error(in.here(), "found '" + text + "', expected " + expected);
    }
    return text;
  }

  private static LocalDate date(YamlReader in) throws IOException, ScenarioException {
    String expected = "the last day on which it holds, such as 2027-03-31";
    String text = in.text(expected);
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw in.error(in.here(), "found '" + text + "', expected " + expected);
    }
  }
}
