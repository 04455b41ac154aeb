package org.daxcheck.patch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.daxcheck.run.Fingerprint;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.PlannedCase;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** Only what is whole is kept, and only for the same of everything it depends on. */
public class BaselineStoreTest {
  private Path folder;
  private final List<String> told = new ArrayList<>();
  private BaselineStore store;

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("daxcheck-baselines");
    Files.createDirectory(folder.resolve("kept"));
    store = new BaselineStore(folder.resolve("kept"));
  }

  @AfterMethod(alwaysRun = true)
  public void clean() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private Baseline measured(boolean complete, String status, String started, String... scenarios)
      throws IOException {
    StringBuilder cases = new StringBuilder();
    for (String s : scenarios) {
      cases
          .append(cases.isEmpty() ? "" : ",")
          .append(
              """
              {"name":"%s.cxl","scenario":"%s","file":"%s.kmem","target":"qemu","topology":"cxl",
               "status":"%s","reason":"","ms":12.5,"judged":{},"divergences":[],"notes":[],
               "rules":[{"rule":"WORD-2","citation":"sysfs-bus-dax, clause"}]}"""
                  .formatted(s, s, s, status));
    }
    Path run = folder.resolve("run");
    Files.createDirectories(run.resolve("traces/qemu/cxl"));
    Files.writeString(run.resolve("traces/qemu/cxl/a.jsonl"), "{}");
    Files.writeString(
        run.resolve("run.json"),
        """
        {"daxcheckRun":1,"version":"0.1.0","started":"%s","suite":"gate","seed":"42",
         "complete":%s,"exitCode":0,"outcome":"pass","targets":[],"rules":[],
         "timesMs":{"boot":0,"kernel":0,"rest":0,"total":0},
         "counts":{"pass":0,"divergence":0,"skipped":0,"error":0},
         "divergences":{"explained":0,"unexplained":0},"cases":[%s]}"""
            .formatted(started, complete, cases));
    return Baseline.read(run);
  }

  private static List<PlannedCase> cases(String... names) {
    return Stream.of(names)
        .map(
            n ->
                new PlannedCase(
                    new Scenario(
                        n,
                        n + ".kmem",
                        List.of(),
                        List.of(),
                        new Scenario.Needs(true, 1, 1, Set.of()),
                        new Scenario.Start(Optional.empty(), Optional.empty(), Optional.empty()),
                        false,
                        List.of(),
                        "KMEM " + n + "\n"),
                    "qemu",
                    "cxl"))
        .toList();
  }

  @Test
  public void aWholeRunIsFoundAgainWithItsSeedAndTraces() throws IOException {
    assertThat(store.keep("abc", measured(true, "pass", "2026-11-22T01:00:00Z", "a", "b")))
        .isTrue();
    Baseline found = store.find("abc", cases("a", "b"), told::add).orElseThrow();
    assertThat(found.seed()).isEqualTo(42);
    assertThat(found.millis()).containsEntry("a.cxl", 13L);
    assertThat(found.folder().resolve("traces/qemu/cxl/a.jsonl")).exists();
    assertThat(store.find("abc", cases("b"), told::add)).as("a part of it").isPresent();
    assertThat(store.find("abc", cases("a", "c"), told::add)).as("it has no c").isEmpty();
    assertThat(store.find("abd", cases("a"), told::add)).as("made of something else").isEmpty();
  }

  @Test
  public void oneThatWasAlteredIsToldAndNotFound() throws IOException {
    store.keep("abc", measured(true, "pass", "2026-11-22T01:00:00Z", "a"));
    Path kept = store.find("abc", cases("a"), told::add).orElseThrow().folder();
    Path run = kept.resolve("run.json");
    Files.writeString(run, Files.readString(run).replace("\"seed\":\"42\"", "\"seed\":\"43\""));
    assertThat(store.find("abc", cases("a"), told::add)).isEmpty();
    assertThat(told).singleElement().asString().startsWith(kept + " is cut or altered");
    assertThat(kept).doesNotExist();
  }

  @Test
  public void whatIsNotWholeOrFailedIsNotKept() throws IOException {
    assertThat(store.keep("abc", measured(false, "pass", "2026-11-22T01:00:00Z", "a"))).isFalse();
    assertThat(store.keep("abc", measured(true, "error", "2026-11-22T01:00:00Z", "a"))).isFalse();
    assertThat(store.find("abc", cases("a"), told::add)).isEmpty();
  }

  @Test
  public void theNewestCountsAndOldOnesGo() throws IOException {
    for (int minute = 10; minute < 30; minute++) {
      store.keep("abc", measured(true, "pass", "2026-11-22T01:" + minute + ":00Z", "a"));
    }
    assertThat(store.find("abc", cases("a"), told::add).orElseThrow().run().started())
        .hasToString("2026-11-22T01:29:00Z");
    try (Stream<Path> kept = Files.list(folder.resolve("kept"))) {
      assertThat(kept.filter(Files::isDirectory)).hasSize(12);
    }
  }

  @Test
  public void aFingerprintTellsEveryPartAndItsPlace() throws IOException {
    String one = new Fingerprint().add("a").add("bc").text();
    assertThat(new Fingerprint().add("a").add("bc").text()).isEqualTo(one);
    assertThat(new Fingerprint().add("ab").add("c").text()).isNotEqualTo(one);
    Path file = Files.createDirectories(folder.resolve("f")).resolve("x");
    Files.writeString(file, "1");
    String with = new Fingerprint().add(folder.resolve("f")).text();
    Files.writeString(file, "2");
    assertThat(new Fingerprint().add(folder.resolve("f")).text()).isNotEqualTo(with);
  }
}
