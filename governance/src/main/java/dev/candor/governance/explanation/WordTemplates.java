package dev.candor.governance.explanation;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sentences of a language, as data: {@code words-en.properties} and its neighbours. */
final class WordTemplates {

  private static final Pattern PLACE = Pattern.compile("\\{([A-Za-z]+)}");

  private final Properties templates = new Properties();

  private WordTemplates() {}

  static WordTemplates of(Language language) {
    WordTemplates words = new WordTemplates();
    String file = "words-" + language.tag() + ".properties";
    try (InputStream in = WordTemplates.class.getResourceAsStream(file)) {
      words.templates.load(
          new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return words;
  }

  /** The names of all sentences. */
  SortedSet<String> names() {
    return new TreeSet<>(templates.stringPropertyNames());
  }

  /** A sentence as it is written. */
  String template(String name) {
    return Objects.requireNonNull(templates.getProperty(name), name);
  }

  /** A sentence with values in its places; what a value holds is text and nothing else. */
  String say(String name, Map<String, String> values) {
    return PLACE
        .matcher(template(name))
        .replaceAll(place ->
            Matcher.quoteReplacement(
                Objects.requireNonNull(values.get(place.group(1)), place.group())));
  }

  /** In the language's quotation marks. */
  String quoted(String text) {
    return template("quote.open") + text + template("quote.close");
  }

  /** Several things, each in quotation marks. */
  String list(List<String> texts) {
    return String.join(template("list.separator"), texts.stream().map(this::quoted).toList());
  }
}
