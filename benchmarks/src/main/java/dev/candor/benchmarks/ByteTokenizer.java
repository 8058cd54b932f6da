package dev.candor.benchmarks;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.weights.WeightSource.TokenizerFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The smallest tokenizer that takes any text: one token for each byte, and the tokens of a chat.
 * All other ids of the model have no text.
 */
final class ByteTokenizer implements TokenizerFiles {

  private static final String CHAT_TEMPLATE =
      "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] +"
          + " '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}"
          + "{% else %}{{ eos_token }}{% endif %}";

  private static final String PATTERN =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
          + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final int endOfText;
  private final int assistant;

  /**
   * @param endOfText id of the token that begins and ends texts
   * @param assistant id of the first of the four tokens of a chat
   */
  ByteTokenizer(int endOfText, int assistant) {
    this.endOfText = endOfText;
    this.assistant = assistant;
  }

  @Override
  public JsonObject tokenizer() {
    Map<String, Object> vocabulary = new LinkedHashMap<>();
    for (String token : byteAlphabet()) {
      vocabulary.put(token, (long) vocabulary.size());
    }
    List<Object> added = new ArrayList<>();
    added.add(addedToken(endOfText, "<|endoftext|>", false));
    List<String> chat = List.of("<|assistant|>", "<|end|>", "<|user|>", "<|system|>");
    for (int i = 0; i < chat.size(); i++) {
      added.add(addedToken(assistant + i, chat.get(i), true));
    }
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("type", "BPE");
    model.put("vocab", object(vocabulary));
    model.put("merges", List.of());
    Map<String, Object> split = new LinkedHashMap<>();
    split.put("type", "Split");
    split.put("pattern", object(Map.of("Regex", PATTERN)));
    split.put("behavior", "Removed");
    split.put("invert", true);
    Map<String, Object> pre = new LinkedHashMap<>();
    pre.put("type", "Sequence");
    pre.put("pretokenizers", List.of(object(split), byteLevel(false, false)));
    Map<String, Object> tokenizer = new LinkedHashMap<>();
    tokenizer.put("version", "1.0");
    tokenizer.put("added_tokens", added);
    tokenizer.put("pre_tokenizer", object(pre));
    tokenizer.put("decoder", byteLevel(true, true));
    tokenizer.put("model", object(model));
    return object(tokenizer);
  }

  @Override
  public JsonObject tokenizerConfig() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    for (String role : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
      config.put(role, "<|endoftext|>");
    }
    config.put("add_bos_token", false);
    config.put("chat_template", CHAT_TEMPLATE);
    return object(config);
  }

  @Override
  public Optional<String> chatTemplate() {
    return Optional.empty();
  }

  private static JsonObject addedToken(long id, String content, boolean rstrip) {
    Map<String, Object> token = new LinkedHashMap<>();
    token.put("id", id);
    token.put("content", content);
    token.put("single_word", false);
    token.put("lstrip", false);
    token.put("rstrip", rstrip);
    token.put("normalized", false);
    token.put("special", true);
    return object(token);
  }

  private static JsonObject byteLevel(boolean addPrefixSpace, boolean useRegex) {
    Map<String, Object> step = new LinkedHashMap<>();
    step.put("type", "ByteLevel");
    step.put("add_prefix_space", addPrefixSpace);
    step.put("trim_offsets", true);
    step.put("use_regex", useRegex);
    return object(step);
  }

  /**
   * GPT-2's characters for bytes, in the order of its vocabulary: printable ones stand for
   * themselves, the others for U+0100 and upwards.
   */
  private static List<String> byteAlphabet() {
    List<String> printable = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      if (b > ' ' && b <= '~' || b >= 0xa1 && b != 0xad) {
        printable.add(Character.toString(b));
      } else {
        others.add(Character.toString(256 + others.size()));
      }
    }
    printable.addAll(others);
    return printable;
  }

  private static JsonObject object(Map<String, Object> members) {
    return new JsonObject(members, "random checkpoint");
  }
}
