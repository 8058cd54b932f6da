package dev.candor.engine.tokenizers;

import static dev.candor.engine.tokenizers.TokenizerLimits.malformed;
import static dev.candor.engine.tokenizers.TokenizerLimits.quoted;
import static dev.candor.engine.tokenizers.TokenizerLimits.tooLarge;
import static dev.candor.engine.tokenizers.TokenizerLimits.unsupported;

import dev.candor.engine.TokenizerException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a tokenizer of the metadata of a GGUF file, after the GGUF specification and what llama.cpp
 * does with it: models {@code gpt2} (byte-level BPE), {@code llama} (SentencePiece BPE) and {@code
 * bert} (WordPiece). Where a file carries the original under {@code tokenizer.huggingface.json},
 * that is used instead: the other keys cannot say which white space a token swallows.
 *
 * <p>Token types: control and unknown tokens are special; user-defined ones are always found as
 * they are written.
 */
public final class GgufTokenizer {

  private static final String HUGGING_FACE = "tokenizer.huggingface.json";
  private static final String MODEL = "tokenizer.ggml.model";
  private static final String PRE = "tokenizer.ggml.pre";
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final String MERGES = "tokenizer.ggml.merges";
  private static final String BEGIN_ID = "tokenizer.ggml.bos_token_id";
  private static final String END_ID = "tokenizer.ggml.eos_token_id";
  private static final String UNKNOWN_ID = "tokenizer.ggml.unknown_token_id";
  private static final String SEPARATOR_ID = "tokenizer.ggml.seperator_token_id";
  private static final String CLASS_ID = "tokenizer.ggml.cls_token_id";
  private static final String ADD_BEGIN = "tokenizer.ggml.add_bos_token";
  private static final String ADD_END = "tokenizer.ggml.add_eos_token";
  private static final String ADD_SPACE = "tokenizer.ggml.add_space_prefix";

  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  /**
   * The metadata keys that are looked at. A file need not have them all; other keys need not be
   * given.
   */
  public static final List<String> KEYS =
      List.of(
          HUGGING_FACE,
          MODEL,
          PRE,
          TOKENS,
          SCORES,
          TYPES,
          MERGES,
          BEGIN_ID,
          END_ID,
          UNKNOWN_ID,
          SEPARATOR_ID,
          CLASS_ID,
          ADD_BEGIN,
          ADD_END,
          ADD_SPACE);

  private final Map<String, Object> metadata;
  private final List<String> tokens;
  private final int[] types;

  private GgufTokenizer(Map<String, Object> metadata) {
    this.metadata = metadata;
    this.tokens = strings(TOKENS).orElseThrow(() -> malformed("GGUF: " + TOKENS + " is missing"));
    if (tokens.size() > TokenizerLimits.IDS) {
      throw tooLarge("GGUF: " + tokens.size() + " tokens, allowed are " + TokenizerLimits.IDS);
    }
    this.types = value(TYPES, int[].class, "whole numbers").orElse(new int[0]);
    if (types.length != 0 && types.length != tokens.size()) {
      throw malformed(
          "GGUF: " + TYPES + " has " + types.length + " elements for " + tokens.size() + " tokens");
    }
  }

  /**
   * Makes the tokenizer.
   *
   * @param metadata of {@link #KEYS} those that the file has: texts as {@link String}, whole
   *     numbers as {@link Long} or {@link Integer}, truth values as {@link Boolean}, arrays of
   *     texts as {@link List}, of whole numbers as {@code int[]}, of numbers as {@code float[]}
   * @throws TokenizerException if it is malformed or unsupported
   */
  public static Tokenizer of(Map<String, Object> metadata) {
    Object original = metadata.get(HUGGING_FACE);
    if (original instanceof String json) {
      return TokenizerJson.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }
    if (original != null) {
      throw malformed("GGUF: " + HUGGING_FACE + " is not a text");
    }
    GgufTokenizer file = new GgufTokenizer(metadata);
    String model =
        file.string(MODEL).orElseThrow(() -> malformed("GGUF: " + MODEL + " is missing"));
    return switch (model) {
      case "gpt2" -> file.byteLevel();
      case "llama" -> file.sentencePiece();
      case "bert" -> file.wordPiece();
      default -> throw unsupported("GGUF: " + MODEL + " is " + quoted(model));
    };
  }

  /** What a name of {@value #PRE} stands for. */
  private record Splitting(PreTokenizer preTokenizer, boolean wholePieces, boolean begins) {}

