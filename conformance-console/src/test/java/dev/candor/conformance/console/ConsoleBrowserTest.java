package dev.candor.conformance.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.Role;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** A person with all roles goes through the console. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class ConsoleBrowserTest {

  private static final int PHONE = 390;
  private static final int TABLET = 820;
  private static final int DESK = 1_440;

  private ConsoleHome home;
  private Browser browser;

  @BeforeAll
  void start(@TempDir Path folder) {
    home = new ConsoleHome(folder);
    browser = new Browser();
    browser.width(DESK);
    GovernedModel.record(home.governance());
    browser.open(home.link());
  }

  @AfterAll
  void stop() {
    browser.close();
    home.close();
  }

  private void ask(String text) {
    browser.open(home.url("/console/try"));
    browser.find("#text").sendKeys(text);
    browser.find("#try button.main").click();
  }

  @Test
  @Order(1)
  void theLinkOfTheStartOpensTheOverviewWithAllRoles() {
    assertThat(browser.url()).isEqualTo(home.url("/console"));
    assertThat(browser.find(".who").getText()).contains("tester", "invoke, operate, govern, audit");
    browser.await("#charts canvas");
    browser.awaitText("#tiles", "tokens/s");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(2)
  void anAnswerStreamsAndEndsWithItsReceipt() {
    browser.open(home.url("/console/try"));
    browser.find("#text").sendKeys(ConsoleHome.QUESTION);
    browser.find("#try button.main").click();
    browser.await(".receipt");
    // It came in pieces, and together they are the answer.
    assertThat(browser.all(".answer span")).hasSizeGreaterThan(5);
    assertThat(browser.find("#answer .answer").getDomProperty("textContent"))
        .isEqualTo(ConsoleHome.ANSWER);
    browser.awaitText("[role=status]", "Done");
    String decision = browser.find(".receipt code").getText();
    assertThat(decision).matches("[0-9a-f]{32}");
    assertThat(home.entries())
        .anyMatch(entry ->
            entry.kind().equals("decision-finished")
                && entry.required("decision").equals(decision)
                && entry.required("outcome").equals("end"));
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(3)
  void whatAPersonWritesStaysText() {
    String attack =
        "<img src=x onerror=\"document.title='gone'\"><script>document.title='gone'</script>";
    ask(attack);
    browser.await(".receipt");
    assertThat(browser.find(".asked p").getDomProperty("textContent")).isEqualTo(attack);
    browser.find(".receipt a").click();
    browser.await("#asked-title");
    assertThat(browser.find(".asked").getDomProperty("textContent")).isEqualTo(attack);
    assertThat(browser.all("main img, main script")).isEmpty();
    assertThat(browser.run("return document.title;").toString()).startsWith("Decision ");
  }

  @Test
  @Order(4)
  void aTextIsClassifiedAndTheChoiceExplained() {
    browser.open(home.url("/console/try"));
    assertThat(browser.find("#labels").isDisplayed()).isFalse();
    browser.find("[value=classify]").click();
    browser
        .find("#text")
        .sendKeys("The parcel was late. The box was broken. I want my money back now please.");
    browser.find("#labels").sendKeys("complaint, praise");
    browser.find("#try button.main").click();
    browser.await(".receipt");
    assertThat(browser.all("#answer tbody tr")).hasSize(2);
    browser.find(".receipt form button").click();
    browser.await("#explanation > *");
    assertThat(browser.find("#explanation").getText()).contains("Recorded as entry");
    String status = browser.find("#explanation .badge").getText();
    assertThat(status).isIn("faithful", "not-faithful", "withheld");
    // Where chance does as well, no span is marked.
    assertThat(browser.all("#explanation .text mark").isEmpty())
        .isEqualTo(!status.equals("faithful"));
    assertThat(home.count("explanation-issued")).isEqualTo(1);
    assertThat(browser.violations()).isEmpty();
    browser.picture("classified", DESK);
    browser.width(DESK);
  }

  @Test
  @Order(5)
  void somethingElseIsPutInThePlaceOfADecision() {
    browser.open(home.url("/console/decisions"));
    browser.find("tbody tr:last-child a").click();
    browser.await("details.card summary").click();
    browser.find("#replacement").sendKeys("68");
    browser.find("#reason").sendKeys("rounded up");
    browser.find("details.card button").click();
    browser.await("#acts-title");
    assertThat(browser.find("main").getText()).contains("Instead: 68", "Reason: rounded up");
    assertThat(home.count("decision-overridden")).isEqualTo(1);
  }

  @Test
  @Order(6)
  void theLedgerIsVerified() {
    browser.open(home.url("/console/ledger"));
    browser.find("form button.main").click();
    browser.awaitText("#verified", "all is well");
  }

  @Test
  @Order(7)
  void aReportIsIssuedAndRead() {
    browser.open(home.url("/console/reports"));
    browser.find("form.filters button").click();
    browser.await("main tbody tr");
    assertThat(home.count("report-issued")).isEqualTo(1);
    browser.find("main li a").click();
    assertThat(browser.find("body").getText()).contains("Board report");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(8)
  void theListIsFilteredAsOneTypes() {
    browser.open(home.url("/console/decisions"));
    browser.find("#text").sendKeys("nobody-asked-for-this");
    browser.awaitText("#list", "None here");
    browser.find("#text").sendKeys(Keys.chord(Keys.CONTROL, "a"), "assistance");
    browser.await("#list tbody tr");
    assertThat(browser.url()).contains("text=assistance");
  }

  @Test
  @Order(9)
  void theKeyboardIsEnough() {
    browser.open(home.url("/console/try"));
    browser.find("body").sendKeys(Keys.TAB);
    WebElement skip = browser.find(":focus");
    assertThat(skip.getText()).isEqualTo("Skip to the content");
    skip.sendKeys(Keys.ENTER);
    assertThat(browser.find(":focus").getDomAttribute("id")).isEqualTo("main");
    browser.find(":focus").sendKeys(Keys.TAB);
    assertThat(browser.find(":focus").getDomAttribute("name")).isEqualTo("task");
    // All the way through, and out again at the end.
    for (int i = 0; i < 40 && !browser.all("main :focus").isEmpty(); i++) {
      browser.find(":focus").sendKeys(Keys.TAB);
    }
    assertThat(browser.all("main :focus")).isEmpty();
  }

  @Test
  @Order(10)
  void theSwitchOfTheThemeHoldsOnTheNextPage() {
    browser.open(home.url("/console"));
    browser.find("#theme").click();
    browser.find("#theme").click();
    assertThat(browser.find("html").getDomAttribute("data-theme")).isEqualTo("dark");
    browser.open(home.url("/console/ledger"));
    assertThat(browser.find("html").getDomAttribute("data-theme")).isEqualTo("dark");
    browser.find("#theme").click();
    assertThat(browser.find("html").getDomAttribute("data-theme")).isEqualTo("auto");
  }

  private Map<String, String> pages() {
    browser.open(home.url("/console/decisions"));
    String decision = String.valueOf(browser.find("tbody a").getDomAttribute("href"));
    String overridden =
        String.valueOf(browser.find("tbody tr:last-child a").getDomAttribute("href"));
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("overview", "/console");
    pages.put("try", "/console/try");
    pages.put("decisions", "/console/decisions");
    pages.put("decision", decision);
    pages.put("overridden", overridden);
    pages.put("models", "/console/models");
    pages.put("model", "/console/models/" + ConsoleHome.MODEL);
    pages.put("fairness", "/console/fairness");
    pages.put("controls", "/console/controls");
    pages.put("control", "/console/controls/E23-1");
    pages.put("reports", "/console/reports");
    pages.put("ledger", "/console/ledger");
    pages.put("keys", "/console/keys");
    pages.put("problem", "/console/decisions/0000");
    return pages;
  }

  @Test
  @Order(11)
  void everyPagePassesAxeInLightAndDarkAndFitsEveryScreen() {
    Map<String, String> pages = pages();
    for (String scheme : new String[] {"light", "dark"}) {
      browser.prefer(scheme);
      pages.forEach((name, path) -> {
        browser.width(DESK);
        browser.open(home.url(path));
        browser.run("document.querySelectorAll('main details').forEach(it => it.open = true);");
        if (name.equals("overview")) {
          browser.await("#charts canvas");
        }
        assertThat(browser.violations()).as("%s in %s", name, scheme).isEmpty();
        for (int width : new int[] {PHONE, TABLET, DESK}) {
          browser.picture(name + "-" + scheme, width);
          assertThat(browser.overflow()).as("%s at %d", name, width).isZero();
        }
      });
    }
    browser.prefer("light");
  }

  @Test
  @Order(12)
  void anAuditorSignsInAndFindsNoButtonThatChangesAnything() {
    var key = home.key("adele", Role.AUDIT);
    browser.width(TABLET);
    browser.find(".who form button").click();
    browser.await("#key");
    for (String scheme : new String[] {"dark", "light"}) {
      browser.prefer(scheme);
      assertThat(browser.violations()).as(scheme).isEmpty();
      browser.picture("login-" + scheme, TABLET);
    }
    browser.find("#key").sendKeys("candor-wrong", Keys.ENTER);
    browser.awaitText("[role=alert]", "no key that holds");
    browser.find("#key").sendKeys(key.key(), Keys.ENTER);
    browser.await("#charts");
    assertThat(browser.find("nav").getText()).contains("Ledger").doesNotContain("Try");
    browser.open(home.url("/console/decisions"));
    browser.find("tbody a").click();
    browser.await("#asked-title");
    assertThat(browser.all("form[action*=override], form[action*=stop]")).isEmpty();
    browser.open(home.url("/console/keys"));
    assertThat(browser.find("main").getText()).contains("adele").doesNotContain("Revoke");
    assertThat(browser.all("form[action='/console/keys']")).isEmpty();
  }
}
