package dev.candor.governance.provenance.documents;

import java.util.List;
import java.util.Locale;

/**
 * What is answered to a question.
 *
 * @param texts one or more; a blank one is a mistake that {@link DocumentCheck} finds
 * @param source who says so
 */
public record Answer(List<String> texts, Source source) {

  /** What is written where nobody knows. */
  public static final String UNKNOWN = "UNKNOWN";

  /** Who says something. */
  public enum Source {
    /** A person who has written the document. */
    AUTHOR,
    /** The model's own file, or the page that came with it: what its maker says. */
    MODEL,
    /** This program, which has looked. */
    PROGRAM,
    /** The store of models. */
    STORE,
    /** The manifest of a data set. */
    MANIFEST,
    /** Evidence that was measured here. */
    EVIDENCE,
    /** The inventory of models. */
    INVENTORY;

    /** As it is written. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Answer {
    texts = List.copyOf(texts);
  }

  /** One text. */
  public static Answer of(String text, Source source) {
    return new Answer(List.of(text), source);
  }

  /** That nobody knows. */
  public static Answer unknown() {
    return of(UNKNOWN, Source.PROGRAM);
  }

  /** Whether nobody knows. */
  public boolean isUnknown() {
    return !texts.isEmpty() && texts.stream().allMatch(text -> text.strip().equals(UNKNOWN));
  }

  /** Whether nothing is written at all. */
  public boolean isEmpty() {
    return texts.stream().allMatch(String::isBlank);
  }
}
