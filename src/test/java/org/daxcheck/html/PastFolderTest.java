package org.daxcheck.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** What runs are called side by side. */
public class PastFolderTest {
  @DataProvider
  public Object[][] folders() {
    return new Object[][] {
      {List.of("/a/one", "/b/two"), List.of("one", "two")},
      {List.of("/a/out", "/b/out", "/c/x"), List.of("a/out", "b/out", "x")},
      {List.of("/a/r/out", "/b/r/out"), List.of("a/r/out", "b/r/out")},
      {List.of("/out", "/a/out"), List.of("out (1)", "a/out")},
      {List.of("/a/out", "/a/out"), List.of("a/out (1)", "a/out (2)")},
    };
  }

  @Test(dataProvider = "folders")
  public void runsNamedAlikeAreToldApart(List<String> folders, List<String> names) {
    List<PastFolder> runs =
        Stream.iterate(0, i -> i < folders.size(), i -> i + 1)
            .map(folders::get)
            .map(Path::of)
            .map(f -> new PastFolder(f.resolve("run.json"), f, null, null, ""))
            .toList();
    assertThat(PastFolder.named(runs)).extracting(PastFolder::name).isEqualTo(names);
  }
}
