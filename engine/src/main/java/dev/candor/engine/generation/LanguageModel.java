package dev.candor.engine.generation;

import dev.candor.engine.EngineException;
import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.VocabularyTrie;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.templates.ChatTemplate;
import dev.candor.engine.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A decoder with all that belongs to it: tokenizer, chat template, end tokens, the sampling its
 * authors advise, and the digest of its weights. Immutable and safe for use by many threads.
 * Closing it unmaps the weights; sessions must be closed before.
 */
public final class LanguageModel implements AutoCloseable {

  private final ModelParts parts;
  private final BitSet endTokens = new BitSet();
  private volatile @Nullable String digest;
  private volatile @Nullable VocabularyTrie vocabulary;
  private boolean closed;

  /** Puts a model together from its parts; files are opened by {@link #open}. */
  public LanguageModel(ModelParts parts) {
    this.parts = parts;
    parts.endTokens().forEach(endTokens::set);
  }

  /**
   * Opens a GGUF file, or a Hugging Face folder.
   *
   * @throws EngineException if it is malformed, unsupported, or not a decoder
   */
  public static LanguageModel open(Path path, LoadOptions options) {
    return new LanguageModel(ModelLoader.load(path, options));
  }

  /**
   * The same model for many sessions at once, each in a thread of its own: their tokens are read in
   * common passes over the weights, as many as ask at about the same time. Each session generates
   * what it would generate alone, to the bit. Closing it closes this one.
   */
  public LanguageModel batched() {
    BatchedModel together = new BatchedModel(parts.model());
    return new LanguageModel(
        parts.with(
            together,
            this::digest,
            () -> {
              together.close();
              close();
            }));
  }

  /** Hugging Face {@code model_type}. */
  public String architecture() {
    return parts.model().architecture();
  }

  /** The network itself. */
  public CausalModel model() {
    return parts.model();
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return parts.tokenizer();
  }

  /**
   * How to chat with it; empty for a model without a chat template.
   *
   * @throws dev.candor.engine.TemplateException if it has a template that cannot be used
   */
  public Optional<ChatFormat> chatFormat() {
    return parts
        .chatTemplate()
        .map(source ->
            new ChatFormat(ChatTemplate.parse(source), parts.tokenizer(), parts.chatVariables()));
  }

  /** Its tokens by their bytes, for constraints; made when first asked for. */
  public VocabularyTrie vocabulary() {
    VocabularyTrie known = vocabulary;
    if (known == null) {
      Tokenizer tokenizer = parts.tokenizer();
      known =
          new VocabularyTrie(
              parts.model().vocabularySize(), id -> isText(id) ? tokenizer.bytes(id) : new byte[0]);
      vocabulary = known;
    }
    return known;
  }

  /**
   * The text with which the model ends its thinking, before its answer proper; empty for a model
   * that does not think aloud.
   */
  public Optional<String> thinkingEnd() {
    return parts.thinkingEnd();
  }

  /**
   * Whether the token stands for a text, as its spelling or its bytes; not if it ends an answer.
   */
  private boolean isText(int id) {
    Tokenizer tokenizer = parts.tokenizer();
    boolean isControl =
        tokenizer.isSpecial(id) && !tokenizer.token(id).equals(GenerationDefaults.THINKING_END);
    return !isEnd(id) && !isControl;
  }

  /** Whether the token ends an answer. */
  public boolean isEnd(int id) {
    return endTokens.get(id);
  }

  /** What its authors advise, greedy if they don't say. */
  public SamplingOptions defaultSampling() {
    return parts.defaultSampling();
  }

  /** The name of the kernel path it computes with. */
  public String kernels() {
    return parts.kernels().kernels().name();
  }

  /** Why it computes with that path: one sentence for people. */
  public String kernelsReason() {
    return parts.kernels().reason();
  }

  /**
   * What it is called in records: the SHA-256 of a GGUF file as {@code sha256sum} prints it; of a
   * folder see {@link ModelDigest}. Computed when first asked for, by reading all of it, unless the
   * {@link LoadOptions} said it.
   *
   * <p>Of a packed file it is the digest of the file that was packed, as the packed one says: the
   * one by which its publisher knows it. To verify it, pack the original and compare the files.
   */
  public String digest() {
    String known = digest;
    if (known == null) {
      known = parts.digest().get();
      digest = known;
    }
    return known;
  }

