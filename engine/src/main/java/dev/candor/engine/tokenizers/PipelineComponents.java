package dev.candor.engine.tokenizers;

import static dev.candor.engine.tokenizers.TokenizerLimits.malformed;
import static dev.candor.engine.tokenizers.TokenizerLimits.quoted;
import static dev.candor.engine.tokenizers.TokenizerLimits.tooLarge;
import static dev.candor.engine.tokenizers.TokenizerLimits.unsupported;

import dev.candor.engine.TokenizerException;
import dev.candor.engine.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The normalizers, pre-tokenizers, post-processors and decoders that tokenizer.json declares. */
final class PipelineComponents {

  private PipelineComponents() {}

  /**
   * @param byteLevel whether the model sees bytes
   */
  record PreTokenization(PreTokenizer preTokenizer, boolean byteLevel) {}

  /** Ids before and behind a sequence. */
  record Template(List<Integer> opening, List<Integer> closing) {}

  /**
   * @param bytes whether tokens are bytes of the text; otherwise {@code pieces} makes the text
   */
  record Decoding(boolean bytes, PieceDecoder pieces) {}

  /**
   * The components of a sequence, in order, nested sequences unfolded; the one itself if single.
   */
  private static List<JsonObject> steps(Optional<JsonObject> component, String members) {
    List<JsonObject> steps = new ArrayList<>();
    component.ifPresent(object -> addSteps(object, members, steps));
    return steps;
  }

  private static void addSteps(JsonObject component, String members, List<JsonObject> steps) {
    if (!component.string("type").equals("Sequence")) {
      if (steps.size() == TokenizerLimits.STEPS) {
        throw tooLarge(
            "tokenizer.json: " + members + " has more than " + TokenizerLimits.STEPS + " steps");
      }
      steps.add(component);
      return;
    }
    for (Object element : component.list(members).orElse(List.of())) {
      if (!(element instanceof JsonObject step)) {
        throw malformed("tokenizer.json: an element of " + members + " is not an object");
      }
      addSteps(step, members, steps);
    }
  }

  static Normalizer normalizer(Optional<JsonObject> component) {
    List<Normalizer> normalizers = new ArrayList<>();
    for (JsonObject step : steps(component, "normalizers")) {
      normalizers.add(normalizerStep(step));
    }
    return Normalizer.sequence(normalizers);
  }

  private static Normalizer normalizerStep(JsonObject step) {
    String type = step.string("type");
    return switch (type) {
      case "Replace" ->
          Normalizer.replace(literal(step, "normalizer Replace"), step.string("content"));
      case "Prepend" -> Normalizer.prepend(step.string("prepend"));
      case "NFC", "NFD", "NFKC", "NFKD" -> Normalizer.form(java.text.Normalizer.Form.valueOf(type));
      case "Lowercase" -> Normalizer::lowercase;
      case "StripAccents" -> Normalizer::removeNonSpacingMarks;
      case "Strip" ->
          Normalizer.strip(step.bool("strip_left", true), step.bool("strip_right", true));
      case "BertNormalizer" ->
          new Normalizer.Bert(
              step.bool("clean_text", true),
              step.bool("handle_chinese_chars", true),
              step.bool("strip_accents", step.bool("lowercase", true)),
              step.bool("lowercase", true));
      default -> throw unsupported("tokenizer.json: normalizer of type " + quoted(type));
    };
  }

  static PreTokenization preTokenization(Optional<JsonObject> component) {
    List<PreTokenizer> preTokenizers = new ArrayList<>();
    boolean byteLevel = false;
    for (JsonObject step : steps(component, "pretokenizers")) {
      if (byteLevel) {
        throw unsupported("tokenizer.json: a pre-tokenizer behind ByteLevel");
      }
      String type = step.string("type");
      switch (type) {
        case "ByteLevel" -> {
          byteLevel = true;
          if (step.bool("add_prefix_space", true)) {
            preTokenizers.add(new PreTokenizer.PrefixSpace());
          }
          if (step.bool("use_regex", true)) {
            preTokenizers.add(isolated(PublishedPattern.GPT2));
          }
        }
        case "Split" -> preTokenizers.add(split(step));
        case "Digits" ->
            preTokenizers.add(
                step.bool("individual_digits", false)
                    ? isolated(PublishedPattern.SINGLE_NUMBER)
                    : new PreTokenizer.Split(
                        PublishedPattern.SINGLE_NUMBER, PreTokenizer.Behavior.CONTIGUOUS, false));
        case "Metaspace" -> preTokenizers.add(metaspace(step));
        case "BertPreTokenizer" -> preTokenizers.add(new PreTokenizer.BertWords());
        case "WhitespaceSplit" ->
            preTokenizers.add(
                new PreTokenizer.Split(
                    PublishedPattern.SPACES, PreTokenizer.Behavior.REMOVED, false));
        default -> throw unsupported("tokenizer.json: pre-tokenizer of type " + quoted(type));
      }
    }
    return new PreTokenization(PreTokenizer.sequence(preTokenizers), byteLevel);
  }

