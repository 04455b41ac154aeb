package org.daxcheck.mutant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.daxcheck.abi.RuleId;

/**
 * Which fault was noticed by which rules, and beside it what the kernel's own test said.
 *
 * @param kernel package and version
 * @param date of the last change, ISO 8601
 * @param control what the kernel's own test said of the stock driver, by topology
 * @param faults every fault by name
 */
public record KillMatrix(
    String kernel, String date, Map<String, String> control, List<Row> faults) {
  private static final ObjectMapper YAML =
      new YAMLMapper(
          YAMLMapper.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .build()
              .getFactory());

  public KillMatrix {
    control = new TreeMap<>(control);
    faults = List.copyOf(faults);
  }

  /**
   * A fault.
   *
   * @param verdict killed, survived, argued, error, or missing where it was never tried
   * @param named right where a rule was named that it is to break, other where only others were,
   *     empty where none was
   * @param rules the rules that were named
   * @param scenarios those that noticed it
   * @param reason why it survived, cannot be seen, or was not tried to the end; empty otherwise
   * @param seconds that its scenarios took, with the guests booted for it
   * @param upstream pass, fail, skip, false alarm, error, or none
   * @param upstreamFailed the checks of the kernel's own test that failed
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Row(
      String fault,
      String hash,
      List<String> breaks,
      String verdict,
      String named,
      List<String> rules,
      List<String> scenarios,
      String reason,
      double seconds,
      String upstream,
      List<String> upstreamFailed) {
    public Row {
      named = named == null ? "" : named;
      reason = reason == null ? "" : reason;
      rules = rules == null ? List.of() : List.copyOf(rules);
      scenarios = scenarios == null ? List.of() : List.copyOf(scenarios);
      upstreamFailed = upstreamFailed == null ? List.of() : List.copyOf(upstreamFailed);
      breaks = List.copyOf(breaks);
    }
  }

  /** The matrix of these faults; a result of an older form of a fault counts as missing. */
  public static KillMatrix of(
      List<DriverFault> faults,
      Map<String, FaultResult> results,
      Map<String, Selftest> control,
      String kernel,
      String date) {
    List<Row> rows = new ArrayList<>();
    for (DriverFault fault : faults) {
      FaultResult result = results.get(fault.name());
      rows.add(
          result == null || !result.hash().equals(fault.hash()) ? missing(fault) : row(result));
    }
    Map<String, String> stock = new TreeMap<>();
    control.forEach((topology, test) -> stock.put(topology, test.inWords()));
    return new KillMatrix(kernel, date, stock, rows);
  }

  /**
   * The same matrix, where a fault that was not tried has the row that an earlier record of the
   * same kernel has of it as it is now.
   */
  public KillMatrix keeping(KillMatrix before) {
    if (!before.kernel.equals(kernel)) {
      return this;
    }
    Map<String, Row> known = new HashMap<>();
    before.faults.forEach(r -> known.put(r.fault() + " " + r.hash(), r));
    return new KillMatrix(
        kernel,
        date,
        control.isEmpty() ? before.control : control,
        faults.stream()
            .map(
                r ->
                    r.verdict().equals("missing")
                        ? known.getOrDefault(r.fault() + " " + r.hash(), r)
                        : r)
            .toList());
  }

  private static Row missing(DriverFault fault) {
    return new Row(
        fault.name(),
        fault.hash(),
        fault.breaks().stream().map(RuleId::toString).toList(),
        "missing",
        "",
        List.of(),
        List.of(),
        "",
        0,
        "none",
        List.of());
  }

  private static Row row(FaultResult result) {
    boolean killed = result.verdict() == FaultResult.Verdict.KILLED;
    return new Row(
        result.fault(),
        result.hash(),
        result.breaks(),
        result.verdict().name().toLowerCase(Locale.ROOT),
        killed ? result.right() ? "right" : "other" : "",
        result.rules(),
        result.kills().stream().map(FaultResult.Kill::scenario).toList(),
        anywhere(result.reason()),
        result.millis() / 1000.0,
        result.selftest().result().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        result.selftest().failed().stream().map(KillMatrix::anywhere).toList());
  }

  /**
   * A sentence without the place of a file on the machine that wrote it: the record is published.
   */
  private static String anywhere(String sentence) {
    return sentence.replaceAll("; the console is in \\S+", "");
  }

  /** Hash of a file that results depend on. */
  public static String hash(Path file) throws IOException {
    return DriverFault.hash(Files.readAllBytes(file));
  }

  /** The part about these faults. */
  public KillMatrix only(Set<String> names) {
    return new KillMatrix(
        kernel, date, control, faults.stream().filter(f -> names.contains(f.fault())).toList());
  }

  private long count(String verdict) {
    return faults.stream().filter(f -> f.verdict().equals(verdict)).count();
  }

  private long named(String how) {
    return faults.stream().filter(f -> f.named().equals(how)).count();
  }

  private long upstream(String result) {
    return faults.stream().filter(f -> f.upstream().equals(result)).count();
  }

  /** 0 where none survived without an argument, 1 where some did, 2 where the lab failed. */
  public int exitCode() {
    if (count("survived") > 0) {
      return 1;
    }
    return count("error") + count("missing") > 0 ? 2 : 0;
  }

  /** A few lines for the terminal. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%d faults: %d killed (%d by a rule they are to break, %d by another), %d survived, %d argued"
            .formatted(
                faults.size(),
                count("killed"),
                named("right"),
                named("other"),
                count("survived"),
                count("argued")));
    if (count("error") + count("missing") > 0) {
      text.append(", ").append(count("error")).append(" errors, ");
      text.append(count("missing")).append(" not tried");
    }
    text.append('\n');
    if (upstream("none") < faults.size()) {
      text.append(
          "the kernel's own test: %d killed, %d passed, %d skipped as a whole, %d errors%n"
              .formatted(
                  upstream("fail"),
                  upstream("pass") + upstream("false alarm"),
                  upstream("skip"),
                  upstream("error")));
    }
    List<Double> seconds =
        faults.stream().filter(f -> f.seconds() > 0).map(Row::seconds).sorted().toList();
    if (!seconds.isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT,
              "time for a fault's scenarios: median %.1f s, longest %.1f s%n",
              seconds.get(seconds.size() / 2),
              seconds.get(seconds.size() - 1)));
    }
    for (Row row : faults) {
      if (row.verdict().equals("survived") || row.verdict().equals("error")) {
        text.append(row.verdict()).append(": ").append(row.fault());
        text.append(row.reason().isEmpty() ? "" : " (" + row.reason() + ")").append('\n');
      }
    }
    return text.toString();
  }

  /** The committed record. */
  public String yaml() {
    try {
      return "# Written by ./daxcheck mutants --write reports; not to be edited.\n"
          + YAML.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record cannot be written as YAML", e);
    }
  }

  /** Reads a record back. */
  public static KillMatrix read(Path file) throws IOException {
    return YAML.readValue(Files.readString(file), KillMatrix.class);
  }

  /** The tables for a reader. */
  public String markdown() {
    StringBuilder text = new StringBuilder("# Which faults the suite notices\n\n");
    text.append(
        "Written by `./daxcheck mutants --write reports`: each fault of `qemu/faults`, put");
    text.append(" alone into the driver of\n").append(kernel).append(" and run in a guest; ");
    text.append(date).append(".\n\n").append(summary().replace("\n", "  \n")).append('\n');
    text.append("`right`: a rule was named that the fault is to break; `other`: only others were.");
    text.append(
        " Upstream is\n`tools/testing/selftests/dax/dax-kmem-hotplug.sh` on the same fault;");
    text.append(" on the stock driver it gives ");
    text.append(
        control.isEmpty()
            ? "nothing (it was not run)"
            : String.join(
                ", ",
                control.entrySet().stream()
                    .map(e -> e.getValue() + " (" + e.getKey() + ")")
                    .toList()));
    text.append(".\n\n");
    text.append("| fault | is to break | verdict | named | by scenario | upstream | s |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    for (Row f : faults) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s | %s | %.1f |%n",
              f.fault(),
              String.join(" ", f.breaks()),
              f.verdict() + (f.named().isEmpty() ? "" : ", " + f.named()),
              String.join(" ", f.rules()),
              String.join(" ", f.scenarios()),
              f.upstream(),
              f.seconds()));
    }
    argued(text);
    byRule(text);
    return text.toString();
  }

  private void argued(StringBuilder text) {
    List<Row> argued = faults.stream().filter(f -> f.verdict().equals("argued")).toList();
    if (argued.isEmpty()) {
      return;
    }
    text.append("\n## Cannot be seen from outside\n\n");
    argued.forEach(
        f -> text.append("- ").append(f.fault()).append(": ").append(f.reason()).append('\n'));
  }

  private void byRule(StringBuilder text) {
    TreeSet<RuleId> rules = new TreeSet<>();
    faults.forEach(
        f ->
            Stream.concat(f.breaks().stream(), f.rules().stream())
                .map(RuleId::of)
                .forEach(rules::add));
    text.append(
        "\n## By rule\n\n| rule | faults that named it | faults that are to break it, but did not name it |\n|---|---|---|\n");
    for (RuleId rule : rules) {
      String id = rule.toString();
      text.append("| ").append(id).append(" | ");
      text.append(names(f -> f.rules().contains(id))).append(" | ");
      text.append(names(f -> f.breaks().contains(id) && !f.rules().contains(id))).append(" |\n");
    }
  }

  private String names(java.util.function.Predicate<Row> which) {
    return String.join(", ", faults.stream().filter(which).map(Row::fault).toList());
  }
}
