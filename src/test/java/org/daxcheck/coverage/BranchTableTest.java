package org.daxcheck.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.daxcheck.scenario.BranchTable;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * The newest driver has no branch that reports/branches.yaml does not know, and the table none that
 * is gone; the scenarios it names are there. The source is the one that qemu/kmem-build builds,
 * which fetches it where it is not here yet.
 */
public class BranchTableTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();
  private static final long MINUTES = 20;

  /** A driver of ours, on which the test is tried. */
  private static final String SOURCE =
      """
      /* if (this) is a comment */
      #define LIMIT(x) ((x) > 4 ? 4 : (x))

      #ifdef CONFIG_REMOVE
      static int unplug(struct dev *dev)
      {
      	int i;

      	for (i = 0; i < dev->ranges; i++) {
      		if (!dev->res[i] || too_small(dev, i)) // if not
      			continue;
      		while (busy(dev))
      			wait(dev, "if (in a string) { ");
      	}
      	return 0;
      }
      #else
      static int unplug(struct dev *dev)
      {
      	return -EBUSY;
      }
      #endif

      static int bind(struct dev *dev)
      {
      	switch (dev->state) {
      	case OFFLINE:
      		return 0;
      	default:
      		break;
      	}
      	if (WARN(dev->state != NEW && dev->state != OLD, "state"))
      		goto out;
      	list_for_each_entry(range, &dev->list, node)
      		add(range, dev->name ?: "none");
      	return dev->state == NEW ||
      	       dev->state == OLD;
      out:
      	return dev->wide ? 1 : 2;
      }
      """;

  private static final String KNOWN = table(SOURCE);
  private static final Set<String> NAMES = Set.of("a", "b");

  @Test
  public void theTableKnowsEveryBranchOfTheNewestDriver() throws Exception {
    Catalogue catalogue = Catalogue.load(HOME.resolve("suites/rules.yaml"));
    Set<String> names =
        Scenarios.load(List.of(HOME.resolve("suites")), catalogue).stream()
            .map(Scenario::name)
            .collect(Collectors.toSet());
    BranchTable table = BranchTable.load(HOME.resolve("reports/branches.yaml"));
    assertThat(problems(DriverBranches.of(newestDriver()), table, names))
        .as("reports/branches.yaml beside the newest driver")
        .isEmpty();
  }

  /** The source of the driver; kmem-build says a change of every line as a patch, so all of it. */
  private static String newestDriver() throws Exception {
    Path folder = Files.createTempDirectory("daxcheck-branches");
    Path edit = Files.writeString(folder.resolve("every-line.sed"), "s/$/ /\n");
    Path out = folder.resolve("diff");
    Path err = folder.resolve("words");
    Process process =
        new ProcessBuilder(
                HOME.resolve("qemu/kmem-build").toString(), "--diff", "--edit", edit.toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("kmem-build ends").isTrue();
      assertThat(process.exitValue()).as(Files.readString(err)).isZero();
      String source =
          Files.readString(out)
              .lines()
              .skip(2)
              .filter(line -> line.startsWith("-"))
              .map(line -> line.substring(1) + "\n")
              .collect(Collectors.joining());
      assertThat(source).as("the whole driver").contains("module_init(", "module_exit(");
      return source;
    } finally {
      process.destroyForcibly();
      for (Path file : List.of(edit, out, err, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** What keeps the table from being true, a sentence each. */
  private static List<String> problems(
      List<DriverBranches.Branch> source, BranchTable table, Set<String> scenarios) {
    List<String> problems = new ArrayList<>();
    Map<String, BranchTable.Branch> known = new HashMap<>();
    table.branches().forEach(b -> known.put(b.function() + ", " + b.name(), b));
    Set<String> seen = new HashSet<>();
    for (DriverBranches.Branch branch : source) {
      String name = branch.function() + ", " + branch.name();
      seen.add(name);
      BranchTable.Branch entry = known.get(name);
      if (entry == null) {
        problems.add(name + ", line " + branch.line() + ": the table does not know it");
      } else if (!entry.ways().keySet().equals(new LinkedHashSet<>(branch.kind().ways()))) {
        problems.add(
            name
                + ", line "
                + branch.line()
                + ": the table has the ways "
                + entry.ways().keySet()
                + ", it has "
                + branch.kind().ways());
      }
    }
    for (BranchTable.Branch entry : table.branches()) {
      String name = entry.function() + ", " + entry.name();
      if (!seen.contains(name)) {
        problems.add(name + ": the driver has it no longer");
      }
      entry
          .ways()
          .forEach(
              (way, taken) ->
                  taken.scenarios().stream()
                      .filter(s -> !scenarios.contains(s))
                      .forEach(s -> problems.add(name + ", " + way + ": no scenario " + s)));
    }
    return problems;
  }

  private static List<String> problems(String source, String table) throws Exception {
    return problems(DriverBranches.of(source), BranchTable.read("t.yaml", table), NAMES);
  }

  /** A table that knows all branches of a source. */
  private static String table(String source) {
    StringBuilder text = new StringBuilder();
    try {
      for (DriverBranches.Branch b : DriverBranches.of(source)) {
        text.append("- function: ").append(b.function()).append('\n');
        text.append("  branch: ").append(b.name()).append("\n  asks: something\n  ways:\n");
        b.kind().ways().forEach(w -> text.append("    " + w + ": {scenarios: [a, b]}\n"));
      }
    } catch (ParseException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  private static String at(String text) {
    return Integer.toString((int) SOURCE.substring(0, SOURCE.indexOf(text)).lines().count());
  }

  @Test
  public void everyKindOfBranchIsFound() throws Exception {
    assertThat(DriverBranches.of(SOURCE))
        .extracting(b -> b.function() + " " + b.kind().text() + " " + text(b))
        .containsExactlyInAnyOrder(
            "unplug build CONFIG_REMOVE",
            "unplug loop i < dev->ranges",
            "unplug if !dev->res[i]",
            "unplug if too_small(dev, i)",
            "unplug loop busy(dev)",
            "bind case case OFFLINE",
            "bind case default",
            "bind if WARN(dev->state != NEW && dev->state != OLD, \"state\")",
            "bind if dev->state != NEW",
            "bind if dev->state != OLD",
            "bind loop range, &dev->list, node",
            "bind choice dev->name",
            "bind if dev->state == NEW",
            "bind if dev->state == OLD",
            "bind label out",
            "bind choice dev->wide",
            "macro LIMIT choice (x) > 4");
  }

  private static String text(DriverBranches.Branch branch) {
    return SOURCE.substring(branch.begin(), branch.end());
  }

  @Test
  public void aTableOfAllBranchesIsTrue() throws Exception {
    assertThat(problems(SOURCE, KNOWN)).isEmpty();
  }

  /** Edits of the source that leave its branches as they are. */
  @DataProvider
  static Object[][] harmless() {
    return new Object[][] {
      {"// if not", "/* if (so) goto out; */"},
      {"i < dev->ranges", "i  <\n\t\t\t/* all */ dev->ranges"},
      {"if (in a string) { ", "another text"},
      {"return -EBUSY;", "return -EAGAIN;"},
      {"\tint i;\n", "\tint i, added = 0;\n\tstruct range r = { .start = 0 };\n"},
    };
  }

  @Test(dataProvider = "harmless")
  public void otherTextIsNoBranch(String old, String now) throws Exception {
    assertThat(SOURCE).contains(old);
    assertThat(problems(SOURCE.replace(old, now), KNOWN)).isEmpty();
  }

  /** Edits that bring one branch more, and what is told of it. */
  @DataProvider
  static Object[][] more() {
    return new Object[][] {
      {"int i;", "int i;\n\n\tif (dev->gone)\n\t\treturn 0;", "unplug, if HASH"},
      {"int i;", "int i;\n\n\tif (!dev->res[i])\n\t\treturn 0;", "unplug, if HASH 2"},
      {"int i;", "int i;\n\n\tdo { next(dev); } while (dev->gone);", "unplug, loop HASH"},
      {"int i;", "int i = dev->gone ? 1 : 2;", "unplug, choice HASH"},
      {"int i;", "int i = dev->gone && dev->old(dev);", "unplug, if HASH"},
      {"int i;", "int i;\n\n\tfor (;;) { if (a(dev)) break; }", "unplug, if HASH"},
      {"int i;", "int i;\n#if IS_ENABLED(CONFIG_MORE)\n\tmore(dev);\n#endif", "unplug, build HASH"},
      {"case OFFLINE:", "case OFFLINE:\n\tcase ONLINE:", "bind, case HASH"},
      {"\treturn -EBUSY;", "err:\n\treturn -EBUSY;", "unplug, label HASH"},
      {"static int bind", "#define ODD(x) (0 ?: (x))\nstatic int bind", "macro ODD, choice HASH"},
      {
        "return -EBUSY;\n}\n",
        "return -EBUSY;\n}\nstatic int a(int b)\n{\n\treturn !b ?: 2;\n}\n",
        "a, choice HASH"
      },
    };
  }

  @Test(dataProvider = "more")
  public void aBranchMoreIsToldWithItsFunctionAndLine(String old, String now, String told)
      throws Exception {
    assertThat(SOURCE).contains(old);
    assertThat(problems(SOURCE.replace(old, now), KNOWN))
        .isNotEmpty()
        .allMatch(
            p ->
                p.matches(
                    told.replace("HASH", "[0-9a-f]{8}")
                        + ", line \\d+: the table does not know it"));
  }

  @Test
  public void theLineIsThatOfTheCondition() throws Exception {
    String source = SOURCE.replace("busy(dev)", "held(dev)");
    assertThat(problems(source, KNOWN))
        .hasSize(2)
        .anyMatch(p -> p.contains(", line " + at("busy(dev)") + ": the table does not know it"))
        .anyMatch(p -> p.matches("unplug, loop [0-9a-f]{8}: the driver has it no longer"));
  }

  @Test
  public void anOperandMoreIsABranchMore() throws Exception {
    String source = SOURCE.replace("|| too_small(dev, i)", "|| (gone(dev) && too_small(dev, i))");
    assertThat(problems(source, KNOWN))
        .singleElement()
        .asString()
        .startsWith("unplug, if ")
        .endsWith(", line " + at("too_small") + ": the table does not know it");
  }

  @Test
  public void aBranchThatIsGoneIsTold() throws Exception {
    String source = SOURCE.replace(" || too_small(dev, i)", "");
    assertThat(problems(source, KNOWN))
        .singleElement()
        .asString()
        .matches("unplug, if [0-9a-f]{8}: the driver has it no longer");
  }

  @Test
  public void aScenarioThatIsNotThereIsTold() throws Exception {
    assertThat(
            problems(SOURCE, KNOWN.replaceFirst("end: \\{scenarios: \\[a", "end: {scenarios: [c")))
        .singleElement()
        .asString()
        .matches("unplug, loop [0-9a-f]{8}, end: no scenario c");
  }

  @Test
  public void aWayThatIsMissingIsTold() throws Exception {
    assertThat(problems(SOURCE, KNOWN.replaceFirst(" {4}none: .*\n", "")))
        .singleElement()
        .asString()
        .contains("the table has the ways [round, end], it has [round, end, none]");
  }

  /** Faults of a table, and where they are. */
  @DataProvider
  static Object[][] errors() {
    String both = "{scenarios: [a], why_not: Why.}";
    return new Object[][] {
      {"{scenarios: [a, b]}", "{}", "5:10: found neither of 'scenarios' and 'why_not'"},
      {"{scenarios: [a, b]}", "{scenarios: []}", "5:10: found neither of 'scenarios' and"},
      {"{scenarios: [a, b]}", both, "5:10: found both 'scenarios' and 'why_not'"},
      {"asks: something", "ask: something", "3:3: found 'ask', expected function, branch, asks"},
      {"branch: ", "branch: x", "2:11: found 'x"},
      {"    yes: ", "    maybe: ", "5:5: found 'maybe', expected yes, no, round, end, none"},
    };
  }

  @Test(dataProvider = "errors")
  public void anErrorOfTheTableIsToldWithItsPlace(String good, String bad, String error) {
    assertThat(KNOWN).contains(good);
    String table = KNOWN.replaceFirst(java.util.regex.Pattern.quote(good), bad);
    assertThatThrownBy(() -> BranchTable.read("t.yaml", table))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("t.yaml:" + error);
    String first = KNOWN.substring(0, KNOWN.indexOf("\n- ") + 1);
    assertThatThrownBy(() -> BranchTable.read("t.yaml", KNOWN + first))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("a second time");
  }

  @Test
  public void aSourceThatCannotBeFollowedIsTold() {
    assertThatThrownBy(() -> DriverBranches.of(SOURCE.replace("\treturn 0;\n}\n#else", "#else")))
        .isInstanceOf(ParseException.class)
        .hasMessageMatching("line \\d+: nothing closes this \\{");
  }
}
