package dev.candor.engine.weights;

import dev.candor.engine.TokenizerException;
import dev.candor.engine.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recognises the pre-tokenizer of a tokenizer.json by llama.cpp's names for them, and one of ours.
 */
final class PreTokenizers {

  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String REST = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final Map<String, String> BY_PATTERN =
      Map.of(
          CONTRACTIONS
              + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
              + REST,
          "llama-bpe",
          CONTRACTIONS
              + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
              + REST,
          "qwen2",
          "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
              + CONTRACTIONS
              + "?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
              + CONTRACTIONS
              + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|"
              + REST,
          "gpt-4o");

  private PreTokenizers() {}

  /**
   * The name of a byte-level pre-tokenizer; empty if it is not byte-level.
   *
   * @throws TokenizerException if it is byte-level and none that has a name: another program would
   *     split text in other places without a word
   */
  static Optional<String> gguf(JsonObject tokenizer) {
    List<JsonObject> steps = steps(tokenizer, "pre_tokenizer", "pretokenizers");
    Optional<JsonObject> byteLevel = find(steps, "ByteLevel");
    if (byteLevel.isEmpty()) {
      return Optional.empty();
    }
    Optional<JsonObject> digits = find(steps, "Digits");
    boolean singleDigits = digits.isPresent() && digits.get().bool("individual_digits", false);
    Optional<JsonObject> split = find(steps, "Split");
    if (split.isPresent()) {
      String pattern =
          split.get().object("pattern").flatMap(p -> p.optionalString("Regex")).orElse("");
      if (pattern.equals("\\s+") && singleDigits) {
        return Optional.of("candor-words");
      }
      return Optional.of(
          Optional.ofNullable(BY_PATTERN.get(pattern)).orElseThrow(() -> unknown(pattern)));
    }
    if (singleDigits) {
      return Optional.of("smollm");
    }
    if (steps.size() == 1 && byteLevel.get().bool("use_regex", true)) {
      return Optional.of("gpt-2");
    }
    throw unknown(steps.toString());
  }

  /** Whether a space is put before the text, as SentencePiece's dummy prefix. */
  static boolean addsSpace(JsonObject tokenizer) {
    return find(steps(tokenizer, "normalizer", "normalizers"), "Prepend").isPresent()
        || find(steps(tokenizer, "pre_tokenizer", "pretokenizers"), "Metaspace")
            .map(step -> !step.optionalString("prepend_scheme").orElse("always").equals("never"))
            .orElse(false);
  }

  /** The steps of a member that is one step or a sequence of them. */
  private static List<JsonObject> steps(JsonObject tokenizer, String member, String sequence) {
    List<JsonObject> steps = new ArrayList<>();
    tokenizer
        .object(member)
        .ifPresent(step -> {
          Optional<List<Object>> inner = step.list(sequence);
          if (inner.isEmpty()) {
            steps.add(step);
          }
          for (Object element : inner.orElse(List.of())) {
            if (element instanceof JsonObject object) {
              steps.add(object);
            }
          }
        });
    return steps;
  }

  private static Optional<JsonObject> find(List<JsonObject> steps, String type) {
    return steps.stream()
        .filter(step -> step.optionalString("type").equals(Optional.of(type)))
        .findFirst();
  }

  private static TokenizerException unknown(String pattern) {
    return new TokenizerException(
        "unsupported",
        "tokenizer.json: GGUF has no name for the pre-tokenizer " + WeightsFile.printable(pattern),
        "Run the model from its folder, without converting it.");
  }
}
