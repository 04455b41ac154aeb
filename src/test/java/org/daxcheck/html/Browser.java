package org.daxcheck.html;

import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.ScriptTimeoutException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;

/** Debian's Chromium, without a window, driven by Debian's driver; nothing is downloaded. */
final class Browser implements AutoCloseable {
  private final ChromeDriver driver;
  private final Path profile;

  private Browser(ChromeDriver driver, Path profile) {
    this.driver = driver;
    this.profile = profile;
  }

  static Browser open() throws IOException {
    Path chromium = program("chromium");
    Path chromedriver = program("chromedriver");
    Path profile = Files.createTempDirectory("daxcheck-browser");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments(
        "--headless=new",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--user-data-dir=" + profile);
    if (System.getProperty("user.name").equals("root")) {
      // Chromium's sandbox refuses to run as root.
      options.addArguments("--no-sandbox");
    }
    options.setCapability("goog:loggingPrefs", Map.of("browser", "ALL", "performance", "ALL"));
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.toFile())
            .usingAnyFreePort()
            .build();
    // Both paths are given, so that Selenium looks for neither; should it ever, it may not fetch.
    System.setProperty("SE_OFFLINE", "true");
    ChromeDriver driver;
    try {
      driver = new ChromeDriver(service, options);
    } catch (RuntimeException e) {
      remove(profile);
      throw e;
    }
    driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(20));
    return new Browser(driver, profile);
  }

  private static Path program(String name) {
    for (String folder : System.getenv("PATH").split(":")) {
      Path file = Path.of(folder, name);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    return fail(
        name
            + " is missing, so the HTML report cannot be tested; './daxcheck verify' installs it,"
            + " or install Debian's packages chromium and chromium-driver");
  }

  /** Opens the page and waits until its script has made it. */
  void load(Path page) {
    load(page, "");
  }

  /** The same at a place of it. */
  void load(Path page, String hash) {
    driver.get("about:blank");
    requests();
    driver.get(page.toUri() + hash);
    waitFor("document.documentElement.dataset.ready === 'yes'");
  }

  /** The value of an expression of JavaScript. */
  @SuppressWarnings("unchecked")
  <T> T js(String expression, Object... arguments) {
    return (T) driver.executeScript("return (" + expression + ")", arguments);
  }

  /** Waits until the expression is true. */
  void waitFor(String expression) {
    try {
      driver.executeAsyncScript(
          "const done = arguments[arguments.length - 1];"
              + "const look = () => ("
              + expression
              + ") ? done() : setTimeout(look, 10); look();");
    } catch (ScriptTimeoutException e) {
      throw new AssertionError("it never came: " + expression, e);
    }
  }

  WebElement find(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  /** All text of an element; quicker than asking what of it can be seen. */
  String text(String css) {
    return find(css).getDomProperty("textContent");
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  /** Scrolls the element into the middle, where nothing sticky lies over it, and clicks it. */
  void click(WebElement element) {
    js("arguments[0].scrollIntoView({block: 'center'})", element);
    element.click();
  }

  void click(String css) {
    click(find(css));
  }

  /** Presses keys where the focus is. */
  void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** The element that has the focus. */
  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  Object protocol(String command, Map<String, Object> parameters) {
    return driver.executeCdpCommand(command, parameters);
  }

  void dark(boolean is) {
    protocol(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", is ? "dark" : "light"))));
  }

  void size(int width, int height) {
    protocol(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /** What the page or the browser complained about since the last call. */
  List<String> complaints() {
    return driver.manage().logs().get("browser").getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** The addresses that were asked for since the last call. */
  List<String> requests() {
    List<String> urls = new ArrayList<>();
    Set<String> asking = Set.of("Network.requestWillBeSent", "Network.webSocketCreated");
    for (LogEntry entry : driver.manage().logs().get("performance").getAll()) {
      try {
        JsonNode message = new ObjectMapper().readTree(entry.getMessage()).path("message");
        if (asking.contains(message.path("method").asText())) {
          JsonNode p = message.path("params");
          urls.add(p.path("request").path("url").asText(p.path("url").asText()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return urls;
  }

  @Override
  public void close() throws IOException {
    driver.quit();
    remove(profile);
  }

  private static void remove(Path profile) throws IOException {
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
