package org.daxcheck.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * The committed record of reports/kill-matrix.yaml speaks of every fault of qemu/faults as it is
 * now, and none of them survives without an argument. Whoever adds or changes a fault runs {@code
 * ./daxcheck mutants NAME --resume --write reports}.
 */
public class KillMatrixTest {
  private static final Path HOME = Path.of(System.getProperty("daxcheck.home", "."));

  private KillMatrix record;
  private Map<String, KillMatrix.Row> rows;

  @BeforeClass
  public void read() throws Exception {
    record = KillMatrix.read(HOME.resolve("reports/kill-matrix.yaml"));
    rows =
        record.faults().stream()
            .collect(Collectors.toMap(KillMatrix.Row::fault, Function.identity()));
  }

  @DataProvider
  public Object[][] faults() throws Exception {
    return DriverFault.all(HOME.resolve("qemu/faults")).stream()
        .map(f -> new Object[] {f.name(), f})
        .toArray(Object[][]::new);
  }

  @Test(dataProvider = "faults")
  public void everyFaultIsNoticedOrArgued(String name, DriverFault fault) {
    assertThat(rows).containsKey(name);
    KillMatrix.Row row = rows.get(name);
    assertThat(row.hash()).as("the fault as it was tried").isEqualTo(fault.hash());
    assertThat(row.verdict()).isEqualTo(fault.unseen().isPresent() ? "argued" : "killed");
  }

  @Test
  public void whatIsNotTriedAgainKeepsItsRow() throws Exception {
    KillMatrix nothing =
        KillMatrix.of(
            DriverFault.all(HOME.resolve("qemu/faults")),
            Map.of(),
            Map.of(),
            record.kernel(),
            record.date());
    assertThat(nothing.faults()).allMatch(r -> r.verdict().equals("missing"));
    assertThat(nothing.keeping(record)).isEqualTo(record);
    KillMatrix other = new KillMatrix("another", record.date(), Map.of(), record.faults());
    assertThat(nothing.keeping(other)).isEqualTo(nothing);
  }

  @Test
  public void nothingElseIsInIt() throws Exception {
    assertThat(rows.keySet())
        .isEqualTo(
            DriverFault.all(HOME.resolve("qemu/faults")).stream()
                .map(DriverFault::name)
                .collect(Collectors.toSet()));
    assertThat(record.kernel()).isNotBlank();
  }
}
