package dev.candor.engine.tokenizers;

import dev.candor.engine.TokenizerException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of Hugging Face's tokenizers: added tokens are cut out, the rest is normalized,
 * split into pieces, and each piece given to the model; then a template adds what opens and closes
 * a sequence.
 */
final class PipelineTokenizer implements Tokenizer {

  /**
   * The parts of a tokenizer.
   *
   * @param added tokens that are found as written, by whatever the order of their ids
   * @param opening ids before every sequence
   * @param closing ids behind every sequence
   * @param bytes whether the text of a token is its bytes; otherwise {@code decoder} makes it
   * @param maximumTokens most ids of a sequence, by the tokenizer's own truncation
   */
  record Parts(
      Vocabulary vocabulary,
      List<AddedTokens.Token> added,
      Normalizer normalizer,
      PreTokenizer preTokenizer,
      Model model,
      List<Integer> opening,
      List<Integer> closing,
      boolean bytes,
      PieceDecoder decoder,
      Optional<Integer> maximumTokens) {}

  private final Parts parts;
  private final AddedTokens original;
  private final AddedTokens normalized;
  private final Map<Integer, AddedTokens.Token> addedById = new HashMap<>();
  private final Map<String, Integer> addedIds = new HashMap<>();
  private final int[] opening;
  private final int[] closing;
  private final int size;

  PipelineTokenizer(Parts parts) {
    this.parts = parts;
    int largest = parts.vocabulary().size() - 1;
    for (AddedTokens.Token token : parts.added()) {
      addedById.put(token.id(), token);
      addedIds.put(token.content(), token.id());
      largest = Math.max(largest, token.id());
    }
    this.size = largest + 1;
    List<AddedTokens.Token> inOriginal =
        parts.added().stream().filter(token -> !token.normalized()).toList();
    List<AddedTokens.Token> inNormalized =
        parts.added().stream().filter(AddedTokens.Token::normalized).toList();
    this.original =
        new AddedTokens(inOriginal, inOriginal.stream().map(AddedTokens.Token::content).toList());
    this.normalized =
        new AddedTokens(
            inNormalized,
            inNormalized.stream()
                .map(token -> parts.normalizer().normalize(token.content()))
                .toList());
    this.opening = parts.opening().stream().mapToInt(Integer::intValue).toArray();
    this.closing = parts.closing().stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public int vocabularySize() {
    return size;
  }

  @Override
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    return encode(text, addSpecial, parseSpecial ? LiteralRanges.NONE : LiteralRanges.ALL);
  }

  @Override
  public int[] encode(String text, boolean addSpecial, LiteralRanges literal) {
    if (text.length() > TokenizerLimits.TEXT) {
      throw TokenizerLimits.textTooLong("the text", text.length());
    }
    Encoding encoding = new Encoding(literal);
    if (addSpecial) {
      encoding.workspace.add(opening);
    }
    original.split(text, 0, text.length(), literal, encoding);
    if (addSpecial) {
      encoding.workspace.add(closing);
    }
    int[] ids = encoding.workspace.ids();
    if (parts.maximumTokens().isPresent() && ids.length > parts.maximumTokens().get()) {
      throw new TokenizerException(
          "too-many-tokens",
          "the text has "
              + ids.length
              + " tokens, the tokenizer's own limit is "
              + parts.maximumTokens().get(),
          "Shorten the text.");
    }
    return ids;
  }

  /** One call of encode: sees the parts of the original text, then those of the normalized one. */
  private final class Encoding implements AddedTokens.Sink, PreTokenizer.Sink {
    final Workspace workspace = new Workspace();
    private final LiteralRanges literal;

    Encoding(LiteralRanges literal) {
      this.literal = literal;
    }

    @Override
    public void token(int id) {
      workspace.add(id);
    }

    @Override
    public void text(String text, int start, int end) {
      boolean opens = start == 0;
      if (parts.normalizer() == Normalizer.NONE) {
        splitNormalized(text, start, end, opens, literal);
      } else {
        requireValid(text, start, end);
        String changed = parts.normalizer().normalize(text.substring(start, end));
        // Normalization moves the ranges. Control tokens that are found behind it (no known model
        // has any) do not count in a part that is even partly literal.
        LiteralRanges part = literal.touches(start, end) ? LiteralRanges.ALL : LiteralRanges.NONE;
        splitNormalized(changed, 0, changed.length(), opens, part);
      }
    }