  private static PreTokenizer isolated(PiecePattern pattern) {
    return new PreTokenizer.Split(pattern, PreTokenizer.Behavior.ISOLATED, false);
  }

  private static PreTokenizer split(JsonObject step) {
    JsonObject pattern =
        step.object("pattern").orElseThrow(() -> malformed("tokenizer.json: Split has no pattern"));
    PiecePattern compiled;
    if (pattern.has("Regex")) {
      String expression = pattern.string("Regex");
      compiled =
          PublishedPattern.of(expression)
              .orElseThrow(() ->
                  new TokenizerException(
                      "unsupported-pattern",
                      "tokenizer.json: pre-tokenizer Split has an unknown regular expression: "
                          + quoted(expression),
                      "Use a model whose tokenizer splits by a published pattern."));
    } else {
      String literal = literal(step, "pre-tokenizer Split");
      compiled =
          (text, from, to) ->
              to - from >= literal.length() && text.startsWith(literal, from)
                  ? from + literal.length()
                  : from;
    }
    PreTokenizer.Behavior behavior =
        switch (step.string("behavior")) {
          case "Removed" -> PreTokenizer.Behavior.REMOVED;
          case "Isolated" -> PreTokenizer.Behavior.ISOLATED;
          case "MergedWithPrevious" -> PreTokenizer.Behavior.MERGED_WITH_PREVIOUS;
          case "MergedWithNext" -> PreTokenizer.Behavior.MERGED_WITH_NEXT;
          case "Contiguous" -> PreTokenizer.Behavior.CONTIGUOUS;
          default ->
              throw unsupported(
                  "tokenizer.json: Split with behavior " + quoted(step.string("behavior")));
        };
    return new PreTokenizer.Split(compiled, behavior, step.bool("invert", false));
  }

  /** The pattern of a step that must be a string, not empty. */
  private static String literal(JsonObject step, String what) {
    JsonObject pattern =
        step.object("pattern").orElseThrow(() -> malformed(what + " has no pattern"));
    if (!pattern.has("String")) {
      throw new TokenizerException(
          "unsupported-pattern",
          "tokenizer.json: " + what + " by the regular expression " + quoted(pattern.toString()),
          "Use a model whose tokenizer needs no such expression.");
    }
    String literal = pattern.string("String");
    if (literal.isEmpty() || literal.length() > TokenizerLimits.TOKEN_BYTES) {
      throw malformed(
          what + ": a pattern of " + literal.length() + " characters, allowed are 1 to 2048");
    }
    return literal;
  }

  private static PreTokenizer metaspace(JsonObject step) {
    boolean prefix = step.bool("add_prefix_space", true);
    String scheme = step.optionalString("prepend_scheme").orElse(prefix ? "always" : "never");
    PreTokenizer.Metaspace.Prepend prepend =
        switch (scheme) {
          case "always" -> PreTokenizer.Metaspace.Prepend.ALWAYS;
          case "first" -> PreTokenizer.Metaspace.Prepend.FIRST;
          case "never" -> PreTokenizer.Metaspace.Prepend.NEVER;
          default ->
              throw unsupported("tokenizer.json: Metaspace with prepend_scheme " + quoted(scheme));
        };
    return new PreTokenizer.Metaspace(replacement(step), prepend, step.bool("split", true));
  }

  private static char replacement(JsonObject step) {
    return character(step.optionalString("replacement").orElse("▁"), "replacement");
  }

  private static char character(String text, String what) {
    if (text.length() != 1) {
      throw unsupported("tokenizer.json: " + what + " " + quoted(text) + " is not one character");
    }
    return text.charAt(0);
  }