  private Splitting splitting() {
    String name = string(PRE).orElse("default");
    return switch (name) {
      case "gpt-2", "phi-2" -> new Splitting(isolated(PublishedPattern.GPT2), false, false);
      case "llama3", "llama-v3", "llama-bpe" ->
          new Splitting(isolated(PublishedPattern.LLAMA3), true, true);
      case "qwen2", "deepseek-r1-qwen" ->
          new Splitting(isolated(PublishedPattern.QWEN2), false, false);
      case "smollm", "starcoder", "refact", "command-r" ->
          new Splitting(
              PreTokenizer.sequence(
                  List.of(
                      isolated(PublishedPattern.SINGLE_NUMBER), isolated(PublishedPattern.GPT2))),
              false,
              false);
      // Ours: white space apart from words, so that a word is the same tokens wherever it stands.
      case "candor-words" ->
          new Splitting(
              PreTokenizer.sequence(
                  List.of(
                      isolated(PublishedPattern.SPACES),
                      isolated(PublishedPattern.SINGLE_NUMBER),
                      isolated(PublishedPattern.GPT2))),
              false,
              false);
      case "gpt-4o" -> new Splitting(isolated(PublishedPattern.O200K), false, false);
      default -> throw unsupported("GGUF: " + PRE + " is " + quoted(name));
    };
  }

  private static PreTokenizer isolated(PiecePattern pattern) {
    return new PreTokenizer.Split(pattern, PreTokenizer.Behavior.ISOLATED, false);
  }

  private Tokenizer byteLevel() {
    Splitting splitting = splitting();
    Vocabulary vocabulary = vocabulary(true);
    List<String> merges =
        strings(MERGES).orElseThrow(() -> malformed("GGUF: " + MERGES + " is missing"));
    if (merges.size() > TokenizerLimits.MERGES) {
      throw tooLarge("GGUF: more than " + TokenizerLimits.MERGES + " merges");
    }
    MergeReader reader = new MergeReader(vocabulary, 0, merges.size());
    for (int rank = 0; rank < merges.size(); rank++) {
      String merge = merges.get(rank);
      int space = merge.indexOf(' ', 1);
      if (space < 0) {
        throw malformed("GGUF: merge " + rank + ", " + quoted(merge) + ", is not two tokens");
      }
      reader.add(merge, space, rank);
    }
    Model model =
        new BytePairModel(
            vocabulary,
            reader.merges(),
            -1,
            false,
            new int[0],
            splitting.wholePieces(),
            BytePairModel.Symbols.BYTES,
            new byte[0],
            new byte[0]);
    return tokenizer(
        vocabulary,
        Normalizer.NONE,
        splitting.preTokenizer(),
        model,
        opening(BEGIN_ID, splitting.begins()),
        closing(END_ID, false),
        true,
        List.of());
  }

  private Tokenizer sentencePiece() {
    Vocabulary vocabulary = vocabulary(false);
    float[] scores =
        value(SCORES, float[].class, "numbers")
            .orElseThrow(() -> malformed("GGUF: " + SCORES + " is missing"));
    if (scores.length != tokens.size()) {
      throw malformed(
          "GGUF: "
              + SCORES
              + " has "
              + scores.length
              + " elements for "
              + tokens.size()
              + " tokens");
    }
    for (int id = 0; id < scores.length; id++) {
      if (!Float.isFinite(scores[id])) {
        throw malformed("GGUF: the score of token " + id + " is " + scores[id]);
      }
    }
    Model model =
        new BytePairModel(
            vocabulary,
            new ScoreMerges(vocabulary, scores),
            optionalId(UNKNOWN_ID).orElse(-1),
            false,
            BytePairModel.byteTokens(vocabulary),
            false,
            BytePairModel.Symbols.SPANS,
            new byte[0],
            new byte[0]);
    boolean addsSpace = bool(ADD_SPACE, true);
    List<Normalizer> normalizers = new ArrayList<>();
    List<PieceDecoder.StepFactory> decoder = new ArrayList<>();
    decoder.add(PieceDecoder.replace("▁", " "));
    decoder.add(PieceDecoder.byteFallback());
    if (addsSpace) {
      normalizers.add(Normalizer.prepend("▁"));
      decoder.add(PieceDecoder.stripText(' ', 1));
    }
    normalizers.add(Normalizer.replace(" ", "▁"));
    return tokenizer(
        vocabulary,
        Normalizer.sequence(normalizers),
        PreTokenizer.NONE,
        model,
        opening(BEGIN_ID, true),
        closing(END_ID, false),
        false,
        decoder);
  }

