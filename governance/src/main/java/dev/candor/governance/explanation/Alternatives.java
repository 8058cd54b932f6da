package dev.candor.governance.explanation;

import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What could stand in the place of words: those that somebody gives, and a small list of English
 * opposites. A word is found whatever its case, and only as a whole.
 */
public final class Alternatives {

  private static final int MOST_WORD = 100;

  private final Map<String, List<String>> words = new TreeMap<>();

  private Alternatives() {}

  /** None. */
  public static Alternatives none() {
    return new Alternatives();
  }

  /** The list of English opposites that Candor comes with: {@code opposites.tsv}. */
  public static Alternatives opposites() {
    Alternatives alternatives = new Alternatives();
    try (InputStream in = Alternatives.class.getResourceAsStream("opposites.tsv")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().filter(it -> !it.startsWith("#")).toList()) {
        String[] pair = line.split("\t");
        alternatives.add(pair[0], pair[1]);
        alternatives.add(pair[1], pair[0]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return alternatives;
  }

  /**
   * Adds one.
   *
   * @param word that may stand in a text
   * @param other what could stand there
   * @return this
   * @throws GovernanceException {@code governance.explanation-alternative} if one is blank or too
   *     long
   */
  public Alternatives add(String word, String other) {
    for (String each : List.of(word, other)) {
      if (each.isBlank() || each.length() > MOST_WORD) {
        throw new GovernanceException(
            "explanation-alternative",
            "a word and its alternative must have 1 to " + MOST_WORD + " characters",
            "Give them as WORD=OTHER (--swap).");
      }
    }
    words.computeIfAbsent(word.toLowerCase(Locale.ROOT), _ -> new ArrayList<>()).add(other);
    return this;
  }

  /** What a span could be instead, each with one word replaced; in a fixed order. */
  List<String> of(String span) {
    List<String> found = new ArrayList<>();
    words.forEach((word, others) -> {
      Matcher matcher =
          Pattern.compile(
                  "(?<![\\p{L}\\p{N}])" + Pattern.quote(word) + "(?![\\p{L}\\p{N}])",
                  Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
              .matcher(span);
      if (matcher.find()) {
        for (String other : others) {
          String cased = Character.isUpperCase(span.charAt(matcher.start())) ? upper(other) : other;
          found.add(span.substring(0, matcher.start()) + cased + span.substring(matcher.end()));
        }
      }
    });
    return found.stream().distinct().filter(it -> !it.equals(span)).toList();
  }

  private static String upper(String word) {
    int first = word.offsetByCodePoints(0, 1);
    return word.substring(0, first).toUpperCase(Locale.ROOT) + word.substring(first);
  }
}
