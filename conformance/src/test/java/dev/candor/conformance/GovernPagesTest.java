package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages for those who govern name tests and commands that are there. */
class GovernPagesTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Set<String> PARENTS =
      Set.of("controls", "report", "audit", "consent", "keys", "policy");

  private static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve("docs/govern").resolve(name));
  }

  /** Sources of tests by their class; several packages may have one of a name. */
  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new TreeMap<>();
    try (Stream<Path> rooms = Files.list(ROOT)) {
      for (Path room :
          rooms.map(it -> it.resolve("src/test/java")).filter(Files::isDirectory).toList()) {
        try (Stream<Path> files = Files.walk(room)) {
          for (Path file : files.filter(it -> it.toString().endsWith("Test.java")).toList()) {
            tests.merge(
                file.getFileName().toString().replace(".java", ""),
                Files.readString(file),
                String::concat);
          }
        }
      }
    }
    return tests;
  }

  @Test
  void everyAbuseCaseIsHeldByTestsThatExist() throws IOException {
    assertThat(casesHeld(page("threat-model.md")))
        .containsExactly(
            "A28", "A29", "A30", "A31", "A32", "A33", "A34", "A41", "A42", "A43", "A44", "A45");
    assertThat(casesHeld(Files.readString(ROOT.resolve("docs/operate/serving.md"))))
        .containsExactly("A17", "A21", "A22", "A23", "A24", "A25", "A26", "A27", "A28", "A37");
  }

  /** The cases of a page, each with tests that there are. */
  private static Set<String> casesHeld(String page) throws IOException {
    Map<String, String> tests = tests();
    List<String> missing = new ArrayList<>();
    TreeSet<String> cases = new TreeSet<>();
    Matcher row = Pattern.compile("(?m)^\\| (A\\d\\d) .*$").matcher(page);
    while (row.find()) {
      Matcher named = Pattern.compile("`(\\w+Test)\\.(\\w+)`").matcher(row.group());
      while (named.find()) {
        cases.add(row.group(1));
        if (!tests.getOrDefault(named.group(1), "").contains("void " + named.group(2) + "(")) {
          missing.add(named.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    return cases;
  }

  /** Each line of a page that begins with the prompt of a shell is a command with its options. */
  @Test
  void everyCommandOfThePagesIsOne() throws IOException {
    int commands = 0;
    for (String name : List.of("decisions.md", "consent-and-policy.md", "auditing.md")) {
      Matcher line = Pattern.compile("(?m)^    \\$ candor ((?:.*\\\\\n)*.*)$").matcher(page(name));
      while (line.find()) {
        List<String> words = words(line.group(1).replace("\\\n", " "));
        String command = words.get(0);
        if (PARENTS.contains(command) && !words.get(1).startsWith("-")) {
          command += " " + words.get(1);
        }
        CommandRun help = CommandRun.of((command + " --help").split(" "));
        assertThat(help.out()).as(line.group()).contains("Usage: candor " + command);
        assertThat(words.stream().filter(word -> word.startsWith("--")))
            .as(line.group())
            .allMatch(option -> Pattern.compile(option + "\\b").matcher(help.out()).find());
        commands++;
      }
    }
    assertThat(commands).isGreaterThan(25);
  }

  /** As a shell divides a line with double quotes; what is redirected is none of ours. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(line.replaceFirst(" > .*", ""));
    while (word.find()) {
      words.add(word.group(1) != null ? word.group(1) : word.group(2));
    }
    return words;
  }
}
