package org.daxcheck.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.mutant.KillMatrix;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.report.Coverage;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.suite.FaultyRuns;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.Trace;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * The HTML report in a real browser, by clicking and typing: a run with passes, divergences, skips
 * and an error, whose kernel log and reasons try to break out of the page.
 */
public class ReportPageTest {
  private static final String ATTACK =
      "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
          + "<svg onload=window.hacked=1> \u0000\u001b[31m \ud800 \u202ereversed";

  private static final List<String> FAULTS =
      List.of("bad word is ENOENT", "failed unplug is not logged");

  private Path folder;
  private Path one;
  private Path two;
  private Browser browser;
  private Run run;

  @BeforeClass
  public void make() throws Exception {
    folder = Files.createTempDirectory("daxcheck-page");
    List<Scenario> scenarios =
        FaultyRuns.scenarios(
            "word",
            "refuse",
            "atomic/failure-is-logged.kmem",
            "atomic/interrupted-rolls-back.kmem",
            "trans/online-movable-to-unplugged.kmem");
    Run made = FaultyRuns.run(scenarios, FAULTS, ReportPageTest::hostile);
    List<Run.Case> cases = new ArrayList<>(made.cases());
    cases.add(
        new Run.Case(
            scenarios.get(0).inFile("suites/<b>bold</b>.kmem"),
            "faulty",
            "cxl",
            Verdict.error(Cause.INFRASTRUCTURE, "guest gone: " + ATTACK),
            Optional.empty(),
            1));
    run = FaultyRuns.of(cases);
    one = FaultyRuns.write(folder.resolve("one"), run);
    two = FaultyRuns.write(folder.resolve("two"), FaultyRuns.run(scenarios, List.of(), t -> t));
    HtmlReport.write(folder.resolve("one.html"), List.of(one), shelf());
    HtmlReport.write(folder.resolve("both.html"), List.of(one, two), shelf());
    Path race =
        FaultyRuns.write(
            folder.resolve("race"),
            FaultyRuns.run(
                FaultyRuns.scenarios("conc/two-writers-of-a-plugged-device.kmem"),
                List.of("hand-offlined blocks stay offline"),
                ReportPageTest::allWin));
    HtmlReport.write(folder.resolve("race.html"), List.of(race), shelf());
    browser = Browser.open();
  }

  /** The trace in which three writers of different words are all told that they came through. */
  private static Trace allWin(Trace trace) {
    List<Trace.Entry> entries = new ArrayList<>();
    for (Trace.Entry e : trace.entries()) {
      Result r = e.reply().result();
      List<Result.ActorResult> actors = new ArrayList<>();
      for (Result.ActorResult a : r.actors()) {
        List<Result> steps = new ArrayList<>();
        for (int i = 0; i < a.steps().size(); i++) {
          Step step = ((Step.Actors) e.step()).actors().get(actors.size()).steps().get(i);
          Result own = a.steps().get(i);
          boolean lost = own.errno().isPresent() && r.actors().size() == 3;
          long length = lost ? ((Step.Write) step).payload().length() : own.value();
          steps.add(
              new Result(
                  length,
                  lost ? Optional.empty() : own.errno(),
                  own.data(),
                  900_000,
                  1_000_000 + 100_000 * actors.size(),
                  false,
                  "",
                  List.of()));
        }
        actors.add(new Result.ActorResult(a.name(), steps, a.stuck()));
      }
      Result changed =
          new Result(
              r.value(), r.errno(), r.data(), r.nanos(), r.started(), false, r.killed(), actors);
      entries.add(
          new Trace.Entry(
              e.phase(),
              e.line(),
              e.text(),
              e.step(),
              new Reply(r.actors().size() == 3 ? changed : r, e.reply().observation())));
    }
    return new Trace(trace.header(), trace.before(), entries);
  }

  private static PageContext shelf() throws Exception {
    Catalogue catalogue = FaultyRuns.catalogue();
    Path reports = Path.of(System.getProperty("daxcheck.home", "."), "reports");
    return new PageContext(
        "0.1.0",
        catalogue,
        Optional.of(Coverage.read(reports.resolve("coverage.yaml"))),
        Optional.of(KillMatrix.read(reports.resolve("kill-matrix.yaml"))));
  }

