package org.daxcheck.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.testng.annotations.Test;

/** Runs that stand side by side can be told apart by their names. */
public class RunNamesTest {
  private static List<String> names(String... folders) {
    return RunNames.of(List.of(folders).stream().map(Path::of).toList());
  }

  @Test
  public void aFolderIsCalledByItsOwnName() {
    assertThat(names("/runs/stock", "/runs/v4")).containsExactly("stock", "v4");
  }

  @Test
  public void foldersOfOneNameAreToldApartByWhatIsAboveThem() {
    assertThat(names("/runs/a/out", "/runs/b/out", "/runs/c"))
        .containsExactly("a/out", "b/out", "c");
    assertThat(names("/x/a/out", "/y/a/out")).containsExactly("x/a/out", "y/a/out");
  }

  @Test
  public void aRunThatIsNamedTwiceIsCounted() {
    assertThat(names("/runs/a", "/runs/b/../a")).containsExactly("a", "a (2)");
  }
}