    private void splitNormalized(
        String text, int start, int end, boolean opens, LiteralRanges ranges) {
      normalized.split(
          text,
          start,
          end,
          ranges,
          new AddedTokens.Sink() {
            @Override
            public void token(int id) {
              workspace.add(id);
            }

            @Override
            public void text(String part, int from, int to) {
              parts.preTokenizer().split(part, from, to, opens && from == start, Encoding.this);
            }
          });
    }

    @Override
    public void piece(String text, int start, int end) {
      parts.model().tokenize(text, start, end, workspace);
    }
  }

  private static void requireValid(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == end
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw Utf8.unpaired(i);
        }
        i++;
      }
    }
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    StreamDecoder decoder = streamDecoder(skipSpecial);
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.next(id));
    }
    return text.append(decoder.finish()).toString();
  }

  @Override
  public StreamDecoder streamDecoder(boolean skipSpecial) {
    return parts.bytes() ? new ByteStream(skipSpecial) : new SpellingStream(skipSpecial);
  }

  @Override
  public byte[] bytes(int id) {
    if (parts.bytes()) {
      return byteLevel(id);
    }
    String spelling = spelling(id);
    if (spelling == null) {
      return new byte[0];
    }
    // Behind other text: at the very beginning a space may be dropped.
    PieceDecoder.PieceStream stream = parts.decoder().stream();
    stream.accept("a");
    String text = stream.accept(spelling);
    int held = PieceDecoder.byteOf(spelling);
    return text.isEmpty() && held >= 0 ? new byte[] {(byte) held} : Utf8.bytes(text);
  }

  private byte[] byteLevel(int id) {
    AddedTokens.Token added = addedById.get(id);
    if (added == null) {
      return parts.vocabulary().bytes(id);
    }
    byte[] bytes = new byte[added.content().length()];
    return ByteAlphabet.bytes(added.content(), bytes) ? bytes : Utf8.bytes(added.content());
  }

  private final class ByteStream implements StreamDecoder {
    private final boolean skipSpecial;
    private final Utf8.Decoder decoder = new Utf8.Decoder();
    private final StringBuilder out = new StringBuilder();

    ByteStream(boolean skipSpecial) {
      this.skipSpecial = skipSpecial;
    }

    @Override
    public String next(int id) {
      if (skipSpecial && isSpecial(id)) {
        return "";
      }
      out.setLength(0);
      byte[] bytes = byteLevel(id);
      decoder.accept(bytes, 0, bytes.length, out);
      return out.toString();
    }

    @Override
    public String finish() {
      out.setLength(0);
      decoder.finish(out);
      return out.toString();
    }
  }

  private final class SpellingStream implements StreamDecoder {
    private final boolean skipSpecial;
    private final PieceDecoder.PieceStream stream = parts.decoder().stream();

    SpellingStream(boolean skipSpecial) {
      this.skipSpecial = skipSpecial;
    }

    @Override
    public String next(int id) {
      String spelling = spelling(id);
      return spelling == null || skipSpecial && isSpecial(id) ? "" : stream.accept(spelling);
    }

    @Override
    public String finish() {
      return stream.finish();
    }
  }

  private @Nullable String spelling(int id) {
    requireNotNegative(id);
    AddedTokens.Token added = addedById.get(id);
    return added == null ? parts.vocabulary().spelling(id) : added.content();
  }

  private static void requireNotNegative(int id) {
    if (id < 0) {
      throw new TokenizerException(
          "out-of-range", "the token id " + id + " is negative", "Give ids of the vocabulary.");
    }
  }

  @Override
  public OptionalInt id(String token) {
    Integer added = addedIds.get(token);
    return added == null ? parts.vocabulary().id(token) : OptionalInt.of(added);
  }

  @Override
  public String token(int id) {
    String spelling = spelling(id);
    if (spelling == null) {
      throw new TokenizerException(
          "out-of-range",
          "the vocabulary has no token with id " + id + "; ids are below " + size,
          "Give ids of the vocabulary.");
    }
    return spelling;
  }

  @Override
  public boolean isSpecial(int id) {
    requireNotNegative(id);
    AddedTokens.Token added = addedById.get(id);
    return added != null && added.special();
  }
}
