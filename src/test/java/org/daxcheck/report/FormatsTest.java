package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.daxcheck.suite.Run;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/** What other programs read is as they want it, and names are the same in every run. */
public class FormatsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The same cases at another time, with another seed, and slower. */
  private static Run later(Run run) {
    return new Run(
        run.version(),
        run.suite(),
        Instant.parse("2027-01-01T00:00:01.5Z"),
        -7,
        run.complete(),
        run.targets(),
        run.cases().stream()
            .map(
                c ->
                    new Run.Case(
                        c.scenario(),
                        c.target(),
                        c.topology(),
                        c.verdict(),
                        c.trace(),
                        c.nanos() * 977))
            .toList(),
        new Run.Times(1, 2, 3));
  }

  private static List<String> found(String regex, String text) {
    List<String> found = new ArrayList<>();
    Matcher m = Pattern.compile(regex, Pattern.MULTILINE).matcher(text);
    while (m.find()) {
      found.add(m.group(1));
    }
    return found;
  }

  private static String lava(Run run) {
    return LavaSignals.of(run);
  }

  @DataProvider
  public Object[][] formats() {
    Function<Run, List<String>> ktap =
        r -> found("^ *(?:not )?ok ([0-9]+ [^#\n]*)", Ktap.of(r, Runs.RULES));
    Function<Run, List<String>> kselftest =
        r -> found("^(?:# )?(?:not )?ok ([0-9]+ [^#\n]*)", KselftestKtap.of(r));
    Function<Run, List<String>> junit =
        r -> found("<testcase name=\"([^\"]*\" classname=\"[^\"]*)\"", JunitXml.of(r, Runs.RULES));
    Function<Run, List<String>> tmt = r -> found("name: \"(.*)\"$", TmtResults.of(r, Runs.TRACES));
    Function<Run, List<String>> lavaNames = r -> found("TEST_CASE_ID=(\\S+) ", lava(r));
    Function<Run, List<String>> kcidb = r -> found("\"path\" : \"(.*)\"", KcidbJson.of(r));
    return new Object[][] {
      {"ktap", ktap, 10},
      {"kselftest", kselftest, 10},
      {"junit", junit, 8},
      {"tmt", tmt, 8},
      {"lava", lavaNames, 8},
      {"kcidb", kcidb, 5},
    };
  }

  @Test(dataProvider = "formats")
  public void namesAreTheSameInEveryRun(
      String format, Function<Run, List<String>> names, int cases) {
    Run run = Runs.mixed().run();
    assertThat(names.apply(run)).as(format).hasSize(cases).doesNotHaveDuplicates();
    assertThat(names.apply(later(run))).as(format).isEqualTo(names.apply(run));
    assertThat(names.apply(run))
        .as("nothing volatile in " + format)
        .noneMatch(n -> n.contains("2026") || n.contains(Long.toString(run.seed())));
  }

  // ---- the kselftest runner's nesting

  @Test
  public void kselftestNestsWhatAProgramPrintedBehindASign() {
    String text = KselftestKtap.of(Runs.mixed().run());
    assertThat(text)
        .startsWith("TAP version 13\n1..2\n# selftests: dax: daxcheck-model\n# TAP version 13\n")
        .contains(
            "\nok 1 selftests: dax: daxcheck-model\n",
            "\nnot ok 2 selftests: dax: daxcheck-qemu # exit=1\n",
            "\n# not ok 2 type-change.cxl\n",
            "\n# ok 4 pins # SKIP needs 3 ranges - SKIP not, the target has 1\n",
            "\n# not ok 5 hangs.cxl # ERROR guest gone");
    assertThat(text.lines())
        .allMatch(
            l ->
                l.startsWith("# ")
                    || l.matches("TAP version 13|1\\.\\.[0-9]+")
                    || l.matches("(not )?ok [0-9]+ selftests: dax: [a-z-]+( # (SKIP|exit=[12]))?"));
    assertThat(text.lines().filter(l -> l.chars().anyMatch(Text::isControl))).isEmpty();
  }

  @Test
  public void anInterruptedRunFailsInEveryFormat() {
    Run run = Runs.mixed().run(false);
    assertThat(KselftestKtap.of(run)).contains("not ok 3 selftests: dax: daxcheck-run-complete");
    assertThat(lava(run)).contains("TEST_CASE_ID=run-complete RESULT=unknown");
    assertThat(TmtResults.of(run, Runs.TRACES)).contains("/daxcheck/run-complete");
  }

  /** The kernel tree's own reader, out of Debian's source package. */
  private static Path kunit() throws Exception {
    Path cache = cache();
    if (source(cache).isEmpty()) {
      // What builds drivers fetches it.
      Path home = Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath();
      run(
          1200,
          home.resolve("qemu/kmem-build").toString(),
          "--diff",
          "--edit",
          home.resolve("qemu/faults/bad-word-errno.sed").toString());
    }
    Path deb =
        source(cache)
            .orElseThrow(
                () ->
                    new AssertionError(
                        cache + "/debs has no linux-source package, though kmem-build ran"));
    Path folder = cache.resolve("kunit").resolve(deb.getFileName().toString());
    Path reader = folder.resolve("tools/testing/kunit/kunit.py");
    if (!Files.exists(reader)) {
      Path fresh = Files.createTempDirectory(Files.createDirectories(folder.getParent()), "new");
      run(
          300,
          "sh",
          "-c",
          "dpkg --fsys-tarfile \"$1\" | tar -xO --wildcards './usr/src/linux-source-*.tar.xz'"
              + " | xz -dc | tar -x -C \"$2\" --no-same-owner --strip-components=1 --wildcards"
              + " 'linux-source-*/tools/testing/kunit'",
          "sh",
          deb.toString(),
          fresh.toString());
      Files.move(fresh, folder);
    }
    return reader;
  }

  private static Optional<Path> source(Path cache) throws IOException {
    if (!Files.isDirectory(cache.resolve("debs"))) {
      return Optional.empty();
    }
    try (Stream<Path> debs = Files.list(cache.resolve("debs"))) {
      return debs.filter(p -> p.getFileName().toString().matches("linux-source-.*\\.deb"))
          .max(Comparator.comparing(Path::toString));
    }
  }

  private static Path cache() {
    String named = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    return (named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named))
        .resolve("daxcheck");
  }

  private static String run(int seconds, String... words) throws Exception {
    Path out = Files.createTempFile("daxcheck-consumer", ".txt");
    try {
      Process process =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(out.toFile()).start();
      try {
        assertThat(process.waitFor(seconds, TimeUnit.SECONDS)).as(words[0] + " ends").isTrue();
      } finally {
        process.destroyForcibly();
      }
      return Files.readString(out);
    } finally {
      Files.delete(out);
    }
  }

  private static String parsed(String ktap) throws Exception {
    Path file = Files.createTempFile("daxcheck", ".ktap");
    try {
      Files.writeString(file, ktap);
      return run(60, "python3", kunit().toString(), "parse", file.toString())
          .replaceAll("\u001b\\[[0-9;]*m", "");
    } finally {
      Files.delete(file);
    }
  }

  @Test
  public void theKernelsReaderTakesBothForms() throws Exception {
    Run run = Runs.mixed().run();
    assertThat(parsed(Ktap.of(run, Runs.RULES)))
        .contains("Ran 8 tests: passed: 4, failed: 3, skipped: 1")
        .doesNotContain("errors:");
    assertThat(parsed(KselftestKtap.of(run)))
        .contains("Ran 2 tests: passed: 1, failed: 1")
        .doesNotContain("errors:");
  }

  @Test
  public void theKernelsReaderFindsALineThatIsMissing() throws Exception {
    String text = Ktap.of(Runs.mixed().run(), Runs.RULES);
    String cut = text.replace("  ok 2 other-change.cxl\n", "");
    assertThat(cut).isNotEqualTo(text);
    assertThat(parsed(cut)).contains("errors:");
  }

  // ---- JUnit XML

  /** Elements, and the attributes that the schema of Jenkins' xUnit plugin lets them have. */
  private static final Map<String, Set<String>> JUNIT =
      Map.of(
          "testsuites", Set.of("name", "time", "tests", "failures", "errors"),
          "testsuite",
              Set.of(
                  "name",
                  "tests",
                  "failures",
                  "errors",
                  "time",
                  "skipped",
                  "timestamp",
                  "hostname",
                  "id",
                  "package"),
          "properties", Set.of(),
          "property", Set.of("name", "value"),
          "testcase", Set.of("name", "time", "classname", "group"),
          "failure", Set.of("type", "message"),
          "error", Set.of("type", "message"),
          "skipped", Set.of("type", "message"),
          "system-out", Set.of());

  @Test
  public void junitHasWhatItsSchemaKnows() throws Exception {
    for (Run run : List.of(Runs.mixed().run(), Runs.mixed().run(false), new Runs().run())) {
      Element root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(JunitXml.of(run, Runs.RULES))))
              .getDocumentElement();
      check(root);
    }
  }

  private static void check(Element element) {
    assertThat(JUNIT).containsKey(element.getTagName());
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      assertThat(JUNIT.get(element.getTagName()))
          .as(element.getTagName())
          .contains(element.getAttributes().item(i).getNodeName());
    }
    if (element.getTagName().startsWith("testsuite")) {
      assertThat(element.getAttribute("time")).matches("[0-9]+\\.[0-9]{3}");
    }
    for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element child) {
        check(child);
      }
    }
  }

  // ---- tmt

  @Test
  public void tmtReadsItBack() throws IOException {
    JsonNode all = new YAMLMapper().readTree(TmtResults.of(Runs.mixed().run(), Runs.TRACES));
    assertThat(all).hasSize(8);
    Set<String> known = Set.of("name", "result", "original-result", "note", "duration", "log");
    for (JsonNode r : all) {
      r.fieldNames().forEachRemaining(f -> assertThat(known).contains(f));
      assertThat(r.path("name").asText()).matches("(/[A-Za-z0-9_.-]+)+");
      assertThat(r.path("result").asText())
          .isIn("pass", "fail", "info", "warn", "error", "skip", "pending");
      assertThat(r.path("duration").asText()).matches("[0-9]{2,}:[0-5][0-9]:[0-5][0-9]");
      r.path("log").forEach(l -> assertThat(l.asText()).doesNotStartWith("/"));
      r.path("note").forEach(n -> assertThat(n.isTextual()).isTrue());
    }
    assertThat(all)
        .extracting(r -> r.path("result").asText())
        .containsExactly("pass", "pass", "pass", "pass", "fail", "fail", "skip", "error");
  }

  // ---- LAVA

  @Test
  public void lavaSignalsAreWellFormed() {
    String text = lava(Runs.mixed().run());
    assertThat(text.lines())
        .allMatch(
            l ->
                l.matches(
                    "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=[A-Za-z0-9_.-]+"
                        + " RESULT=(pass|fail|skip|unknown)>|<LAVA_SIGNAL_TESTSET STOP>"
                        + "|<LAVA_SIGNAL_TESTSET START [A-Za-z0-9_.-]+>"));
    assertThat(found("RESULT=(.*)>", text))
        .containsExactly("pass", "pass", "pass", "pass", "fail", "fail", "skip", "unknown");
  }

  // ---- KCIDB

  @Test
  public void kcidbTakesIt() throws IOException {
    String text = KcidbJson.of(Runs.mixed().run());
    JsonNode root = JSON.readTree(text);
    assertThat(root.path("version").toString()).isEqualTo("{\"major\":5,\"minor\":3}");
    // The model is no kernel.
    assertThat(root.path("builds")).hasSize(1);
    Set<String> builds = ids(root.path("builds"), "id");
    assertThat(ids(root.path("builds"), "checkout_id"))
        .isEqualTo(ids(root.path("checkouts"), "id"));
    Set<String> known =
        Set.of(
            "id",
            "build_id",
            "origin",
            "environment",
            "path",
            "comment",
            "log_excerpt",
            "status",
            "start_time",
            "duration",
            "misc");
    assertThat(ids(root.path("tests"), "id")).hasSize(5);
    for (JsonNode t : root.path("tests")) {
      t.fieldNames().forEachRemaining(f -> assertThat(known).contains(f));
      assertThat(t.path("id").asText()).matches("[a-z0-9_]+:.+");
      assertThat(builds).contains(t.path("build_id").asText());
      assertThat(t.path("path").asText()).matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
      assertThat(Instant.parse(t.path("start_time").asText())).isNotNull();
      assertThat(t.path("duration").isNumber()).isTrue();
      assertThat(t.path("log_excerpt").asText()).hasSizeLessThanOrEqualTo(KcidbJson.EXCERPT);
    }
    assertThat(StreamOf.of(root.path("tests")).map(t -> t.path("status").asText()))
        .containsExactly("PASS", "FAIL", "FAIL", "SKIP", "ERROR");
    assertThat(text).doesNotContain("null").doesNotContain("\\u0000");
  }

  private static Set<String> ids(JsonNode list, String field) {
    return StreamOf.of(list)
        .map(n -> n.path(field).asText())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static final class StreamOf {
    static Stream<JsonNode> of(JsonNode list) {
      List<JsonNode> all = new ArrayList<>();
      list.forEach(all::add);
      return all.stream();
    }
  }

  // ---- mail

  @Test
  public void aMailIsPlainTextForTheList() {
    String mail = RunMail.of(Runs.mixed().run(), Runs.RULES).orElseThrow();
    assertThat(mail)
        .startsWith("Subject: dax/kmem: REFUSE-1 broken on 7.3.4\n\n")
        .contains("This rule is broken:", "  allowed: EBUSY", "to reproduce, as root (not run):")
        .endsWith("\nReported-by: \n");
    assertThat(mail.lines()).allMatch(l -> l.length() <= MailText.WIDTH || !l.contains(" "));
    assertThat(mail.lines().filter(l -> l.chars().anyMatch(Text::isControl))).isEmpty();
    // A machine in a lab is not emulated; what it is stands in its own line.
    assertThat(mail).doesNotContain("emulated");
  }

  @Test
  public void thereIsNoMailWhereNoKernelBreaksARule() {
    assertThat(
            RunMail.of(new Runs().target("qemu").pass("qemu", "a", "REFUSE-1").run(), Runs.RULES))
        .isEmpty();
    assertThat(
            RunMail.of(
                new Runs().target("model").diverge("model", "a", "REFUSE-1", "ok").run(),
                Runs.RULES))
        .isEmpty();
  }
}
