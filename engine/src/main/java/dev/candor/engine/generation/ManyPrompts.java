package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.KeyValueCache;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * How probable each of some texts is as the answer to each of many prompts that are alike, such as
 * a question with one word or another left out. What prompts begin with in common is read once, and
 * what remains of them is read together: one reading of the weights serves up to {@value
 * KeyValueCache#CHUNK} tokens of different prompts. The probabilities are those of {@link
 * Session#probabilities} to the bit. Not safe for use by many threads.
 */
public final class ManyPrompts {

  /** Sequences of a pass: more of them make no faster pass, and their logits take memory. */
  private static final int MOST_TOGETHER = 64;

  /** Bytes of states that are held at once, if they allow two or more. */
  private static final long MOST_STATE_BYTES = 256L << 20;

  private final LanguageModel language;
  private final SessionOptions options;
  private final ChoiceTrie choices;
  private long tokensRead;

  /**
   * @param options of the session that each prompt would have
   * @param choices different texts, none empty
   * @throws GenerationException {@code generation.out-of-range} if a choice is empty or there twice
   */
  public ManyPrompts(LanguageModel language, SessionOptions options, List<String> choices) {
    this.language = language;
    this.options = options;
    this.choices = new ChoiceTrie(language, choices);
  }

  /** How many tokens have been read so far, those of the choices included. */
  public long tokensRead() {
    return tokensRead;
  }

  /**
   * The probabilities of the choices behind each prompt.
   *
   * @param prompts ids of the vocabulary, each 1 or more
   * @param listener sees how many of all tokens have been read
   * @return as many arrays as prompts; empty if the listener stopped the reading
   * @throws GenerationException {@code generation.context-empty} if a prompt is empty, {@code
   *     generation.context-exceeded} if one is too long for the session, {@code
   *     generation.token-out-of-range}
   */
  public Optional<List<double[]>> probabilities(List<int[]> prompts, PrefillListener listener) {
    if (prompts.isEmpty()) {
      return Optional.of(List.of());
    }
    int places = choices.places();
    List<int[]> sequences = new ArrayList<>();
    for (int[] prompt : prompts) {
      require(prompt);
      for (int place = 0; place < places; place++) {
        sequences.add(joined(prompt, choices.path(place)));
      }
    }
    double[][] weights = new double[sequences.size()][];
    if (!new Reading(PromptTree.of(sequences), weights, listener).run()) {
      return Optional.empty();
    }
    List<double[]> probabilities = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int first = i * places;
      probabilities.add(choices.probabilities(place -> weights[first + place]));
    }
    return Optional.of(probabilities);
  }

  private void require(int[] prompt) {
    if (prompt.length == 0) {
      throw new GenerationException(
          "context-empty", "a prompt holds no token to go on from", "Give a prompt of 1 or more.");
    }
    if (prompt.length > options.contextTokens()) {
      throw new GenerationException(
          "context-exceeded",
          "the context holds "
              + options.contextTokens()
              + " tokens; a prompt of "
              + prompt.length
              + " was given",
          "Shorten the prompt or ask for a larger context (--context).");
    }
  }

  private static int[] joined(int[] prompt, int[] path) {
    int[] all = Arrays.copyOf(prompt, prompt.length + path.length);
    System.arraycopy(path, 0, all, prompt.length, path.length);
    return all;
  }

  /**
   * One reading of a tree. Pieces that have ended and still have pieces behind them are *sources*;
   * the deepest gives its pieces away first, so that few states are held at a time.
   */
  private final class Reading {
    private final CausalModel model = language.model();
    private final int vocabulary = model.vocabularySize();
    private final PromptTree tree;
    private final double[][] weights;
    private final PrefillListener listener;
    private final int mostStates;
    private final List<SequenceState> states = new ArrayList<>();
    private final Deque<SequenceState> idle = new ArrayDeque<>();
    private final Deque<Source> sources = new ArrayDeque<>();
    private final List<Piece> running = new ArrayList<>();
    private float[] logits = {};
    private long done;

    Reading(PromptTree tree, double[][] weights, PrefillListener listener) {
      this.tree = tree;
      this.weights = weights;
      this.listener = listener;
      long bytes = Math.max(1, model.stateBytes(tree.longest(), options.cacheFormat()));
      this.mostStates = (int) Math.clamp(MOST_STATE_BYTES / bytes, 2, 2 * MOST_TOGETHER);
    }

    /** A node that is being read: the tokens before {@code at} have been. */
    private static final class Piece {
      private final PromptTree.Node node;
      private final SequenceState state;
      private int at;

      Piece(PromptTree.Node node, SequenceState state) {
        this.node = node;
        this.state = state;
        this.at = node.from();
      }
    }

    /** A node that has been read, and how many of the pieces behind it have been given away. */
    private static final class Source {
      private final PromptTree.Node node;
      private final SequenceState state;
      private int given;

      Source(PromptTree.Node node, SequenceState state) {
        this.node = node;
        this.state = state;
      }

      boolean isLast() {
        return given == node.next().size() - 1;
      }
    }

    /** Whether all of it was read, and not stopped. */
    boolean run() {
      try {
        running.add(new Piece(tree.root(), state()));
        while (!running.isEmpty()) {
          pass();
          if (!listener.onProgress((int) done, (int) tree.tokens()) && !running.isEmpty()) {
            return false;
          }
        }
        return true;
      } finally {
        states.forEach(SequenceState::close);
      }
    }

    private SequenceState state() {
      SequenceState free = idle.poll();
      if (free != null) {
        return free;
      }
      SequenceState made = model.newState(tree.longest(), options.cacheFormat(), options.adapter());
      states.add(made);
      return made;
    }

    /** Reads what there is room for, and finds what can be read next. */
    private void pass() {
      List<TokenSpan> spans = new ArrayList<>();
      int room = KeyValueCache.CHUNK;
      int wanted = 0;
      List<Piece> read = new ArrayList<>();
      for (Piece piece : running) {
        int count = Math.min(room, piece.node.to() - piece.at);
        if (count > 0) {
          boolean ends = piece.at + count == piece.node.to() && !piece.node.ending().isEmpty();
          LogitsRequest request = ends ? LogitsRequest.LAST : LogitsRequest.NONE;
          wanted += ends ? 1 : 0;
          spans.add(
              new TokenSpan(
                  piece.state, piece.node.sequence(), piece.at, piece.at + count, request));
          read.add(piece);
          piece.at += count;
          room -= count;
        }
      }
      if (!spans.isEmpty()) {
        if (logits.length < wanted * vocabulary) {
          logits = new float[wanted * vocabulary];
        }
        model.forward(spans, logits, Trace.NONE);
        done += KeyValueCache.CHUNK - room;
        tokensRead += KeyValueCache.CHUNK - room;
        keepWeights(read);
      }
      running.removeIf(piece -> piece.at == piece.node.to() && end(piece));
      refill();
    }

    /** Rows of logits come in the order of the spans that wanted them. */
    private void keepWeights(List<Piece> read) {
      int row = 0;
      for (Piece piece : read) {
        if (piece.at == piece.node.to() && !piece.node.ending().isEmpty()) {
          for (int sequence : piece.node.ending()) {
            int place = sequence % choices.places();
            weights[sequence] = choices.weights(place, logits, row * vocabulary, vocabulary);
          }
          row++;
        }
      }
    }

    private boolean end(Piece piece) {
      if (piece.node.next().isEmpty()) {
        idle.push(piece.state);
      } else {
        sources.push(new Source(piece.node, piece.state));
      }
      return true;
    }

    /** Lets further pieces run until they fill a pass, or as many states are held as may be. */
    private void refill() {
      int tokens = running.stream().mapToInt(piece -> piece.node.to() - piece.at).sum();
      while (!sources.isEmpty() && tokens < KeyValueCache.CHUNK && running.size() < MOST_TOGETHER) {
        Source source = sources.element();
        PromptTree.Node next = source.node.next().get(source.given);
        SequenceState state = source.state;
        if (source.isLast()) {
          // Nobody else needs it: no copy.
          sources.pop();
        } else if (held() >= mostStates && !running.isEmpty()) {
          break;
        } else {
          state = state();
          state.become(source.state);
          source.given++;
        }
        running.add(new Piece(next, state));
        tokens += next.to() - next.from();
      }
    }

    private int held() {
      return states.size() - idle.size();
    }
  }
}
