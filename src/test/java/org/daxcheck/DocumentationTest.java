package org.daxcheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** README and the pages behind it: short, and every link leads somewhere. */
public class DocumentationTest {
  private static final Path HOME = Path.of(System.getProperty("daxcheck.home", "."));
  private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");
  private static final int LONGEST_README = 100;

  @DataProvider
  public Object[][] pages() throws IOException {
    List<Path> pages =
        new ArrayList<>(
            List.of(
                HOME.resolve("README.md"),
                HOME.resolve("CONTRIBUTING.md"),
                HOME.resolve("suites/README.md"),
                HOME.resolve("qemu/agent/PROTOCOL.md")));
    for (String folder : List.of("docs", "reports")) {
      try (Stream<Path> files = Files.walk(HOME.resolve(folder))) {
        files
            .filter(f -> f.toString().endsWith(".md") && !f.startsWith(HOME.resolve("reports/out")))
            .sorted()
            .forEach(pages::add);
      }
    }
    return pages.stream().map(p -> new Object[] {HOME.relativize(p)}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "pages")
  public void everyLinkLeadsSomewhere(Path page) throws IOException {
    assertThat(broken(HOME.resolve(page))).as("links of %s", page).isEmpty();
  }

  @Test
  public void aLinkToNothingAndAHeadingThatIsNotThereAreFound() throws IOException {
    Path folder = Files.createTempDirectory("daxcheck-pages");
    Path page = folder.resolve("a.md");
    Path other = folder.resolve("b.md");
    try {
      Files.writeString(other, "# What, and why?\n```\n# no heading\n```\n");
      Files.writeString(
          page,
          "# A `b`\n[x](b.md) [x](b.md#what-and-why) [x](#a-b) [x](https://example.org/x)\n"
              + "[x](c.md) [x](b.md#no-heading) [x](#b)\n```\n[x](in-an-example.md)\n```\n");
      assertThat(broken(page)).containsExactly("c.md", "b.md#no-heading", "#b");
    } finally {
      Files.deleteIfExists(page);
      Files.deleteIfExists(other);
      Files.delete(folder);
    }
  }

  @Test
  public void theReadmeIsShortAndBeginsWithTheTwoCommands() throws IOException {
    List<String> lines = Files.readAllLines(HOME.resolve("README.md"));
    assertThat(lines).hasSizeLessThanOrEqualTo(LONGEST_README);
    assertThat(lines).anyMatch(l -> l.matches(" {4}\\./daxcheck run( .*)?"));
    assertThat(lines).anyMatch(l -> l.matches(" {4}\\./daxcheck verify( .*)?"));
  }

  @Test
  public void theReadmeLeadsToEachPage() throws IOException {
    String readme = Files.readString(HOME.resolve("README.md"));
    try (Stream<Path> pages = Files.list(HOME.resolve("docs"))) {
      assertThat(pages.map(p -> "(docs/" + p.getFileName()).toList())
          .isNotEmpty()
          .allSatisfy(link -> assertThat(readme).contains(link));
    }
  }

  private static List<String> broken(Path page) throws IOException {
    List<String> broken = new ArrayList<>();
    Matcher link = LINK.matcher(withoutExamples(Files.readString(page)));
    while (link.find()) {
      String to = link.group(1);
      if (!to.matches("[a-z]+:.*") && !leads(page, to)) {
        broken.add(to);
      }
    }
    return broken;
  }

  private static boolean leads(Path page, String to) throws IOException {
    String[] parts = to.split("#", 2);
    Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    if (!Files.exists(file)) {
      return false;
    }
    return parts.length == 1
        || withoutExamples(Files.readString(file))
            .lines()
            .filter(l -> l.matches("#+ .*"))
            .map(DocumentationTest::anchor)
            .anyMatch(parts[1]::equals);
  }

  /** The name that forges give a heading. */
  private static String anchor(String heading) {
    return heading
        .replaceFirst("#+ ", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  private static String withoutExamples(String text) {
    return text.replaceAll("(?ms)^```.*?^```$", "");
  }
}
