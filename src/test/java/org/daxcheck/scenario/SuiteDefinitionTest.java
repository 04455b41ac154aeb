package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Suites and the loading of scenario files, on a small tree of files. */
public class SuiteDefinitionTest {
  private Path suites;

  @BeforeMethod
  public void makeTree() throws IOException {
    suites = Files.createTempDirectory("suites");
    for (String name : List.of("word/b", "word/a", "attr/c")) {
      Path file = suites.resolve(name + ".kmem");
      Files.createDirectories(file.getParent());
      Files.writeString(file, scenario(name.substring(5)));
    }
    Files.writeString(suites.resolve("word/notes.txt"), "not a scenario");
  }

  @AfterMethod
  public void removeTree() throws IOException {
    try (Stream<Path> all = Files.walk(suites)) {
      all.sorted(Comparator.reverseOrder()).forEach(SuiteDefinitionTest::delete);
    }
  }

  @Test
  public void includesAndExcludesInTheirOrder() throws Exception {
    SuiteDefinition suite =
        load(
            "# A suite.\n\ninclude **.kmem\n  exclude word/*\ninclude word/a.kmem\n"
                + "topology cxl cxl-ranges\n");
    assertThat(suite.name()).isEqualTo("x");
    assertThat(suite.scenarios())
        .containsExactly(suites.resolve("attr/c.kmem"), suites.resolve("word/a.kmem"));
    assertThat(suite.topologies()).containsExactly("cxl", "cxl-ranges");
  }

  @Test
  public void keepsTheLinesThatAskForGeneratedScenarios() throws Exception {
    SuiteDefinition suite = load("# Nothing but what is generated.\ncomplete 2  words\n");
    assertThat(suite.scenarios()).isEmpty();
    SuiteDefinition.Generated line = suite.generated().get(0);
    assertThat(line.kind()).isEqualTo("complete");
    assertThat(line.arguments())
        .containsExactly(
            new SuiteDefinition.Argument("2", 10), new SuiteDefinition.Argument("words", 13));
    assertThat(line.error(1, "an alphabet"))
        .hasMessage(suites.resolve("x.suite") + ":2:13: found 'words', expected an alphabet");
    assertThat(line.error(2, "nothing"))
        .hasMessage(
            suites.resolve("x.suite") + ":2:18: found the end of the line, expected nothing");
  }

  @Test
  public void aGateIsALineOfItsOwn() throws Exception {
    assertThat(load("nothing may be skipped\ninclude word/*\n").gate()).isTrue();
    assertThat(load("include word/*\n").gate()).isFalse();
  }

  @DataProvider
  static Iterator<Object[]> errors() {
    return Stream.of(
            row("nothing can be skipped", "1:9: found 'can', expected 'may'"),
            row("nothing may be", "1:15: found the end of the line, expected 'skipped'"),
            row(
                "nothing may be skipped twice",
                "1:24: found 'twice', expected the end of 'nothing may be skipped'"),
            row(
                "nothing may be skipped\ninclude word/*\nnothing may be skipped",
                "3:1: found 'nothing may be skipped' twice; keep one"),
            row(
                "inclued a",
                "1:1: found 'inclued', expected include, exclude, topology, nothing, complete or walks;"
                    + " did you"
                    + " mean 'include'?"),
            row("complete \"1\"", "1:10: found \"1\", expected a word or a number"),
            row(
                "# a\n  include",
                "2:10: found the end of the line, expected a glob such as" + " refuse/*.kmem"),
            row(
                "include  word/z*",
                "1:10: found no scenario for 'word/z*', expected a glob such"
                    + " as refuse/*.kmem"),
            row(
                "include *.txt",
                "1:9: found no scenario for '*.txt', expected a glob such as" + " refuse/*.kmem"),
            row(
                "include word/*\nexclude attr/*",
                "2:9: found no scenario for 'attr/*', expected a" + " glob such as refuse/*.kmem"),
            row("include word/[a", "1:9: found 'word/[a', which is no glob: Missing ']"),
            row(
                "include word/*\ntopology",
                "2:9: found the end of the line, expected the name of"
                    + " a topology, such as cxl"),
            row("topology CXL", "1:10: found 'CXL', expected the name of a topology, such as cxl"),
            row("topology cxl\ntopology cxl", "2:10: found 'cxl' twice; keep one"),
            row(
                "topology cxl\n",
                "2:1: found no scenario left in this suite, expected 'include" + " GLOB'"),
            row(
                "include word/*\nexclude word/*\n",
                "3:1: found no scenario left in this suite," + " expected 'include GLOB'"))
        .iterator();
  }

  @Test(dataProvider = "errors")
  public void anErrorIsToldWithItsPlace(String text, String error) {
    assertThatThrownBy(() -> load(text))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(suites.resolve("x.suite") + ":" + error);
  }

  @Test
  public void loadsEachScenarioOnce() throws Exception {
    Catalogue catalogue = CatalogueTest.catalogue("ATTR-1");
    List<Path> given = List.of(suites.resolve("word/b.kmem"), suites, suites.resolve("word"));
    assertThat(Scenarios.load(given, catalogue))
        .extracting(Scenario::name)
        .containsExactly("b", "c", "a");
  }

  @Test
  public void filesThatCannotBeLoadedAreTold() throws Exception {
    Catalogue catalogue = CatalogueTest.catalogue("ATTR-1");
    Path missing = suites.resolve("no.kmem");
    assertThatThrownBy(() -> Scenarios.load(List.of(missing), catalogue))
        .hasMessage(missing + ": no such file");
    Path empty = Files.createDirectory(suites.resolve("empty"));
    assertThatThrownBy(() -> Scenarios.load(List.of(empty), catalogue))
        .hasMessage(empty + ": found no scenario in this folder, expected *.kmem files");
    Path again = suites.resolve("attr/a.kmem");
    Files.writeString(again, scenario("a"));
    assertThatThrownBy(() -> Scenarios.load(List.of(suites), catalogue))
        .hasMessage(
            suites.resolve("word/a.kmem")
                + ":1:6: found the name 'a' also in "
                + again
                + "; rename one");
  }

  private SuiteDefinition load(String text) throws Exception {
    return SuiteDefinition.load(Files.writeString(suites.resolve("x.suite"), text));
  }

  private static String scenario(String name) {
    return "KMEM " + name + "\n# Why.\nrule: ATTR-1 (doc, clause)\n\nread\n";
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object[] row(Object... cells) {
    return cells;
  }
}
