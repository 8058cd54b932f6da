package dev.candor.training.lessons;

import dev.candor.training.TrainingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Phrases by rules, read from text:
 *
 * <pre>
 * # A comment.
 * == refund team=billing
 * I [want|would like] my money back for {order}.
 * == order
 * order {code}
 * </pre>
 *
 * <p>A heading {@code == name mark=value …} begins a rule; each line behind it is a phrase of the
 * rule; a line that is there twice is chosen twice as often. A slot is filled by what the lesson
 * says, by a rule, or by a kind of {@link Values}; a rule with the mark {@code once} fills it with
 * the same words all through a text.
 */
final class Grammar {

  private final String name;
  private final Map<String, Rule> rules;

  private Grammar(String name, Map<String, Rule> rules) {
    this.name = name;
    this.rules = rules;
  }

  /**
   * The grammars of these names, which lie beside this class, as one.
   *
   * @throws TrainingException if one is malformed, or two have rules of the same name
   */
  static Grammar read(String... names) {
    Map<String, Rule> rules = new LinkedHashMap<>();
    for (String name : names) {
      try (InputStream in = Grammar.class.getResourceAsStream(name + ".txt")) {
        if (in == null) {
          throw new IllegalStateException("there is no grammar " + name);
        }
        new Reader(name, rules).read(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Grammar(names[0], rules);
  }

  /** The first one's name, which families begin with. */
  String name() {
    return name;
  }

  boolean has(String rule) {
    return rules.containsKey(rule);
  }

  /**
   * The rule of this name.
   *
   * @throws TrainingException if there is none
   */
  Rule rule(String wanted) {
    Rule rule = rules.get(wanted);
    if (rule == null) {
      throw new TrainingException(
          "grammar",
          "the grammar " + name + " has no rule " + wanted,
          "Add the heading == " + wanted + " and phrases behind it.");
    }
    return rule;
  }

  /** Those whose names begin so, in the order of the text. */
  List<Rule> rulesFrom(String prefix) {
    return rules.values().stream().filter(rule -> rule.name().startsWith(prefix)).toList();
  }

  private static final class Reader {
    private final String source;
    private final Map<String, Rule> rules;
    private String heading = "";
    private List<Phrase> phrases = new ArrayList<>();

    Reader(String source, Map<String, Rule> rules) {
      this.source = source;
      this.rules = rules;
    }

    void read(InputStream in) throws IOException {
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("== ")) {
          finish();
          heading = line.substring(3).strip();
          phrases = new ArrayList<>();
        } else if (!line.isBlank() && !line.startsWith("#")) {
          phrases.add(Phrase.parse(line.stripTrailing()));
        }
      }
      finish();
    }

    private void finish() {
      if (heading.isEmpty() && phrases.isEmpty()) {
        return;
      }
      String[] words = heading.split(" +");
      Map<String, String> marks = new LinkedHashMap<>();
      for (int i = 1; i < words.length; i++) {
        int equals = words[i].indexOf('=');
        marks.put(
            equals < 0 ? words[i] : words[i].substring(0, equals),
            equals < 0 ? "" : words[i].substring(equals + 1));
      }
      if (words[0].isEmpty() || phrases.isEmpty() || rules.containsKey(words[0])) {
        throw new TrainingException(
            "grammar",
            "the grammar "
                + source
                + " has phrases without heading, a heading without phrases or a rule"
                + " twice at: "
                + heading,
            "Give each rule one heading == name and phrases behind it.");
      }
      rules.put(words[0], Rule.of(words[0], marks, phrases));
    }
  }
}
