package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.testng.annotations.Test;

/** A file that stands for many scenarios, one for each allocation that fails. */
public class SweepTest {
  private static final String FILE =
      """
      KMEM short
      # Why.
      rule: REFUSE-1 (doc, "words")
      requires: fail-nth

      # a comment: fail slab 1..3 of unbind
      fail slab 2..4 of write online  -> ok | ENOMEM
      write unplugged  -> ok
      """;

  @Test
  public void eachNumberIsAScenarioAndTheLastMustMiss() throws Exception {
    List<Scenario> all =
        Parser.all("x/short.kmem", FILE, CatalogueTest.catalogue("REFUSE-1"), false);
    assertThat(all).extracting(Scenario::name).containsExactly("short-2", "short-3", "short-4");
    assertThat(all)
        .extracting(s -> StepText.of(s.lines().get(0).step()))
        .containsExactly(
            "fail slab 2 of write online",
            "fail slab 3 of write online",
            "fail slab 4 of write online");
    assertThat(all)
        .extracting(s -> StepText.of(s.lines().get(0).step(), s.lines().get(0).expected()))
        .containsExactly("ok | ENOMEM", "ok | ENOMEM", "missed");
    assertThat(all).allSatisfy(s -> assertThat(s.lines().get(0).number()).isEqualTo(7));
    assertThat(all).allSatisfy(s -> assertThat(s.file()).isEqualTo("x/short.kmem"));
  }

  @Test
  public void eachCanBeReadAgainByWhoJudgesItsTrace() throws Exception {
    Catalogue catalogue = CatalogueTest.catalogue("REFUSE-1");
    Scenario third = Parser.all("x/short.kmem", FILE, catalogue, false).get(1);
    assertThat(Parser.tried("x/short.kmem", third.source(), catalogue)).isEqualTo(third);
  }

  @Test
  public void noFileMayCallItselfAfterANumber() throws Exception {
    Path folder = Files.createTempDirectory("sweep");
    try {
      Path file =
          Files.writeString(
              folder.resolve("short.kmem"), FILE.replace("KMEM short", "KMEM short-2"));
      assertThatThrownBy(() -> Scenarios.load(List.of(file), CatalogueTest.catalogue("REFUSE-1")))
          .hasMessageContaining("short.kmem:1:6: found 'short-2', expected the name of the file");
      Files.delete(file);
    } finally {
      Files.delete(folder);
    }
  }
}
