package dev.candor.engine.tokenizers;

import static dev.candor.engine.tokenizers.TokenizerLimits.malformed;
import static dev.candor.engine.tokenizers.TokenizerLimits.quoted;
import static dev.candor.engine.tokenizers.TokenizerLimits.tooLarge;
import static dev.candor.engine.tokenizers.TokenizerLimits.unsupported;

import dev.candor.engine.ConfigException;
import dev.candor.engine.TokenizerException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads tokenizer.json, the format of Hugging Face's {@code tokenizers} 0.22. What it does to a
 * text is the same, save that nothing is truncated (a text that the file would have truncated is
 * refused), nothing is padded, and merges are never dropped at random. Whatever is not supported is
 * refused by name.
 */
public final class TokenizerJson {

  private TokenizerJson() {}

  /**
   * Reads the tokenizer of a model folder.
   *
   * @param path the folder, or tokenizer.json itself
   * @throws TokenizerException if it cannot be read, is malformed or unsupported
   * @throws ConfigException if it is not JSON or exceeds a limit
   */
  public static Tokenizer open(Path path) {
    Path file = Files.isDirectory(path) ? path.resolve("tokenizer.json") : path;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return read(in);
    } catch (NoSuchFileException e) {
      throw new TokenizerException(
          "missing-file",
          file.equals(path)
              ? path + " does not exist"
              : path.toAbsolutePath().normalize().getFileName() + " holds no tokenizer.json",
          "Give a folder that holds tokenizer.json; the model may be incomplete.");
    } catch (IOException e) {
      throw new TokenizerException(
          "unreadable",
          "cannot read " + file + ": " + e.getMessage(),
          "Give a folder that holds tokenizer.json.");
    }
  }

  /**
   * Reads a document.
   *
   * @param in UTF-8; read to its end, not closed
   */
  public static Tokenizer read(InputStream in) {
    JsonObject root = Json.parseObject(in, Json.Limits.TOKENIZER, "tokenizer.json");
    JsonObject model = root.object("model").orElseThrow(() -> malformed("model is missing"));
    String type = type(model);
    if (!type.equals("BPE") && !type.equals("WordPiece")) {
      throw unsupported("tokenizer.json: model of type " + quoted(type));
    }
    PipelineComponents.PreTokenization preTokenization =
        PipelineComponents.preTokenization(root.object("pre_tokenizer"));
    PipelineComponents.Decoding decoding = PipelineComponents.decoding(root.object("decoder"));
    Normalizer normalizer = PipelineComponents.normalizer(root.object("normalizer"));
    boolean byteLevel = preTokenization.byteLevel();
    if (decoding.bytes() && !byteLevel) {
      throw unsupported("tokenizer.json: decoder ByteLevel without pre-tokenizer ByteLevel");
    }
    Vocabulary vocabulary = vocabulary(model, byteLevel);
    Model built =
        type.equals("BPE")
            ? bytePair(model, vocabulary, byteLevel)
            : wordPiece(model, vocabulary, byteLevel);
    List<AddedTokens.Token> added = addedTokens(root, vocabulary);
    PipelineComponents.Template template =
        PipelineComponents.template(root.object("post_processor"));
    return new PipelineTokenizer(
        new PipelineTokenizer.Parts(
            vocabulary,
            added,
            normalizer,
            preTokenization.preTokenizer(),
            built,
            template.opening(),
            template.closing(),
            decoding.bytes(),
            decoding.pieces(),
            root.object("truncation")
                .map(truncation -> truncation.integer("max_length", 0, Integer.MAX_VALUE))));
  }

  private static String type(JsonObject model) {
    // Old files name no type: merges are what only byte-pair encoding has.
    return model
        .optionalString("type")
        .orElseGet(() -> model.has("merges") ? "BPE" : model.has("scores") ? "Unigram" : "none");
  }

  private static Vocabulary vocabulary(JsonObject model, boolean byteLevel) {
    Map<String, Object> entries =
        model
            .object("vocab")
            .orElseThrow(() -> malformed("tokenizer.json: vocab is missing"))
            .members();
    Vocabulary.Builder builder = new Vocabulary.Builder(byteLevel, entries.size());
    for (Map.Entry<String, Object> entry : entries.entrySet()) {
      if (!(entry.getValue() instanceof Long id)) {
        throw malformed("vocab: the id of " + quoted(entry.getKey()) + " is not a whole number");
      }
      builder.add(entry.getKey(), id);
    }
    return builder.build();
  }

  private static Model bytePair(JsonObject model, Vocabulary vocabulary, boolean byteLevel) {
    if (model.number("dropout", 0) != 0) {
      throw unsupported("tokenizer.json: dropout, which makes encoding random");
    }
    String prefix = model.optionalString("continuing_subword_prefix").orElse("");
    String suffix = model.optionalString("end_of_word_suffix").orElse("");
    if (byteLevel && !(prefix.isEmpty() && suffix.isEmpty())) {
      throw unsupported("tokenizer.json: a byte-level model with subword prefix or word suffix");
    }
    List<Object> merges = model.list("merges").orElse(List.of());
    if (merges.size() > TokenizerLimits.MERGES) {
      throw tooLarge("tokenizer.json: more than " + TokenizerLimits.MERGES + " merges");
    }
    MergeReader reader = new MergeReader(vocabulary, prefix.length(), merges.size());
    for (int rank = 0; rank < merges.size(); rank++) {
      addMerge(reader, merges.get(rank), rank);
    }
    int unknown = -1;
    Optional<String> unknownToken = model.optionalString("unk_token");
    if (unknownToken.isPresent()) {
      unknown = requireToken(vocabulary, unknownToken.get(), "unk_token");
    }
    return new BytePairModel(
        vocabulary,
        reader.merges(),
        unknown,
        model.bool("fuse_unk", false),
        model.bool("byte_fallback", false) ? BytePairModel.byteTokens(vocabulary) : new int[0],
        model.bool("ignore_merges", false),
        byteLevel ? BytePairModel.Symbols.BYTES : BytePairModel.Symbols.CHARACTERS,
        prefix.getBytes(StandardCharsets.UTF_8),
        suffix.getBytes(StandardCharsets.UTF_8));
  }

  private static void addMerge(MergeReader reader, Object merge, int rank) {
    if (merge instanceof String line) {
      int space = line.indexOf(' ');
      if (space < 0 || line.indexOf(' ', space + 1) >= 0) {
        throw malformed("merge " + rank + ", " + quoted(line) + ", is not two tokens");
      }
      reader.add(line, space, rank);
    } else if (merge instanceof List<?> pair
        && pair.size() == 2
        && pair.get(0) instanceof String first
        && pair.get(1) instanceof String second) {
      reader.add(first, second, rank);
    } else {
      throw malformed("merge " + rank + " is not two tokens");
    }
  }

  private static int requireToken(Vocabulary vocabulary, String token, String what) {
    OptionalInt id = vocabulary.id(token);
    if (id.isEmpty()) {
      throw new TokenizerException(
          "out-of-vocabulary",
          what + ": " + quoted(token) + " is not in the vocabulary",
          "Use the tokenizer as its authors published it.");
    }
    return id.getAsInt();
  }

  private static Model wordPiece(JsonObject model, Vocabulary vocabulary, boolean byteLevel) {
    if (byteLevel) {
      throw unsupported("tokenizer.json: a byte-level WordPiece model");
    }
    return WordPieceModel.of(
        vocabulary,
        model.optionalString("continuing_subword_prefix").orElse("##"),
        requireToken(vocabulary, model.optionalString("unk_token").orElse("[UNK]"), "unk_token"),
        model.integer("max_input_chars_per_word", 1, 10_000, 100));
  }

  private static List<AddedTokens.Token> addedTokens(JsonObject root, Vocabulary vocabulary) {
    List<Object> declared = root.list("added_tokens").orElse(List.of());
    if (declared.size() > TokenizerLimits.ADDED_TOKENS) {
      throw tooLarge("tokenizer.json: more than " + TokenizerLimits.ADDED_TOKENS + " added tokens");
    }
    List<AddedTokens.Token> tokens = new ArrayList<>();
    for (Object element : declared) {
      if (!(element instanceof JsonObject token)) {
        throw malformed("tokenizer.json: an added token is not an object");
      }
      String content = token.string("content");
      int id = TokenizerLimits.requireId(token.integer("id", 0, Integer.MAX_VALUE), content);
      OptionalInt known = vocabulary.id(content);
      if (known.isPresent() && known.getAsInt() != id) {
        throw malformed(
            "the added token "
                + quoted(content)
                + " has id "
                + id
                + ", in the vocabulary it has "
                + known.getAsInt());
      }
      boolean special = token.bool("special", false);
      tokens.add(
          new AddedTokens.Token(
              content,
              id,
              token.bool("single_word", false),
              token.bool("lstrip", false),
              token.bool("rstrip", false),
              token.bool("normalized", !special),
              special));
    }
    return tokens;
  }
}
