package dev.candor.governance.explanation;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Arrays;
import java.util.Locale;

/** In which an explanation is told. */
public enum Language {
  ENGLISH("en"),
  FRENCH("fr");

  private final String tag;

  Language(String tag) {
    this.tag = tag;
  }

  /** BCP 47. */
  public String tag() {
    return tag;
  }

  /** How it writes numbers. */
  Locale locale() {
    return Locale.forLanguageTag(tag);
  }

  /**
   * The language of this tag.
   *
   * @throws GovernanceException {@code governance.explanation-language}
   */
  public static Language of(String tag) {
    return Arrays.stream(values())
        .filter(language -> language.tag.equals(tag))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "explanation-language",
                "there are no words for the language '" + PlainText.shown(tag) + "'",
                "Explanations are told in en and fr (--lang)."));
  }
}
