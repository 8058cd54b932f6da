package dev.candor.training.tokenizers;

import dev.candor.training.TrainingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes tokenizer.json and tokenizer_config.json, the formats of Hugging Face's {@code tokenizers}
 * and {@code transformers}.
 */
public final class TokenizerFiles {

  public static final String END_OF_TEXT = "<|endoftext|>";
  public static final String SYSTEM = "<|system|>";
  public static final String USER = "<|user|>";
  public static final String ASSISTANT = "<|assistant|>";
  public static final String END = "<|end|>";

  /** What a chat needs, in the order of their ids. */
  public static final List<String> CHAT_TOKENS = List.of(END_OF_TEXT, SYSTEM, USER, ASSISTANT, END);

  private static final String CHAT_TEMPLATE =
      "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] +"
          + " '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else"
          + " %}{{ eos_token }}{% endif %}";

  /** The characters that spell bytes: printable Latin-1 itself, the rest from U+0100 on. */
  private static final char[] BYTE_CHARACTERS = byteCharacters();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private TokenizerFiles() {}

  /**
   * Writes both files into a folder that exists.
   *
   * @param vocabulary its special tokens are {@link #CHAT_TOKENS}
   * @param contextLength most tokens of a text
   * @throws TrainingException if they cannot be written
   */
  public static void write(TrainedVocabulary vocabulary, int contextLength, Path folder) {
    if (!vocabulary.specials().equals(CHAT_TOKENS)) {
      throw new IllegalArgumentException("other special tokens than a chat's");
    }
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    try {
      Files.writeString(
          folder.resolve("tokenizer.json"),
          mapper.writeValueAsString(document(vocabulary)) + "\n",
          StandardCharsets.UTF_8);
      Files.writeString(
          folder.resolve("tokenizer_config.json"),
          mapper.writeValueAsString(configuration(contextLength)) + "\n",
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new TrainingException(
          "unwritable",
          "cannot write the tokenizer to " + folder + ": " + e.getMessage(),
          "Give a folder that exists and may be written.");
    }
  }

  private static ObjectNode document(TrainedVocabulary vocabulary) {
    List<String> spellings = vocabulary.pieces().stream().map(TokenizerFiles::spelling).toList();
    ObjectNode document = NODES.objectNode();
    document.put("version", "1.0");
    document.putNull("truncation");
    document.putNull("padding");
    ArrayNode added = document.putArray("added_tokens");
    for (String special : vocabulary.specials()) {
      added.add(special(special, spellings.size() + added.size()));
    }
    document.putNull("normalizer");
    document.set("pre_tokenizer", preTokenizer());
    document.putNull("post_processor");
    document.set("decoder", byteLevel());

    ObjectNode model = document.putObject("model");
    model.put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", false);
    model.put("byte_fallback", false);
    model.put("ignore_merges", false);
    ObjectNode ids = model.putObject("vocab");
    for (String spelling : spellings) {
      ids.put(spelling, ids.size());
    }
    ArrayNode merges = model.putArray("merges");
    for (TrainedVocabulary.Merge merge : vocabulary.merges()) {
      merges.addArray().add(spellings.get(merge.left())).add(spellings.get(merge.right()));
    }
    return document;
  }

  /** As {@link PieceSplitter} splits. */
  private static ObjectNode preTokenizer() {
    ObjectNode sequence = NODES.objectNode();
    sequence.put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    ObjectNode spaces = steps.addObject();
    spaces.put("type", "Split");
    spaces.putObject("pattern").put("Regex", "\\s+");
    spaces.put("behavior", "Isolated");
    spaces.put("invert", false);
    steps.addObject().put("type", "Digits").put("individual_digits", true);
    steps.add(byteLevel());
    return sequence;
  }

  private static ObjectNode byteLevel() {
    return NODES
        .objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  private static ObjectNode special(String content, int id) {
    return NODES
        .objectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static ObjectNode configuration(int contextLength) {
    return NODES
        .objectNode()
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("bos_token", END_OF_TEXT)
        .put("eos_token", END_OF_TEXT)
        .put("pad_token", END_OF_TEXT)
        .put("unk_token", END_OF_TEXT)
        .put("add_bos_token", false)
        .put("clean_up_tokenization_spaces", false)
        .put("chat_template", CHAT_TEMPLATE)
        .put("model_max_length", contextLength);
  }

  private static String spelling(byte[] bytes) {
    StringBuilder spelling = new StringBuilder();
    for (byte b : bytes) {
      spelling.append(BYTE_CHARACTERS[b & 0xFF]);
    }
    return spelling.toString();
  }

  private static char[] byteCharacters() {
    char[] characters = new char[256];
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      characters[b] = (char) (itself ? b : next++);
    }
    return characters;
  }
}