  /** Words begin with ▁ and continuations with nothing, the reverse of BERT's own vocabulary. */
  private Tokenizer wordPiece() {
    Vocabulary.Builder builder = new Vocabulary.Builder(false, tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      builder.add(wordPieceSpelling(id), id);
    }
    Vocabulary vocabulary = builder.build();
    int unknown =
        optionalId(UNKNOWN_ID)
            .or(() -> boxed(vocabulary.id("[UNK]")))
            .orElseThrow(() -> malformed("GGUF: " + UNKNOWN_ID + " is missing"));
    int first =
        optionalId(CLASS_ID)
            .or(() -> optionalId(BEGIN_ID))
            .or(() -> boxed(vocabulary.id("[CLS]")))
            .orElseThrow(() -> malformed("GGUF: " + CLASS_ID + " is missing"));
    int last =
        optionalId(SEPARATOR_ID)
            .or(() -> optionalId(END_ID))
            .or(() -> boxed(vocabulary.id("[SEP]")))
            .orElseThrow(() -> malformed("GGUF: " + SEPARATOR_ID + " is missing"));
    return tokenizer(
        vocabulary,
        new Normalizer.Bert(true, true, true, true),
        new PreTokenizer.BertWords(),
        WordPieceModel.of(vocabulary, "##", unknown, 100),
        bool(ADD_BEGIN, true) ? List.of(first) : List.of(),
        bool(ADD_END, true) ? List.of(last) : List.of(),
        false,
        List.of(PieceDecoder.wordPiece("##", true)));
  }

  private String wordPieceSpelling(int id) {
    String token = tokens.get(id);
    if (token.startsWith("▁")) {
      return token.substring(1);
    }
    boolean bracketed = token.startsWith("[") && token.endsWith("]") && token.length() > 2;
    return bracketed ? token : "##" + token;
  }

  private static Optional<Integer> boxed(java.util.OptionalInt id) {
    return id.isPresent() ? Optional.of(id.getAsInt()) : Optional.empty();
  }

  private Vocabulary vocabulary(boolean byteLevel) {
    Vocabulary.Builder builder = new Vocabulary.Builder(byteLevel, tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      builder.add(tokens.get(id), id);
    }
    return builder.build();
  }

  private Tokenizer tokenizer(
      Vocabulary vocabulary,
      Normalizer normalizer,
      PreTokenizer preTokenizer,
      Model model,
      List<Integer> opening,
      List<Integer> closing,
      boolean bytes,
      List<PieceDecoder.StepFactory> decoder) {
    List<AddedTokens.Token> added = new ArrayList<>();
    for (int id = 0; id < types.length; id++) {
      boolean special = types[id] == CONTROL || types[id] == UNKNOWN;
      if (special || types[id] == USER_DEFINED) {
        added.add(new AddedTokens.Token(tokens.get(id), id, false, false, false, false, special));
      }
    }
    if (added.size() > TokenizerLimits.ADDED_TOKENS) {
      throw tooLarge(
          "GGUF: more than " + TokenizerLimits.ADDED_TOKENS + " control and user-defined tokens");
    }
    return new PipelineTokenizer(
        new PipelineTokenizer.Parts(
            vocabulary,
            added,
            normalizer,
            preTokenizer,
            model,
            opening,
            closing,
            bytes,
            new PieceDecoder(decoder),
            Optional.empty()));
  }

  private List<Integer> opening(String key, boolean absent) {
    return wanted(ADD_BEGIN, key, absent);
  }

  private List<Integer> closing(String key, boolean absent) {
    return wanted(ADD_END, key, absent);
  }

  private List<Integer> wanted(String flag, String key, boolean absent) {
    if (!bool(flag, absent)) {
      return List.of();
    }
    return List.of(
        optionalId(key).orElseThrow(() -> malformed("GGUF: " + key + " is missing, but wanted")));
  }

  private Optional<Integer> optionalId(String key) {
    return value(key, Number.class, "a whole number")
        .map(number -> {
          long id = number.longValue();
          if (id < 0 || id >= tokens.size()) {
            throw new TokenizerException(
                "out-of-range",
                "GGUF: " + key + " is " + id + ", there are " + tokens.size() + " tokens",
                "Use an undamaged file.");
          }
          return (int) id;
        });
  }

  private boolean bool(String key, boolean absent) {
    return value(key, Boolean.class, "true or false").orElse(absent);
  }

  private Optional<String> string(String key) {
    return value(key, String.class, "a text");
  }

  private Optional<List<String>> strings(String key) {
    return value(key, List.class, "an array of texts")
        .map(list -> {
          List<String> strings = new ArrayList<>(list.size());
          for (Object element : list) {
            if (!(element instanceof String text)) {
              throw malformed("GGUF: " + key + " is not an array of texts");
            }
            strings.add(text);
          }
          return strings;
        });
  }

  private <T> Optional<T> value(String key, Class<T> type, String expected) {
    Object value = metadata.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw malformed("GGUF: " + key + " is not " + expected);
    }
    return Optional.of(type.cast(value));
  }
}