  /** Digests of its parts; empty for a model that was put together and not opened. */
  public Optional<ModelFingerprints> fingerprints() {
    return parts.fingerprints();
  }

  /** Bytes of the mapped weights. */
  public long weightBytes() {
    return parts.weightBytes();
  }

  /**
   * Bytes of its weights that lie in rows and would be faster in strips: what {@link
   * dev.candor.engine.weights.Packing} would pack. 0 for a packed file.
   */
  public long packableBytes() {
    return parts.packableBytes();
  }

  /**
   * Bytes that a session with these options will allocate.
   *
   * @throws GenerationException as {@link #newSession}
   */
  public long sessionBytes(SessionOptions options) {
    requireLength(options);
    return parts.model().stateBytes(options.contextTokens(), options.cacheFormat())
        + 4L * options.contextTokens()
        + 4L * parts.model().vocabularySize();
  }

  /**
   * Bytes of the buffers that computing keeps besides, while one such session at a time computes.
   *
   * @throws GenerationException as {@link #newSession}
   */
  public long workingBytes(SessionOptions options) {
    requireLength(options);
    return parts.model().workingBytes(options.contextTokens());
  }

  /**
   * An empty session.
   *
   * @throws GenerationException {@code generation.out-of-range} if the model was made for shorter
   *     contexts
   */
  public Session newSession(SessionOptions options) {
    requireLength(options);
    return new Session(this, options);
  }

  /**
   * The session that {@link Session#save} wrote. The context may be longer than the one that was
   * saved.
   *
   * @throws GenerationException {@code generation.state-unreadable}, {@code state-malformed},
   *     {@code state-altered}, {@code state-other-version}, {@code state-other-model}, {@code
   *     state-other-adapter}, {@code state-other-profile}, {@code state-other-cache-format} or
   *     {@code state-too-long}
   */
  public Session restoreSession(Path file, SessionOptions options) {
    Session session = newSession(options);
    try {
      session.load(file);
      return session;
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /**
   * The session whose bytes a channel gives, as {@link Session#save(WritableByteChannel)} wrote
   * them. They are read once, in order: nothing is allocated whose size they alone say, and the
   * checksum is compared before the session is returned.
   *
   * @param channel read to the end of the state, and not closed
   * @param bytes how many the state has
   * @throws IOException what the channel throws, or if it ends before that
   * @throws GenerationException as {@link #restoreSession(Path, SessionOptions)}
   */
  public Session restoreSession(ReadableByteChannel channel, long bytes, SessionOptions options)
      throws IOException {
    Session session = newSession(options);
    try {
      session.load(channel, bytes);
      return session;
    } catch (IOException | RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /**
   * A vector that stands for a text: what the model makes of it before it would compute logits, the
   * output of its final norm. A classifier or an index reads it. The same tokens and options give
   * the same bits.
   *
   * @param tokens of the text, 1 or more
   * @param options the most tokens it may have, how keys and values are kept meanwhile, and with
   *     which adapter
   * @return {@link CausalModel#hiddenSize} numbers
   * @throws GenerationException {@code generation.context-empty}, {@code
   *     generation.context-exceeded} if the text is longer than the options allow, {@code
   *     generation.token-out-of-range}
   */
  public float[] hiddenState(int[] tokens, Pooling pooling, SessionOptions options) {
    requireLength(options);
    if (tokens.length > options.contextTokens()) {
      throw new GenerationException(
          "context-exceeded",
          "the context holds " + options.contextTokens() + " tokens; the text has " + tokens.length,
          "Shorten the text or ask for a larger context (--context).");
    }
    CausalModel model = parts.model();
    try (SequenceState state =
        model.newState(Math.max(1, tokens.length), options.cacheFormat(), options.adapter())) {
      return HiddenStates.read(model, state, tokens, pooling);
    }
  }

  private void requireLength(SessionOptions options) {
    if (options.contextTokens() > parts.model().contextLength()) {
      throw new GenerationException(
          "out-of-range",
          "context-tokens is "
              + options.contextTokens()
              + ", this model allows 1 to "
              + parts.model().contextLength(),
          "Ask for a shorter context (--context).");
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      parts.onClose().run();
    }
  }
}
