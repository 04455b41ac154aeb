package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;
import picocli.CommandLine;

/** A patch is judged on a real kernel. */
public class PatchCommandTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private Path folder;
  private Path patch;

  @BeforeClass
  public void makeAPatch() throws Exception {
    folder = Files.createTempDirectory("daxcheck-patch-command");
    patch = folder.resolve("bad-word.patch");
    Process build =
        new ProcessBuilder(
                HOME.resolve("qemu/kmem-build").toString(),
                "--diff",
                "--edit",
                HOME.resolve("qemu/faults/bad-word-errno.sed").toString())
            .redirectOutput(patch.toFile())
            .redirectError(folder.resolve("log").toFile())
            .start();
    try {
      assertThat(build.waitFor(20, TimeUnit.MINUTES)).as("kmem-build ends").isTrue();
      assertThat(build.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
    } finally {
      build.destroyForcibly();
    }
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    if (folder != null) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static int execute(Object... words) {
    List<String> all = new ArrayList<>();
    Stream.of(words).map(Object::toString).forEach(all::add);
    CommandLine line = new CommandLine(new PatchCommand());
    line.setExecutionExceptionHandler(
        (e, at, parsed) -> {
          at.getErr().println(e.getMessage());
          return Main.ERROR;
        });
    return line.execute(all.toArray(String[]::new));
  }

  @Test
  public void aPatchThatBreaksARuleLosesItWithTheWayToReproduceIt() throws Exception {
    Path out = folder.resolve("out");
    int exit =
        execute(
            patch,
            HOME.resolve("suites/word/bad-word-while-online.kmem"),
            HOME.resolve("suites/attr/present-while-bound.kmem"),
            "--jobs",
            "1",
            "--out",
            out);
    assertThat(exit).isEqualTo(1);
    JsonNode json = new ObjectMapper().readTree(out.resolve("patch.json").toFile());
    assertThat(json.path("lost")).hasSize(1);
    JsonNode lost = json.path("lost").get(0);
    assertThat(lost.path("rule").asText()).isEqualTo("WORD-2");
    assertThat(lost.path("seen").asText()).isEqualTo("ENOENT");
    assertThat(lost.path("allowed").asText()).isEqualTo("EINVAL");
    assertThat(lost.path("now").toString()).isEqualTo("[\"bad-word-while-online.cxl\"]");
    assertThat(json.path("gained")).isEmpty();
    assertThat(json.path("changed")).hasSize(1);
    assertThat(Files.readString(out.resolve("mail.txt")))
        .contains("WORD-2", "/sys/bus/dax/devices/dax0.0/state", "Reported-by: ");
    for (String run : List.of("patched", "unpatched")) {
      assertThat(out.resolve(run).resolve("run.json")).exists();
      assertThat(out.resolve(run).resolve("traces/qemu/cxl/bad-word-while-online.jsonl")).exists();
    }
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("bad-word-while-online", "unpatched", "patched");
    JsonNode before = new ObjectMapper().readTree(out.resolve("unpatched/run.json").toFile());
    JsonNode now = new ObjectMapper().readTree(out.resolve("patched/run.json").toFile());
    assertThat(now.path("seed")).isEqualTo(before.path("seed"));
    assertThat(before.path("counts").path("pass").asInt()).isEqualTo(2);
  }

  @Test
  public void aTreeWithoutAKernelIsToldBeforeAnythingBoots() throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    assertThat(execute("--tree", tree, "--out", folder.resolve("none"))).isEqualTo(Main.ERROR);
    assertThat(folder.resolve("none")).doesNotExist();
    assertThat(execute()).isEqualTo(Main.ERROR);
    assertThat(execute(patch, "--base-tree", tree)).isEqualTo(Main.ERROR);
  }
}