  /** The trace with a kernel log that tries to break out, at every step that has none. */
  private static Trace hostile(Trace trace) {
    List<Trace.Entry> entries =
        trace.entries().stream()
            .map(
                e -> {
                  Observation o = e.reply().observation();
                  List<Observation.LogLine> log = new ArrayList<>(o.log());
                  log.add(new Observation.LogLine(6, 1_500_000, "kmem says " + ATTACK));
                  return new Trace.Entry(
                      e.phase(),
                      e.line(),
                      e.text(),
                      e.step(),
                      new Reply(e.reply().result(), o.after(log, o.logLost(), o.uevents())));
                })
            .toList();
    return new Trace(trace.header(), trace.before(), entries);
  }

  @AfterClass(alwaysRun = true)
  public void end() throws IOException {
    if (browser != null) {
      browser.close();
    }
    if (folder != null) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @BeforeMethod
  public void wide() {
    browser.size(1280, 900);
    browser.dark(false);
    browser.complaints();
  }

  private void open(String page) {
    browser.load(folder.resolve(page));
  }

  private long cases(Verdict.Status status) {
    return run.cases().stream().filter(c -> c.verdict().status() == status).count();
  }

  /** Whoever opens a page of a run that failed reads why before anything else. */
  @Test
  public void divergencesStandBeforeWhatIsKnownOfTheRest() {
    browser.load(folder.resolve("one.html"));
    assertThat(browser.all("#head #first, #rest > section"))
        .extracting(section -> section.getAttribute("id"))
        .startsWith("first", "divergences", "machine", "rules");
    String first = browser.find("#first h2 a").getText();
    assertThat(browser.all("#divergences h3").get(0).getAttribute("id"))
        .isEqualTo("broken-" + first);
  }

  @Test
  public void theVerdictComesFirstAndIsTheRuns() {
    open("one.html");
    assertThat(browser.find("main h1").getText()).startsWith("\u2717 DIVERGENCE: ");
    long broken =
        run.cases().stream()
            .flatMap(c -> c.verdict().divergences().stream())
            .map(d -> d.rule())
            .distinct()
            .count();
    assertThat(browser.find("main h1").getText()).contains(broken + " rules are broken");
    assertThat(browser.all(".broken a")).hasSize((int) broken);
    String card = browser.all(".card").get(1).getText();
    assertThat(card).contains("faulty", "7.3.4-faulty", "dialect 7.3", "QEMU 10.0.2");
    long skipped =
        run.cases().stream()
            .filter(c -> c.target().equals("faulty"))
            .filter(c -> c.verdict().status() == Verdict.Status.SKIPPED)
            .count();
    assertThat(card).contains(skipped + " skipped", "1 errors");
    assertThat(browser.find(".next").getText()).contains("./daxcheck run suites/");
  }

  @Test
  public void aDivergenceOpensToItsRuleStepsLogAndCommands() throws Exception {
    open("one.html");
    WebElement rule = browser.find("#broken-WORD-2");
    assertThat(rule.getText()).contains("EINVAL");
    WebElement sight = browser.find("#broken-WORD-2 ~ details.sight");
    assertThat(browser.<Long>js("arguments[0].querySelectorAll('table').length", sight)).isZero();
    browser.click(sight.findElement(org.openqa.selenium.By.tagName("summary")));
    browser.waitFor("document.querySelector('#broken-WORD-2 ~ details.sight .steps')");
    String sources = browser.find("#broken-WORD-2 + ul").getText();
    assertThat(sources).contains("mhp_online_type_from_str");
    assertThat(browser.find("#broken-WORD-2 ~ details.sight .facts").getText())
        .contains("ENOENT", "EINVAL");
    WebElement row = browser.find("#broken-WORD-2 ~ details.sight tr.broken");
    assertThat(row.getText()).contains("\u2717 line ", "write", "ENOENT", "EINVAL");
    assertThat(browser.find("#broken-WORD-2 ~ details.sight tr.why").getText())
        .contains("WORD-2", "expected EINVAL");
    assertThat(browser.find("#broken-WORD-2 ~ details.sight pre").getText())
        .contains("kmem says </script>", "\\x00\\x1b[31m");
    String commands = browser.find("#broken-WORD-2 ~ details.sight pre.by-hand").getText();
    assertThat(commands).contains("/sys/bus/dax/devices/dax0.0/state", "# got: ENOENT");
    browser.protocol(
        "Browser.grantPermissions",
        Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
    browser.click("#broken-WORD-2 ~ details.sight button.copy");
    browser.waitFor(
        "document.querySelector('#broken-WORD-2 ~ details.sight .copy').textContent === 'Copied'");
    browser.js("navigator.clipboard.readText().then(t => document.body.dataset.copied = t) && 1");
    browser.waitFor("document.body.dataset.copied !== undefined");
    assertThat(browser.<String>js("document.body.dataset.copied").strip())
        .isEqualTo(commands.strip());
  }

  @Test
  public void theFirstDivergenceIsOpenAndNearTheTop() {
    open("one.html");
    assertThat(browser.<Number>js("document.querySelector('#first').getBoundingClientRect().top"))
        .matches(top -> top.doubleValue() < 600, "at most 600 px down");
    assertThat(browser.find("#first .facts").isDisplayed()).isTrue();
    assertThat(browser.find("#first tr.broken").isDisplayed()).isTrue();
    String again = browser.find(".next code").getText();
    String where = browser.find("#first .facts a").getText();
    assertThat(again).as("the same case as the command").contains("/" + where.split("\\.")[0]);
  }

  @Test
  public void paperShowsTheStepsOfWhatFailed() {
    open("one.html");
    String parts = "details.sight[open], .cases > li > details[open]";
    assertThat(browser.all(parts)).isEmpty();
    browser.js("window.dispatchEvent(new Event('beforeprint'))");
    assertThat(browser.all("details.sight:not([open])")).isEmpty();
    assertThat(browser.all(".cases > li > details[open]"))
        .hasSizeGreaterThanOrEqualTo((int) cases(Verdict.Status.DIVERGENCE));
    assertThat(browser.all(".cases > li > details[open] tr.broken"))
        .hasSizeGreaterThanOrEqualTo((int) cases(Verdict.Status.DIVERGENCE));
    browser.js("window.dispatchEvent(new Event('afterprint'))");
    assertThat(browser.all(parts)).isEmpty();
  }

  @Test
  public void aLinkToACaseShowsItsNameBelowTheBar() {
    for (int width : new int[] {1280, 400}) {
      browser.size(width, 900);
      open("one.html");
      List<String> names =
          browser.js(
              "[...document.querySelectorAll('.cases > li > details')].slice(-3)"
                  + ".map(d => 'case-' + encodeURIComponent(d.id.slice(5)))");
      for (String name : names) {
        browser.load(folder.resolve("one.html"), "#" + name);
        String title = "document.querySelector('.cases > li > details[open] > summary')";
        browser.waitFor(title);
        browser.waitFor(
            title
                + ".getBoundingClientRect().top"
                + " >= document.querySelector('.filters').getBoundingClientRect().bottom");
        browser.waitFor(title + ".getBoundingClientRect().bottom <= innerHeight");
      }
    }
  }

  @Test
  public void filtersLiveInTheAddressAndComeBackFromIt() {
    open("one.html");
    choose("filter-status", "divergence");
    browser.find("#search").sendKeys("WORD-2 a&b");
    String address = browser.js("location.hash");
    assertThat(address).startsWith("#scenarios?").contains("status=divergence", "a%26b");
    browser.load(folder.resolve("one.html"), address);
    assertThat(browser.find("#filter-status").getAttribute("value")).isEqualTo("divergence");
    assertThat(browser.find("#search").getAttribute("value")).isEqualToIgnoringCase("WORD-2 a&b");
    assertThat(count()).isZero();
    browser.load(folder.resolve("one.html"), "#scenarios?status=divergence&rule=NONE-1&nonsense=1");
    assertThat(count()).isEqualTo((int) cases(Verdict.Status.DIVERGENCE));
    browser.click(".filters button");
    assertThat(browser.<String>js("location.hash")).isEqualTo("#scenarios");
    open("both.html");
    assertThat(browser.find("#filter-change").getAttribute("value")).isEqualTo("changed");
    choose("filter-change", "");
    browser.load(folder.resolve("both.html"), browser.<String>js("location.hash"));
    assertThat(browser.find("#filter-change").getAttribute("value")).isEmpty();
  }

  @Test
  public void aRoundOfARaceIsDrawnWithTheOverlapThatIsForbidden() {
    open("race.html");
    assertThat(browser.text("#first .facts")).contains("P0", "P1");
    String drawn = browser.find("#first svg.round").getAttribute("aria-label");
    assertThat(drawn).contains("P0 write online_kernel \u2192 ok, 0 us to 900 us");
    assertThat(browser.all("#first svg.round rect.box")).hasSize(3);
    assertThat(browser.all("#first svg.round rect.box.hit")).hasSizeBetween(1, 3);
    assertThat(browser.text("#first figcaption")).contains("no order explains");
    browser.js("document.querySelector('.cases > li > details').build()");
    browser.waitFor("document.querySelector('.cases .race table.outcomes')");
    String seen = browser.text(".cases .race[open] table.outcomes");
    assertThat(seen).contains("P0 ok, P1 ok, P2 ok", "forbidden");
    assertThat(seen).contains("P0 EBUSY, P1 EBUSY, P2 ok", "legal, never seen");
  }

  @Test
  public void theBlocksAreDrawnAsSeenAndAsAllowed() {
    open("one.html");
    browser.js("document.querySelector('#first .block-part').build()");
    browser.waitFor("document.querySelector('#first svg.blocks')");
    List<String> labels =
        browser.js(
            "[...document.querySelectorAll('#first svg.blocks text.sub')].map(t =>"
                + " t.textContent)");
    assertThat(labels).as("seen, and the same rows as allowed").hasSizeGreaterThanOrEqualTo(2);
    assertThat(labels.subList(0, labels.size() / 2))
        .isEqualTo(labels.subList(labels.size() / 2, labels.size()));
    assertThat(browser.all("#first svg.blocks rect.cell")).isNotEmpty();
  }

  @Test
  public void aRuleOpensToItsTextAndLeadsToItsScenarios() {
    open("one.html");
    browser.click("#REFUSE-1 button");
    String more = browser.find("#REFUSE-1 + tr.more").getText();
    assertThat(more).contains("An online device refuses", "sysfs-bus-dax");
    browser.click("#REFUSE-1 + tr.more button");
    browser.waitFor("document.querySelector('#filter-rule').value === 'REFUSE-1'");
    long about =
        run.cases().stream()
            .filter(c -> c.target().equals("model"))
            .filter(
                c ->
                    c.scenario().rules().stream()
                            .anyMatch(r -> r.rule().toString().equals("REFUSE-1"))
                        || c.verdict().judged().entrySet().stream()
                            .anyMatch(
                                j -> j.getKey().toString().equals("REFUSE-1") && j.getValue() > 0))
            .count();
    assertThat(count()).isGreaterThanOrEqualTo((int) about).isPositive();
    browser.click(".broken a");
    browser.waitFor("document.querySelector('tr.more:not([hidden])')");
  }

  private int count() {
    String words = browser.find("#count").getText();
    return Integer.parseInt(words.replaceAll("^All ", "").replaceAll("\\D.*", ""));
  }

  private void choose(String id, String value) {
    WebElement option = browser.find("#" + id + " option[value='" + value + "']");
    option.click();
  }

  @Test
  public void filtersAndSearchShowWhatFits() {
    open("one.html");
    int all = count();
    choose("filter-status", "divergence");
    int diverged = count();
    assertThat(diverged).isEqualTo((int) cases(Verdict.Status.DIVERGENCE));
    choose("filter-column", "0");
    assertThat(count()).isZero();
    choose("filter-column", "1");
    assertThat(count()).isEqualTo(diverged);
    choose("filter-status", "");
    choose("filter-column", "");
    choose("filter-change", "changed");
    int changed = count();
    choose("filter-change", "unchanged");
    assertThat(count() + changed).isEqualTo(all);
    choose("filter-change", "");
    browser.find("#search").sendKeys("WORD-2 enoent");
    assertThat(count()).isPositive().isLessThan(all);
    assertThat(browser.all(".cases > li")).hasSize(count());
    browser.find("#search").sendKeys(" and nothing");
    assertThat(count()).isZero();
    browser.press(Keys.ESCAPE);
    assertThat(count()).isEqualTo(all);
    browser.find("#search").sendKeys("guest gone: </script>");
    assertThat(count()).isEqualTo(1);
    browser.click(".filters button");
    assertThat(count()).isEqualTo(all);
    assertThat(browser.find("#count").getAttribute("aria-live")).isEqualTo("polite");
    browser.click("#unjudged tbody tr button");
    assertThat(count()).isEqualTo(1);
    browser.click(".cases summary");
    browser.waitFor("document.querySelector('.cases details[open] .body')");
    assertThat(browser.find(".cases details[open]").getText())
        .contains("guest gone: </script><script>window.hacked=1</script><img src=x");
  }

  @Test
  public void severalRunsStandSideBySideAndBeginWithWhatChanged() {
    open("both.html");
    assertThat(browser.find("main h1").getText()).contains("differ between these runs");
    assertThat(browser.all(".card")).hasSize(4);
    assertThat(browser.find("#filter-change").getAttribute("value")).isEqualTo("changed");
    int changed = count();
    choose("filter-change", "");
    assertThat(changed).isPositive().isLessThan(count());
    choose("filter-change", "changed");
    browser.click(".cases summary");
    browser.waitFor("document.querySelector('.cases details[open] .body')");
    assertThat(browser.text(".cases details[open] .body"))
        .contains("one model", "one faulty", "two model", "two faulty", "First step that differs");
  }

  @Test
  public void theStateMachineCountsWhatTheTracesShow() {
    open("one.html");
    assertThat(browser.find("svg.machine.wide").getAttribute("role")).isEqualTo("img");
    assertThat(browser.find("svg.machine.wide > desc").getAttribute("textContent"))
        .contains("unplugged to online_movable, seen ", "never seen");
    browser.click("#machine details.as-table > summary");
    browser.waitFor("document.querySelector('#machine table')");
    long rows =
        browser.js(
            "[...document.querySelectorAll('#machine tbody tr')].filter(r =>"
                + " r.textContent.includes('write other bytes') && r.textContent.includes('ENOENT')"
                + " && r.textContent.includes('WORD-2')).length");
    assertThat(rows).as("a bad word that gave ENOENT, against WORD-2").isPositive();
    choose("machine-of", "0");
    browser.waitFor("document.querySelector('svg.wide > title').textContent.endsWith(' model')");
    assertThat(browser.all("svg.wide .e.bad")).isEmpty();
    assertThat(browser.all("svg.wide .e.good")).isNotEmpty();
    assertThat(browser.all("svg.wide .e.never")).isNotEmpty();
  }

  @Test
  public void everyPartThatIsClosedOpens() {
    open("one.html");
    for (WebElement summary : browser.all("#coverage summary, #kills summary")) {
      browser.click(summary);
    }
    browser.waitFor("document.querySelectorAll('#coverage table').length >= 2");
    browser.waitFor("document.querySelector('#kills table')");
    assertThat(browser.text("#kills tbody")).contains("bad-word-errno", "WORD-2");
    assertThat(browser.text("#coverage .matrix thead")).contains("guest 7.3");
    assertThat(browser.text("#coverage .matrix tbody")).contains("n/a");
  }

  @Test
  public void theKeyboardAloneIsEnough() {
    open("one.html");
    browser.press(Keys.TAB);
    assertThat(browser.focused().getText()).isEqualTo("Skip to the verdict");
    browser.press(Keys.ENTER);
    assertThat(browser.focused().getAttribute("id")).isEqualTo("main");
    browser.press("/");
    assertThat(browser.focused().getAttribute("id")).isEqualTo("search");
    browser.press("nonsense");
    assertThat(browser.focused().getAttribute("value")).isEqualTo("nonsense");
    browser.press(Keys.ESCAPE);
    browser.press("WORD-2");
    // The filters and the button stand between the search and the first case.
    List<String> passed = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      browser.press(Keys.TAB);
      passed.add(browser.focused().getTagName() + " " + browser.focused().getAttribute("id"));
    }
    assertThat(passed)
        .containsExactly(
            "select filter-change",
            "select filter-status",
            "select filter-column",
            "select filter-rule",
            "button ",
            "summary ");
    assertThat(browser.<String>js("getComputedStyle(document.activeElement).outlineStyle"))
        .isEqualTo("solid");
    browser.press(Keys.ENTER);
    browser.waitFor("document.querySelector('.cases details[open] .body')");
    browser.press(Keys.TAB);
    assertThat(browser.<Boolean>js("!!document.activeElement.closest('.cases .body')")).isTrue();
    browser.js("document.querySelector('#WORD-2 button').focus()");
    browser.press(Keys.ENTER);
    assertThat(browser.focused().getAttribute("aria-expanded")).isEqualTo("true");
    assertThat(browser.find("#WORD-2 + tr.more").isDisplayed()).isTrue();
  }

  @Test
  public void headingsLandmarksAndNamesAreInOrder() {
    open("one.html");
    assertThat(browser.all("main")).hasSize(1);
    assertThat(browser.all("h1")).hasSize(1);
    List<Long> levels =
        browser.js("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))");
    long before = 1;
    for (long level : levels) {
      assertThat(level).as("a heading after h" + before).isLessThanOrEqualTo(before + 1);
      before = level;
    }
    assertThat(
            browser.<List<String>>js(
                "[...document.querySelectorAll('input,select')].filter(c =>"
                    + " !document.querySelector('label[for=' + c.id + ']')).map(c => c.outerHTML)"))
        .isEmpty();
    assertThat(
            browser.<List<String>>js(
                "[...document.querySelectorAll('table')].filter(t => !t.caption ||"
                    + " !t.caption.textContent).map(t => t.outerHTML)"))
        .isEmpty();
    assertThat(
            browser.<List<String>>js(
                "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) =>"
                    + " all.indexOf(id) !== i)"))
        .isEmpty();
  }

  /** Opens what is closed, so that every kind of text is looked at. */
  private void openAll() {
    browser.js(
        "(() => { for (let n = 0; n < 2; n++) {"
            + " [...document.querySelectorAll('main details')].slice(0, 40)"
            + ".forEach(d => d.build && d.build()); }"
            + " document.querySelector('#REFUSE-1 button').click(); return 1; })()");
  }

  /** Texts whose contrast with what lies behind them is below 4.5 (WCAG 2, 1.4.3, level AA). */
  private static final String LOW_CONTRAST =
      """
      (() => {
        const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
        const light = ([r, g, b]) => {
          const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
          return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
        };
        const behind = e => {
          for (; e; e = e.parentElement) {
            const c = parse(getComputedStyle(e).backgroundColor);
            if (c.length === 3 || c[3] === 1) return c;
          }
          return [255, 255, 255];
        };
        const low = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        let looked = 0;
        while (walk.nextNode()) {
          const e = walk.currentNode.parentElement;
          if (!walk.currentNode.data.trim() || e.closest('script, title, desc, .hidden')) continue;
          const style = getComputedStyle(e);
          if (style.visibility === 'hidden' || !e.getClientRects().length) continue;
          const inPicture = e.closest('svg');
          const fg = parse(inPicture ? style.fill : style.color);
          const fills = inPicture ? [...inPicture.querySelectorAll('rect.box, rect.cell')]
            .map(r => getComputedStyle(r).fill) : [];
          const grounds = inPicture
            ? [behind(inPicture), ...[...new Set(fills)].map(parse)] : [behind(e)];
          for (const bg of grounds) {
            const [a, b] = [light(fg), light(bg)];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) low.push(ratio.toFixed(2) + ' ' + e.className + ': ' + walk.currentNode.data.slice(0, 40));
          }
          looked++;
        }
        return [String(looked)].concat(low);
      })()
      """;

  @Test
  public void everyTextHasContrastInLightAndDark() {
    for (boolean dark : new boolean[] {false, true}) {
      browser.dark(dark);
      open("one.html");
      openAll();
      List<String> found = browser.js(LOW_CONTRAST);
      assertThat(Integer.parseInt(found.get(0))).as("texts looked at").isGreaterThan(500);
      assertThat(found.subList(1, found.size())).as(dark ? "dark" : "light").isEmpty();
      String ground = browser.js("getComputedStyle(document.body).backgroundColor");
      assertThat(ground.equals("rgb(255, 255, 255)")).isEqualTo(!dark);
    }
  }

  @Test
  public void aPhoneNeedsNoSidewaysScrolling() {
    browser.size(360, 740);
    for (String page : List.of("one.html", "both.html")) {
      open(page);
      openAll();
      assertThat(
              browser.<List<String>>js(
                  "document.documentElement.scrollWidth <= 360 ? [] :"
                      + " [...document.querySelectorAll('main *, nav *')].filter(e =>"
                      + " e.getBoundingClientRect().right > 361 && !e.closest('.scroll, pre, .hidden'))"
                      + ".map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 60))"))
          .as(page)
          .isEmpty();
      assertThat(browser.<Long>js("document.documentElement.scrollWidth")).isLessThanOrEqualTo(360);
    }
    open("one.html");
    assertThat(
            browser.<Boolean>js(
                "document.querySelector('.matrix.few').getBoundingClientRect().right <= 360"))
        .as("two targets and their rules fit")
        .isTrue();
    assertThat(browser.find("svg.machine.narrow").isDisplayed()).isTrue();
    assertThat(browser.find("svg.machine.wide").isDisplayed()).isFalse();
  }

  @Test
  public void nothingActsNothingIsAskedForAndNothingFails() {
    open("one.html");
    openAll();
    assertThat(browser.<Object>js("window.hacked === undefined ? null : window.hacked")).isNull();
    assertThat(browser.all("img, iframe, object, main script")).isEmpty();
    assertThat(browser.requests())
        .allMatch(
            u -> u.equals(folder.resolve("one.html").toUri().toString()) || u.equals("data:,"))
        .isNotEmpty();
    assertThat(browser.complaints()).isEmpty();
    assertThat(
            browser.<String>js(
                "(() => { try { document.body.innerHTML += '<i>'; return 'let in'; }"
                    + " catch (e) { return e.name; } })()"))
        .as("text as markup, which the page's policy forbids")
        .isEqualTo("TypeError");
    browser.complaints();
  }

  @Test
  public void aThousandCasesCostNoMoreThanAHundred() throws Exception {
    List<Run.Case> some =
        run.cases().stream().filter(c -> c.target().equals("faulty")).limit(25).toList();
    List<Long> work = new ArrayList<>();
    for (int copies : new int[] {4, 40}) {
      List<Run.Case> many = new ArrayList<>();
      for (int i = 0; i < copies; i++) {
        for (Run.Case c : some) {
          many.add(named(c, c.scenario().name() + "-" + i));
        }
      }
      Path big = FaultyRuns.write(folder.resolve("many" + copies), FaultyRuns.of(many));
      HtmlReport.write(folder.resolve("many.html"), List.of(big), shelf());
      open("many.html");
      assertThat(count()).isEqualTo(25 * copies);
      // How many elements a search makes, and how many it leaves on the page.
      browser.js(
          "(() => { window.made = 0; new MutationObserver(all => all.forEach(m =>"
              + " m.addedNodes.forEach(n => { window.made += n.querySelectorAll"
              + " ? 1 + n.querySelectorAll('*').length : 1; })))"
              + ".observe(document.querySelector('.cases'), {childList: true, subtree: true});"
              + " return 1; })()");
      browser.find("#search").sendKeys("e");
      browser.waitFor("window.made > 0");
      assertThat(count()).isGreaterThan(20 * copies);
      work.add(browser.js("window.made"));
      assertThat(browser.all(".cases > li").size()).isLessThanOrEqualTo(160);
      browser.find("#search").sendKeys("-0");
      browser.press(Keys.ESCAPE);
      assertThat(count()).isEqualTo(25 * copies);
    }
    assertThat(work.get(1).doubleValue() / work.get(0))
        .as("elements made by a search among ten times as many cases")
        .isLessThan(2.5);
  }

  private static Run.Case named(Run.Case c, String name) {
    Scenario s = c.scenario();
    Scenario other =
        new Scenario(
            name,
            s.file(),
            s.prose(),
            s.rules(),
            s.needs(),
            s.start(),
            s.leaks(),
            s.lines(),
            s.source());
    return new Run.Case(other, c.target(), c.topology(), c.verdict(), Optional.empty(), c.nanos());
  }
}
