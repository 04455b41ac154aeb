package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.daxcheck.abi.Dialect;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** A run whose files were cut or altered is told in sentences, and none of it is a pass by that. */
public class DamagedRunTest {
  private static final long SEED = 20261130;
  private static final int TIMES = 24;
  private static final String TRACE = "traces/model/cxl/from-unplugged.jsonl";
  private static final List<String> OTHER = List.of("null", "-1", "\"\"", "[]", "{}", "\"nope\"");

  private Path folder;
  private Path run;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-damage");
    run = Finished.run(folder.resolve("run"), Dialect.LINUX_7_3, 1, "unbind/from-unplugged.kmem");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    Finished.delete(folder);
  }

  private enum Damage {
    CUT,
    FLIPPED,
    OTHER_VALUE
  }

  @DataProvider
  public Object[][] damages() {
    return Arrays.stream(Damage.values())
        .flatMap(d -> List.of("run.json", TRACE).stream().map(f -> new Object[] {d, f}))
        .toArray(Object[][]::new);
  }

  private static byte[] damaged(Damage damage, byte[] whole, Random random) {
    return switch (damage) {
      case CUT -> Arrays.copyOf(whole, random.nextInt(whole.length - 1));
      case FLIPPED -> {
        byte[] other = whole.clone();
        other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        yield other;
      }
      case OTHER_VALUE -> {
        // The value behind a colon, where it is a plain one.
        String text = new String(whole, StandardCharsets.UTF_8);
        var values =
            java.util.regex.Pattern.compile("(?<=\"\\s{0,1}:)\\s?(\"[^\"]*\"|-?\\d+|true|false)");
        List<java.util.regex.MatchResult> all = values.matcher(text).results().toList();
        var one = all.get(random.nextInt(all.size()));
        String value = OTHER.get(random.nextInt(OTHER.size()));
        yield (text.substring(0, one.start()) + value + text.substring(one.end()))
            .getBytes(StandardCharsets.UTF_8);
      }
    };
  }

  private record Ended(int code, String out, String err) {}

  /** By the whole command line: what is no sentence is a stack trace there. */
  private static Ended daxcheck(Object... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    try (PrintStream o = new PrintStream(said, true, StandardCharsets.UTF_8);
        PrintStream e = new PrintStream(complained, true, StandardCharsets.UTF_8)) {
      System.setOut(o);
      System.setErr(e);
      int code = Main.status(Arrays.stream(words).map(Object::toString).toArray(String[]::new));
      return new Ended(
          code, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test(dataProvider = "damages")
  public void whateverIsReadOfItIsToldInSentences(Damage damage, String file) throws Exception {
    Random random = new Random(SEED + damage.ordinal());
    byte[] whole = Files.readAllBytes(run.resolve(file));
    try {
      for (int i = 0; i < TIMES; i++) {
        byte[] bad = damaged(damage, whole, random);
        Files.write(run.resolve(file), bad);
        String what =
            damage
                + " "
                + i
                + " of "
                + file
                + ":\n"
                + new String(bad, 0, Math.min(bad.length, 4000), StandardCharsets.UTF_8);
        Finished.delete(folder.resolve("judged"));
        for (Ended ended :
            List.of(
                daxcheck("judge", run, "--out", folder.resolve("judged")),
                daxcheck("report", run, "--out", folder.resolve("page.html")),
                daxcheck("show", run, "from-unplugged"),
                daxcheck("diff", run, run),
                daxcheck("coverage", run))) {
          assertThat(ended.code()).as(what).isBetween(0, 4);
          assertThat(ended.err() + ended.out())
              .as(what)
              .doesNotContain(
                  "Exception", "\tat ", "internal error", "java.", "org.daxcheck", "No enum");
        }
      }
    } finally {
      Files.write(run.resolve(file), whole);
    }
  }

  @Test
  public void aCutTraceIsNoPass() throws Exception {
    byte[] whole = Files.readAllBytes(run.resolve(TRACE));
    Random random = new Random(SEED);
    try {
      for (int i = 0; i < TIMES; i++) {
        Files.write(run.resolve(TRACE), Arrays.copyOf(whole, random.nextInt(whole.length - 1)));
        Finished.delete(folder.resolve("judged"));
        Ended judged = daxcheck("judge", run, "--out", folder.resolve("judged"));
        assertThat(judged.code()).as(judged.out()).isEqualTo(2);
      }
    } finally {
      Files.write(run.resolve(TRACE), whole);
    }
  }
}
