package dev.candor.conformance.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** Debian's chromium, without a window and without a network but this machine's. */
final class Browser implements AutoCloseable {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Where pictures of pages go, to be looked at. */
  private static final Path PICTURES = Path.of("target", "screenshots");

  private final ChromeDriver driver;

  /**
   * @throws IllegalStateException if there is no browser, saying what to install
   */
  Browser() {
    for (Path needed : List.of(CHROMIUM, DRIVER)) {
      if (!Files.isExecutable(needed)) {
        throw new IllegalStateException(
            needed
                + " is not there: the console is tested in a browser. Install it with 'sudo apt-get"
                + " install chromium chromium-driver'.");
      }
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--force-prefers-reduced-motion",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options);
    driver.manage().timeouts().scriptTimeout(PATIENCE).pageLoadTimeout(PATIENCE);
  }

  void open(String url) {
    driver.get(url);
  }

  /** Sets how wide the window is. */
  void width(int pixels) {
    driver.manage().window().setSize(new Dimension(pixels, 900));
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", pixels, "height", 900, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Lets pages find that their reader wants them dark, or light. */
  void prefer(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /** Waits until there is one. */
  WebElement await(String selector) {
    wait(() -> !all(selector).isEmpty(), () -> selector + " on " + url());
    return find(selector);
  }

  /** Waits until its text has this in it. */
  void awaitText(String selector, String text) {
    wait(
        () -> textOf(selector).contains(text),
        () -> "'" + text + "' in " + selector + ", where is: " + textOf(selector));
  }

  private static void wait(BooleanSupplier reached, Supplier<String> what) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for " + what.get());
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** In one step, for scripts put other elements in the place of what was found before. */
  private String textOf(String selector) {
    return run("return document.querySelector(arguments[0])?.textContent ?? '';", selector)
        .toString();
  }

  Object run(String script, Object... arguments) {
    return Objects.requireNonNullElse(driver.executeScript(script, arguments), "");
  }

  String url() {
    return String.valueOf(driver.getCurrentUrl());
  }

  /** What axe finds wrong on the page as it is now: each as its rule and what it is about. */
  List<String> violations() {
    // Put in from outside of the page, whose policy lets no script in.
    driver.executeScript(axe());
    Object found =
        driver.executeAsyncScript(
            "const done = arguments[arguments.length - 1];"
                + "axe.run(document).then(r => done(r.violations.map(v => v.id + ': ' +"
                + " v.nodes.map(n => n.target.join(' ') + ' (' + n.failureSummary +"
                + " ')').join('; '))), e => done(['axe failed: ' + e]));");
    List<String> violations = new ArrayList<>();
    ((List<?>) Objects.requireNonNull(found)).forEach(each -> violations.add(String.valueOf(each)));
    return violations;
  }

  private static String axe() {
    try (InputStream in =
        Objects.requireNonNull(Browser.class.getResourceAsStream("/axe/axe.min.js"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the browser complained about since it was asked last: scripts that failed, refusals. */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    driver
        .manage()
        .logs()
        .get("browser")
        .forEach(entry -> complaints.add(entry.getLevel() + " " + entry.getMessage()));
    return complaints;
  }

  /** Takes a picture of the whole page. */
  void picture(String name, int width) {
    width(width);
    if (!all("#charts").isEmpty()) {
      // Curves are drawn anew when the window has had its new width for a moment.
      driver.executeAsyncScript("setTimeout(arguments[0], 400);");
    }
    Object height = run("return Math.min(4000, document.documentElement.scrollHeight);");
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    try {
      Files.createDirectories(PICTURES);
      Files.write(
          PICTURES.resolve(name + "-" + width + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How much wider the page is than its window, in pixels. */
  long overflow() {
    return ((Number)
            run(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth;"))
        .longValue();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
