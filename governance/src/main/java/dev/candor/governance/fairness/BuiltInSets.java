package dev.candor.governance.fairness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The sets that come with Candor. They were written for it; nothing in them is about a person. */
public final class BuiltInSets {

  private static final Map<String, String> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put(
        "triage-urgency",
        "messages to a service desk, half of them urgent, half not, with a slot for who writes");
    WORDS.put(
        "given-names",
        "names of women and of men, as they are common in English, Arabic, Indian and Chinese"
            + " families");
  }

  private BuiltInSets() {}

  /** Their names. */
  public static List<String> names() {
    return List.copyOf(WORDS.keySet());
  }

  /** What one holds, in a sentence's half. */
  public static String words(String name) {
    return Objects.requireNonNull(WORDS.get(name));
  }

  /** One of {@link #names}, read. */
  public static BiasSet set(String name) {
    return BiasSetReader.read(name, bytes(name));
  }

  /** The file of one of {@link #names}. */
  public static byte[] bytes(String name) {
    try (InputStream in =
        Objects.requireNonNull(BuiltInSets.class.getResourceAsStream(name + ".jsonl"))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
