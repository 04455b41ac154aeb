package org.daxcheck.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** Results survive the end of the program, however it comes. */
public class LedgerTest {
  private static final Ledger.Key KEY = new Ledger.Key("kernel 1", "rules", 1, false);

  private Path file;

  @BeforeMethod
  public void make() throws IOException {
    file = Files.createTempFile("daxcheck-ledger", ".jsonl");
  }

  @AfterMethod(alwaysRun = true)
  public void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  private static FaultResult result(String fault) {
    return new FaultResult(
        fault,
        "hash",
        "inputs",
        List.of("ATTR-6"),
        FaultResult.Verdict.KILLED,
        List.of(new FaultResult.Kill("scenario", "cxl", List.of("ATTR-6"), true)),
        3,
        "",
        1200,
        new Selftest(Selftest.Result.FAIL, 9, List.of("1 x"), 0, ""));
  }

  private void write() throws IOException {
    try (Ledger ledger = Ledger.open(file, KEY, false)) {
      ledger.add(result("one"));
      ledger.addStock("scenario.cxl", "PASS");
      ledger.addStock("cxl", new Selftest(Selftest.Result.PASS, 10, List.of(), 0, ""));
    }
  }

  @Test
  public void givesBackWhatItWasGiven() throws IOException {
    write();
    try (Ledger again = Ledger.open(file, KEY, true)) {
      assertThat(again.results()).containsOnlyKeys("one").containsValue(result("one"));
      assertThat(again.stock()).containsEntry("scenario.cxl", "PASS").hasSize(1);
      assertThat(again.selftests()).containsOnlyKeys("cxl");
    }
  }

  @Test
  public void aLineThatWasCutOffIsDropped() throws IOException {
    write();
    Files.writeString(file, "{\"key\":{\"kern", StandardOpenOption.APPEND);
    try (Ledger again = Ledger.open(file, KEY, true)) {
      again.add(result("two"));
    }
    try (Ledger again = Ledger.open(file, KEY, true)) {
      assertThat(again.results()).containsOnlyKeys("one", "two");
    }
  }

  @Test
  public void ofAnotherKernelNothingCounts() throws IOException {
    write();
    Ledger.Key other = new Ledger.Key("kernel 2", "rules", 1, false);
    try (Ledger again = Ledger.open(file, other, true)) {
      assertThat(again.results()).isEmpty();
      assertThat(again.stock()).isEmpty();
      assertThat(again.selftests()).isEmpty();
    }
  }

  @Test
  public void beginsAnewUnlessAskedToGoOn() throws IOException {
    write();
    try (Ledger again = Ledger.open(file, KEY, false)) {
      assertThat(again.results()).isEmpty();
    }
    assertThat(file).isEmptyFile();
  }
}
