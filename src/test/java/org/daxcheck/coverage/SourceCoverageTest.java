package org.daxcheck.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.daxcheck.coverage.SourceCoverage.Source;
import org.daxcheck.guest.GuestException;
import org.daxcheck.html.SourcePage;
import org.daxcheck.scenario.BranchTable;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * Counts of a program that the compiler of this machine builds as it builds a kernel that counts.
 */
public class SourceCoverageTest {
  private static final String SOURCE = "drivers/dax/kmem.c";

  /** Its exit code is 0; what it does depends on how many words it is given. */
  private static final String PROGRAM =
      """
      int main(int words, char **word)
      {
      	if (words == 2)
      		return word == 0;
      	if (words == 9)
      		return 9; /* <never> */
      	return 0;
      }
      """;

  private Path folder;
  private Path notes;

  @BeforeClass
  public void build() throws Exception {
    folder = Files.createTempDirectory("daxcheck-coverage");
    notes = folder.resolve("notes");
    Path source = notes.resolve(SOURCE);
    Files.createDirectories(source.getParent());
    Files.writeString(source, PROGRAM);
    run("gcc", "--coverage", "-O0", "-c", SOURCE, "-o", "drivers/dax/kmem.o");
    run("gcc", "--coverage", "drivers/dax/kmem.o", "-o", "program");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void run(String... words) throws Exception {
    Process process = new ProcessBuilder(words).directory(notes.toFile()).inheritIO().start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", words)).isZero();
  }

  /** Runs the program, and keeps its counts as those of a scenario. */
  private Path counted(String scenario, String... words) throws Exception {
    Path data = notes.resolve("drivers/dax/kmem.gcda");
    Files.deleteIfExists(data);
    run(Stream.concat(Stream.of("./program"), Stream.of(words)).toArray(String[]::new));
    Path kept = folder.resolve("counts/qemu/cxl").resolve(scenario);
    Files.createDirectories(kept);
    Files.move(data, kept.resolve("drivers#dax#kmem.gcda"));
    return kept;
  }

  @Test
  public void countsOfSeveralScenariosAreOneAndSayWhoTookWhat() throws Exception {
    Path alone = counted("alone");
    Path word = counted("word", "x");
    assertThat(SourceCoverage.folders(folder.resolve("counts"), notes))
        .isEqualTo(Map.of(alone, "alone", word, "word"));
    Map<Path, String> counts = new LinkedHashMap<>();
    counts.put(alone, "alone");
    counts.put(word, "word");
    Source source = SourceCoverage.of(notes, counts).sources().get(SOURCE);
    assertThat(source.lines().get(3).count()).isEqualTo(2);
    assertThat(source.lines().get(3).by()).containsExactly("alone", "word");
    assertThat(source.lines().get(4).by()).containsExactly("word");
    assertThat(source.lines().get(5).by()).containsExactly("alone");
    assertThat(source.lines().get(6).count()).isZero();
    assertThat(source.lines().get(5).branches()).extracting(b -> b.by().size()).contains(0, 1);
    assertThat(source.branches()).isEqualTo(4);
    assertThat(source.taken()).isEqualTo(3);
    assertThat(source.lines()).hasSize(6);
    assertThat(source.run()).isEqualTo(5);
    assertThat(SourceCoverageText.missing(SOURCE, source, n -> n == 5 ? "no nine." : ""))
        .isEqualTo(
            """
              drivers/dax/kmem.c:5: branch 1 of 2 never taken: if (words == 9)
                argued: no nine.
              drivers/dax/kmem.c:6: never run: return 9; /* <never> */
            """);
    String page = SourcePage.of(SourceCoverage.of(notes, counts), (s, n) -> "");
    assertThat(page).contains("/* &lt;never&gt; */").contains("alone, word");
  }

  @Test
  public void countsOfAnotherProgramAreRefused() throws Exception {
    Path wrong = Files.createDirectories(folder.resolve("counts/wrong"));
    Files.writeString(wrong.resolve("drivers#dax#kmem.gcda"), "these are no counts");
    assertThatThrownBy(() -> SourceCoverage.of(notes, Map.of(wrong, "wrong")))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("the counts cannot be read: drivers#dax#kmem.gcda: it is no file of");
    Files.delete(wrong.resolve("drivers#dax#kmem.gcda"));
    Files.delete(wrong);
  }

  /** What is worked out of the counters alone is what gcov tells. */
  @Test
  public void whatRanIsWhatGcovTells() throws Exception {
    KernelCode code = new KernelCode(notes);
    assertThat(code.branches()).isEqualTo(4);
    assertThat(code.functions()).containsExactly(new KernelCode.Function("main", SOURCE, 1, 8));
    for (List<String> words : List.of(List.<String>of(), List.of("x"))) {
      Path counts = counted("compared", words.toArray(String[]::new));
      Map<String, byte[]> data =
          Map.of(
              "drivers#dax#kmem.gcda", Files.readAllBytes(counts.resolve("drivers#dax#kmem.gcda")));
      List<Integer> lines = new ArrayList<>();
      List<KernelCode.Branch> branches = new ArrayList<>();
      try (Gcov gcov = new Gcov(notes)) {
        gcov.read(data)
            .get(SOURCE)
            .forEach(
                (n, line) -> {
                  if (line.count() > 0) {
                    lines.add(n);
                  }
                  for (int i = 0; i < line.branches().size(); i++) {
                    if (line.branches().get(i) > 0) {
                      branches.add(new KernelCode.Branch(SOURCE, n, i + 1));
                    }
                  }
                });
      }
      KernelCode.Ran ran = code.ran(data);
      assertThat(ran.lines().get(SOURCE)).containsExactlyElementsOf(lines);
      assertThat(ran.branches()).containsExactlyInAnyOrderElementsOf(branches);
      deleteCounts(counts);
    }
  }

  @Test
  public void countersThatAreCutOffOrOfAnotherBuildAreRefused() throws Exception {
    Path counts = counted("cut");
    byte[] whole = Files.readAllBytes(counts.resolve("drivers#dax#kmem.gcda"));
    deleteCounts(counts);
    KernelCode code = new KernelCode(notes);
    byte[] cut = Arrays.copyOf(whole, whole.length - 9);
    assertThatThrownBy(() -> code.ran(Map.of("drivers#dax#kmem.gcda", cut)))
        .isInstanceOf(IOException.class)
        .hasMessage("drivers#dax#kmem.gcda: it ends within a record");
    byte[] other = whole.clone();
    other[8]++; // the stamp of the build
    assertThatThrownBy(() -> code.ran(Map.of("drivers#dax#kmem.gcda", other)))
        .hasMessage("drivers#dax#kmem.gcda: it is of another build");
    assertThat(code.ran(Map.of("drivers#dax#other.gcda", cut)).branches()).isEmpty();
  }

  @Test
  public void aFunctionIsToldAloneAndASourceThatWasNeverLoadedAsSuch() throws Exception {
    Path counts = counted("alone");
    SourceCoverage coverage = SourceCoverage.of(notes, Map.of(counts, "alone"));
    deleteCounts(counts);
    Source source = coverage.sources().get(SOURCE);
    KernelCode.Function part = new KernelCode.Function("part", SOURCE, 1, 4);
    assertThat(SourceCoverageText.function(part, source, n -> ""))
        .startsWith("part, drivers/dax/kmem.c:1-4\n")
        .contains(" 2 of    3 ( 66.7 %) of lines,    1 of    2 ( 50.0 %) of branches")
        .contains("kmem.c:4: never run")
        .doesNotContain("kmem.c:6");
    SourceCoverage none = SourceCoverage.of(notes, Map.of());
    assertThat(SourceCoverageText.table(none)).matches("drivers/dax/kmem.c +never loaded\n");
  }

  private static void deleteCounts(Path counts) throws IOException {
    Files.delete(counts.resolve("drivers#dax#kmem.gcda"));
    Files.delete(counts);
  }

  @Test
  public void whatTheTableArguesStandsAtItsLine() throws Exception {
    String source = "static int f(int a)\n{\n\tif (a)\n\t\treturn 1;\n\treturn 0;\n}\n";
    DriverBranches.Branch branch = DriverBranches.of(source).get(0);
    BranchTable table =
        BranchTable.read(
            "t.yaml",
            "- function: f\n  branch: "
                + branch.name()
                + "\n  asks: a\n  ways:\n    yes:\n      why_not: Nobody says so.\n"
                + "    no:\n      scenarios: [x]\n");
    Arguments arguments = new Arguments(table, List.of(source.split("\n")));
    assertThat(arguments.of(3)).isEqualTo("Nobody says so.");
    assertThat(arguments.of(4)).isEmpty();
  }
}
