package dev.candor.engine.weights;

import dev.candor.engine.TokenizerException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.json.JsonText;
import dev.candor.engine.weights.WeightSource.TokenizerFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokenizer of a Hugging Face folder as metadata of a GGUF file, under llama.cpp's keys {@code
 * tokenizer.ggml.*}. What those cannot say (flags of added tokens, the exact normaliser) is in
 * {@value #WHOLE}, the GGUF specification's key for the whole of tokenizer.json.
 */
final class GgufVocabulary {

  /** Metadata key of the whole tokenizer.json. */
  private static final String WHOLE = "tokenizer.huggingface.json";

  private static final String PREFIX = "tokenizer.ggml.";

  // Types of tokens, as in SentencePiece.
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;

  private final TokenizerFiles files;
  private final JsonObject config;
  private final JsonObject model;
  private final String[] tokens;
  private final int[] types;
  private final Map<String, Integer> ids = new HashMap<>();

  /**
   * @param config the model's config.json
   * @param size tokens of the model: rows of its embedding
   */
  GgufVocabulary(TokenizerFiles files, JsonObject config, int size) {
    this.files = files;
    this.config = config;
    this.model =
        files
            .tokenizer()
            .object("model")
            .orElseThrow(() -> unsupported("there is no model in tokenizer.json"));
    this.tokens = new String[size];
    this.types = new int[size];
    readTokens();
  }

  /** Adds everything to the metadata. */
  void write(GgufMetadata metadata) {
    String type = model.optionalString("type").orElse(model.has("merges") ? "BPE" : "WordPiece");
    switch (type) {
      case "WordPiece" -> {
        metadata.text(PREFIX + "model", "bert").text(PREFIX + "pre", "default");
        metadata.texts(PREFIX + "tokens", phantomSpaces());
      }
      case "BPE" -> {
        Optional<String> pre = PreTokenizers.gguf(files.tokenizer());
        if (pre.isPresent()) {
          metadata.text(PREFIX + "model", "gpt2").text(PREFIX + "pre", pre.get());
        } else {
          metadata.text(PREFIX + "model", "llama").text(PREFIX + "pre", "default");
          metadata.bool(PREFIX + "add_space_prefix", PreTokenizers.addsSpace(files.tokenizer()));
          metadata.numbers(PREFIX + "scores", scores());
        }
        metadata.texts(PREFIX + "tokens", Arrays.asList(tokens));
        metadata.texts(PREFIX + "merges", merges());
      }
      default -> throw unsupported("its model is of type " + WeightsFile.printable(type));
    }
    metadata.wholes(PREFIX + "token_type", types);
    new SpecialTokens(files, config, ids).write(metadata);
    SpecialTokens.chatTemplate(files)
        .ifPresent(template -> metadata.text("tokenizer.chat_template", template));
    metadata.text(WHOLE, JsonText.of(files.tokenizer()));
  }

  private void readTokens() {
    JsonObject vocabulary =
        model.object("vocab").orElseThrow(() -> unsupported("its vocabulary is not an object"));
    for (String token : vocabulary.members().keySet()) {
      set(vocabulary.integer(token, 0, Integer.MAX_VALUE), token, NORMAL);
    }
    boolean bytes = model.bool("byte_fallback", false);
    for (int id = 0; id < tokens.length && bytes; id++) {
      if (tokens[id] != null && tokens[id].matches("<0x[0-9A-F]{2}>")) {
        types[id] = BYTE;
      }
    }
    for (Object added : files.tokenizer().list("added_tokens").orElse(List.of())) {
      if (!(added instanceof JsonObject token)) {
        throw unsupported("an added token is not an object");
      }
      int id = token.integer("id", 0, Integer.MAX_VALUE);
      set(id, token.string("content"), token.bool("special", false) ? CONTROL : USER_DEFINED);
    }
    model
        .optionalString("unk_token")
        .map(ids::get)
        .filter(id -> bytes)
        .ifPresent(id -> types[id] = UNKNOWN);
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] == null) {
        set(id, "[PAD" + id + "]", UNUSED);
      }
    }
  }

  private void set(int id, String token, int type) {
    if (id >= tokens.length) {
      throw new TokenizerException(
          "out-of-range",
          "tokenizer.json: token "
              + WeightsFile.printable(token)
              + " has the id "
              + id
              + ", the model has "
              + tokens.length
              + " tokens",
          "Use a tokenizer and weights that belong together.");
    }
    tokens[id] = token;
    types[id] = type;
    ids.put(token, id);
  }

  /** llama.cpp's spelling of WordPiece: a word begins with U+2581, a continuation with nothing. */
  private List<String> phantomSpaces() {
    List<String> spelled = new ArrayList<>(tokens.length);
    for (int id = 0; id < tokens.length; id++) {
      String token = tokens[id];
      spelled.add(
          types[id] == CONTROL
              ? token
              : token.startsWith("##") ? token.substring(2) : "\u2581" + token);
    }
    return spelled;
  }

  private List<String> merges() {
    List<String> merges = new ArrayList<>();
    for (Object merge : model.list("merges").orElse(List.of())) {
      if (merge instanceof String joined) {
        merges.add(joined);
      } else if (merge instanceof List<?> pair
          && pair.size() == 2
          && pair.getFirst() instanceof String left
          && pair.getLast() instanceof String right
          && left.indexOf(' ') < 0
          && right.indexOf(' ') < 0) {
        merges.add(left + " " + right);
      } else {
        throw unsupported("a merge is not a pair of texts without spaces");
      }
    }
    return merges;
  }

  /**
   * SentencePiece merges the pair with the highest score first: the order of the merges, negated.
   * Pieces that no merge makes come last of all.
   */
  private float[] scores() {
    float[] scores = new float[tokens.length];
    Arrays.fill(scores, -1e6f);
    List<String> merges = merges();
    for (int rank = merges.size() - 1; rank >= 0; rank--) {
      Integer id = ids.get(merges.get(rank).replace(" ", ""));
      if (id != null) {
        scores[id] = -rank;
      }
    }
    return scores;
  }

  private static TokenizerException unsupported(String why) {
    return new TokenizerException(
        "unsupported",
        "tokenizer.json cannot be converted: " + why,
        "Use a model with byte-pair, SentencePiece-style or WordPiece tokens.");
  }
}
