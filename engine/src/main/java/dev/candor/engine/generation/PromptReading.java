package dev.candor.engine.generation;

import dev.candor.engine.kernels.StripFormat;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.KeyValueCache;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Reads a {@link PromptTree} once. Where a node has been read and there are more behind it, a copy
 * of its state goes on into each; the deepest nodes give theirs away first, so that few states are
 * held at a time. Of a model that keeps every position ({@link SequenceState#keepsEveryPosition})
 * one way down is read in one go, and the states of the nodes on it are taken from its end.
 */
final class PromptReading {

  /** Sequences of a pass: more of them make no faster pass, and their logits take memory. */
  private static final int MOST_TOGETHER = 64;

  /** Bytes of states that are held at once, if they allow two or more. */
  private static final long MOST_STATE_BYTES = 256L << 20;

  private final CausalModel model;
  private final SessionOptions options;
  private final PromptTree tree;
  private final Optional<PromptBeginning> beginning;
  private final Rows rows;
  private final int mostStates;
  private final List<SequenceState> states = new ArrayList<>();
  private final Deque<SequenceState> idle = new ArrayDeque<>();
  private final Deque<Source> sources = new ArrayDeque<>();
  private final List<Piece> running = new ArrayList<>();
  private float[] logits = {};
  private long tokensRead;

  /** Takes the logits behind a sequence, logits[at … at + vocabulary). */
  interface Rows {
    void take(int sequence, float[] logits, int at, int vocabulary);
  }

  /**
   * @param beginning what sequences may begin with, perhaps read already
   */
  PromptReading(
      CausalModel model,
      SessionOptions options,
      PromptTree tree,
      Optional<PromptBeginning> beginning,
      Rows rows) {
    this.model = model;
    this.options = options;
    this.tree = tree;
    this.beginning = beginning.filter(it -> it.isOf(tree));
    this.rows = rows;
    long bytes = Math.max(1, model.stateBytes(tree.longest(), options.cacheFormat()));
    this.mostStates = (int) Math.clamp(MOST_STATE_BYTES / bytes, 2, 2 * MOST_TOGETHER);
  }

  /** A state, and how many nodes have something to take from it. */
  private static final class Held {
    private final SequenceState state;
    private int users;

    Held(SequenceState state) {
      this.state = state;
    }
  }

  /** Nodes that one sequence reads, each behind the one before it. */
  private static final class Piece {
    private final List<PromptTree.Node> nodes;
    private final SequenceState state;
    private int at;

    Piece(List<PromptTree.Node> nodes, SequenceState state) {
      this.nodes = nodes;
      this.state = state;
      this.at = nodes.getFirst().from();
    }

    PromptTree.Node last() {
      return nodes.getLast();
    }

    int left() {
      return last().to() - at;
    }

    boolean isWanted() {
      return !last().ending().isEmpty();
    }

    /** Whether more can be read when this is: before what nobody waits for. */
    boolean isFollowed() {
      return !last().next().isEmpty();
    }
  }

  /** A node that has been read, and how many of those behind it have been given a state. */
  private static final class Source {
    private final PromptTree.Node node;
    private final Held held;
    private int given;

    Source(PromptTree.Node node, Held held, int given) {
      this.node = node;
      this.held = held;
      this.given = given;
      held.users++;
    }

    boolean isLast() {
      return given == node.next().size() - 1;
    }
  }

  /** How many tokens have been read. */
  long tokensRead() {
    return tokensRead;
  }

  /** Whether all of it was read, and not stopped. */
  boolean run(PrefillListener listener) {
    try {
      long tokens = begin();
      while (!running.isEmpty()) {
        pass();
        if (!listener.onProgress((int) tokensRead, (int) tokens) && !running.isEmpty()) {
          return false;
        }
      }
      return true;
    } finally {
      states.forEach(SequenceState::close);
    }
  }

  /** Lets the root run, from behind what is known; returns how many tokens will be read in all. */
  private long begin() {
    SequenceState state = state();
    Piece root = new Piece(way(tree.root(), state.keepsEveryPosition()), state);
    running.add(root);
    Optional<SequenceState> known = beginning.flatMap(PromptBeginning::state);
    known.ifPresent(state::restore);
    root.at = state.position();
    return tree.tokens() - root.at;
  }

  /** Where the piece's next pass ends at the latest: behind the beginning its state is kept. */
  private int mostOf(Piece piece) {
    int boundary = beginning.map(PromptBeginning::length).orElse(0);
    return piece.at < boundary ? boundary - piece.at : piece.left();
  }

  /** Keeps the state behind the beginning, when the only piece that has it in it is there. */
  private void keepBeginning() {
    if (beginning.isEmpty() || beginning.get().state().isPresent()) {
      return;
    }
    Piece root = running.getFirst();
    if (root.at == beginning.get().length()) {
      beginning.get().keep(root.state);
    }
  }

  /** What is read in one go from a node on: up to where logits are wanted. */
  private static List<PromptTree.Node> way(PromptTree.Node from, boolean keepsEveryPosition) {
    List<PromptTree.Node> nodes = new ArrayList<>(List.of(from));
    while (keepsEveryPosition && nodes.getLast().ending().isEmpty()) {
      nodes.add(nodes.getLast().next().getFirst());
    }
    return nodes;
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
    List<Piece> ended = new ArrayList<>();
    int room = room();
    for (boolean followed : new boolean[] {true, false}) {
      for (Piece piece : running) {
        int count = Math.min(room, mostOf(piece));
        if (piece.isFollowed() == followed && count > 0) {
          boolean ends = count == piece.left();
          LogitsRequest wanted = ends && piece.isWanted() ? LogitsRequest.LAST : LogitsRequest.NONE;
          int to = piece.at + count;
          spans.add(new TokenSpan(piece.state, piece.last().sequence(), piece.at, to, wanted));
          piece.at = to;
          room -= count;
          if (ends) {
            ended.add(piece);
          }
        }
      }
    }
    if (!spans.isEmpty()) {
      forward(spans, ended);
      keepBeginning();
    }
    for (Piece piece : List.copyOf(running)) {
      if (piece.left() == 0) {
        running.remove(piece);
        end(piece);
      }
    }
    refill();
  }

  /**
   * Tokens of the next pass. While something waits for what is being read, the pass is as small as
   * a tile allows: what nobody waits for fills passes better when there is more of it.
   */
  private int room() {
    int followed = 0;
    int all = 0;
    for (Piece piece : running) {
      all += piece.left();
      followed += piece.isFollowed() ? piece.left() : 0;
    }
    int tile = StripFormat.ROWS;
    int needed = followed == 0 || all >= KeyValueCache.CHUNK ? all : followed;
    return Math.min(KeyValueCache.CHUNK, (needed + tile - 1) / tile * tile);
  }

  private void forward(List<TokenSpan> spans, List<Piece> ended) {
    int vocabulary = model.vocabularySize();
    int wanted = (int) ended.stream().filter(Piece::isWanted).count();
    if (logits.length < wanted * vocabulary) {
      logits = new float[wanted * vocabulary];
    }
    model.forward(spans, logits, Trace.NONE);
    tokensRead += spans.stream().mapToInt(TokenSpan::length).sum();
    int row = 0;
    for (Piece piece : ended) {
      for (int sequence : piece.last().ending()) {
        rows.take(sequence, logits, row * vocabulary, vocabulary);
      }
      row += piece.isWanted() ? 1 : 0;
    }
  }

  private void end(Piece piece) {
    Held held = new Held(piece.state);
    for (PromptTree.Node node : piece.nodes) {
      int given = node == piece.last() ? 0 : 1;
      if (given < node.next().size()) {
        sources.push(new Source(node, held, given));
      }
    }
    if (held.users == 0) {
      idle.push(piece.state);
    }
  }

  /** Lets further pieces run until they fill a pass, or as many states are held as may be. */
  private void refill() {
    int tokens = running.stream().mapToInt(Piece::left).sum();
    while (!sources.isEmpty() && tokens < KeyValueCache.CHUNK && running.size() < MOST_TOGETHER) {
      Source source = sources.element();
      boolean takesOver = source.isLast() && source.held.users == 1 && isAtItsEnd(source);
      if (!takesOver && states.size() - idle.size() >= mostStates && !running.isEmpty()) {
        return;
      }
      SequenceState state = source.held.state;
      if (!takesOver) {
        state = state();
        state.become(source.held.state, source.node.to());
      }
      PromptTree.Node next = source.node.next().get(source.given);
      Piece piece = new Piece(way(next, state.keepsEveryPosition()), state);
      running.add(piece);
      tokens += piece.left();
      if (source.isLast()) {
        sources.pop();
        source.held.users--;
        if (source.held.users == 0 && !takesOver) {
          idle.push(source.held.state);
        }
      }
      source.given++;
    }
  }

  private static boolean isAtItsEnd(Source source) {
    return source.held.state.position() == source.node.to();
  }
}