  static Template template(Optional<JsonObject> component) {
    List<Integer> opening = new ArrayList<>();
    List<Integer> closing = new ArrayList<>();
    for (JsonObject step : steps(component, "processors")) {
      String type = step.string("type");
      switch (type) {
        case "ByteLevel" -> {
          // Changes offsets only.
        }
        case "TemplateProcessing" -> addTemplate(step, opening, closing);
        case "BertProcessing", "RobertaProcessing" -> {
          opening.addFirst(pairId(step, "cls"));
          closing.add(pairId(step, "sep"));
        }
        default -> throw unsupported("tokenizer.json: post-processor of type " + quoted(type));
      }
      if (opening.size() + closing.size() > 64) {
        throw tooLarge("tokenizer.json: a template of more than 64 tokens");
      }
    }
    return new Template(List.copyOf(opening), List.copyOf(closing));
  }

  private static int pairId(JsonObject step, String key) {
    List<Object> pair = step.list(key).orElse(List.of());
    if (pair.size() == 2 && pair.get(1) instanceof Long id) {
      return TokenizerLimits.requireId(id, key);
    }
    throw malformed("tokenizer.json: post-processor without " + key);
  }

  private static void addTemplate(JsonObject step, List<Integer> opening, List<Integer> closing) {
    List<Integer> before = new ArrayList<>();
    boolean sequenceSeen = false;
    JsonObject tokens = step.object("special_tokens").orElseThrow(() -> noTemplate(step));
    for (Object element : step.list("single").orElse(List.of())) {
      if (!(element instanceof JsonObject piece)) {
        throw noTemplate(step);
      }
      if (piece.has("Sequence")) {
        if (sequenceSeen) {
          throw unsupported("tokenizer.json: a template that repeats its sequence");
        }
        sequenceSeen = true;
      } else {
        String name = piece.object("SpecialToken").orElseThrow(() -> noTemplate(step)).string("id");
        JsonObject token = tokens.object(name).orElseThrow(() -> noTemplate(step));
        for (Object id : token.list("ids").orElseThrow(() -> noTemplate(step))) {
          if (!(id instanceof Long number)) {
            throw noTemplate(step);
          }
          (sequenceSeen ? closing : before).add(TokenizerLimits.requireId(number, name));
        }
      }
    }
    if (!sequenceSeen) {
      throw unsupported("tokenizer.json: a template without a sequence");
    }
    opening.addAll(0, before);
  }

  private static TokenizerException noTemplate(JsonObject step) {
    return malformed("tokenizer.json: malformed template " + quoted(step.toString()));
  }

  static Decoding decoding(Optional<JsonObject> component) {
    List<JsonObject> steps = steps(component, "decoders");
    if (steps.isEmpty()) {
      return new Decoding(false, new PieceDecoder(List.of(PieceDecoder.spaced())));
    }
    if (steps.size() == 1 && steps.getFirst().string("type").equals("ByteLevel")) {
      return new Decoding(true, new PieceDecoder(List.of()));
    }
    List<PieceDecoder.StepFactory> factories = new ArrayList<>();
    boolean fused = false;
    for (JsonObject step : steps) {
      if (step.string("type").equals("Fuse")) {
        fused = true;
      } else {
        factories.add(decoderStep(step, fused));
      }
    }
    return new Decoding(false, new PieceDecoder(factories));
  }

  private static PieceDecoder.StepFactory decoderStep(JsonObject step, boolean fused) {
    String type = step.string("type");
    if (fused && !type.equals("Strip")) {
      throw unsupported("tokenizer.json: decoder of type " + quoted(type) + " behind Fuse");
    }
    return switch (type) {
      case "Replace" ->
          PieceDecoder.replace(literal(step, "decoder Replace"), step.string("content"));
      case "ByteFallback" -> PieceDecoder.byteFallback();
      case "Strip" -> {
        char content = character(step.string("content"), "decoder Strip: content");
        int start = step.integer("start", 0, 1024);
        int stop = step.integer("stop", 0, 1024);
        if (fused && stop != 0) {
          throw unsupported("tokenizer.json: decoder Strip at the end of the text");
        }
        yield fused
            ? PieceDecoder.stripText(content, start)
            : PieceDecoder.strip(content, start, stop);
      }
      case "WordPiece" ->
          PieceDecoder.wordPiece(
              step.optionalString("prefix").orElse("##"), step.bool("cleanup", true));
      case "Metaspace" ->
          PieceDecoder.metaspace(
              replacement(step),
              !step.optionalString("prepend_scheme")
                  .orElse(step.bool("add_prefix_space", true) ? "always" : "never")
                  .equals("never"));
      default -> throw unsupported("tokenizer.json: decoder of type " + quoted(type));
    };
  }
}
