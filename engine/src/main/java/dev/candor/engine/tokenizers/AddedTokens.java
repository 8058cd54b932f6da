package dev.candor.engine.tokenizers;

import static dev.candor.engine.tokenizers.TokenizerLimits.tooLarge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Finds added tokens in text before anything else is done with it: leftmost first, then the
 * longest, by a trie of UTF-16 units.
 */
final class AddedTokens {

  /** Longest added token in UTF-16 units: it bounds what one place in a text can cost. */
  static final int LONGEST = 512;

  /**
   * A token that is found as it is written.
   *
   * @param content how it is written
   * @param singleWord only if no word character is on either side
   * @param takesLeft with the white space on its left
   * @param takesRight with the white space on its right
   * @param normalized found in the normalized text and not in the original
   * @param special a control token: not found in text that is to be taken literally, dropped on
   *     decoding if asked
   */
  record Token(
      String content,
      int id,
      boolean singleWord,
      boolean takesLeft,
      boolean takesRight,
      boolean normalized,
      boolean special) {}

  /** Takes a text in parts. */
  interface Sink {
    /** Chars [start, end) hold no added token; never empty. */
    void text(String text, int start, int end);

    void token(int id);
  }

  private static final int ROOT = 0;

  private final List<Token> tokens;
  private final BitSet firstUnits = new BitSet();
  // The children of all nodes in one hash table, keyed by node and unit.
  private long[] edges = new long[64];
  private int[] targets = new int[64];
  private int edgeCount;
  // Index into tokens of the token that ends at a node, or −1.
  private int[] ends = new int[64];
  private int nodes = 1;

  /**
   * @param contents how each token is written in the text that will be searched; empty ones are
   *     never found
   */
  AddedTokens(List<Token> tokens, List<String> contents) {
    this.tokens = new ArrayList<>();
    Arrays.fill(ends, -1);
    for (int i = 0; i < tokens.size(); i++) {
      String content = contents.get(i);
      if (content.length() > LONGEST) {
        throw tooLarge(
            "the added token "
                + TokenizerLimits.quoted(content)
                + " is longer than "
                + LONGEST
                + " characters");
      }
      if (!content.isEmpty()) {
        insert(content, tokens.get(i));
      }
    }
  }

  private void insert(String content, Token token) {
    firstUnits.set(content.charAt(0));
    int node = ROOT;
    for (int i = 0; i < content.length(); i++) {
      int child = child(node, content.charAt(i));
      node = child >= 0 ? child : addChild(node, content.charAt(i));
    }
    ends[node] = tokens.size();
    tokens.add(token);
  }

  private static long edge(int node, char unit) {
    // Never 0, which marks a free place: nodes count from 1 here.
    return (node + 1L) << 16 | unit;
  }

  private int slot(long edge) {
    int mask = edges.length - 1;
    long h = edge * 0x9E3779B97F4A7C15L;
    int slot = (int) (h ^ h >>> 32) & mask;
    while (edges[slot] != 0 && edges[slot] != edge) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private int child(int node, char unit) {
    int slot = slot(edge(node, unit));
    return edges[slot] == 0 ? -1 : targets[slot];
  }

  private int addChild(int node, char unit) {
    if (2 * edgeCount >= edges.length) {
      long[] oldEdges = edges;
      int[] oldTargets = targets;
      edges = new long[2 * oldEdges.length];
      targets = new int[2 * oldEdges.length];
      for (int i = 0; i < oldEdges.length; i++) {
        if (oldEdges[i] != 0) {
          int slot = slot(oldEdges[i]);
          edges[slot] = oldEdges[i];
          targets[slot] = oldTargets[i];
        }
      }
    }
    if (nodes == ends.length) {
      ends = Arrays.copyOf(ends, 2 * nodes);
      Arrays.fill(ends, nodes, ends.length, -1);
    }
    int slot = slot(edge(node, unit));
    edges[slot] = edge(node, unit);
    targets[slot] = nodes;
    edgeCount++;
    return nodes++;
  }

  /**
   * Splits chars [start, end) into tokens and the text between them.
   *
   * @param literal where control tokens do not count: there, their text is text
   */
  void split(String text, int start, int end, LiteralRanges literal, Sink sink) {
    int textStart = start;
    int at = start;
    while (at < end) {
      int found = -1;
      int foundEnd = at;
      if (firstUnits.get(text.charAt(at))) {
        int node = ROOT;
        for (int i = at; i < end; i++) {
          node = child(node, text.charAt(i));
          if (node < 0) {
            break;
          }
          if (ends[node] >= 0 && !straddles(tokens.get(ends[node]), at, i + 1, literal)) {
            found = ends[node];
            foundEnd = i + 1;
          }
        }
      }
      if (found < 0) {
        at++;
        continue;
      }
      Token token = tokens.get(found);
      int tokenStart = at;
      at = foundEnd;
      if (token.special() && literal.touches(tokenStart, foundEnd)
          || token.singleWord() && !isAlone(text, start, end, tokenStart, foundEnd)) {
        continue;
      }
      if (token.takesLeft()) {
        while (tokenStart > textStart && isSpace(text.charAt(tokenStart - 1))) {
          tokenStart--;
        }
      }
      int tokenEnd = foundEnd;
      if (token.takesRight()) {
        while (tokenEnd < end && isSpace(text.charAt(tokenEnd))) {
          tokenEnd++;
        }
      }
      if (textStart < tokenStart) {
        sink.text(text, textStart, tokenStart);
      }
      sink.token(token.id());
      // The search goes on behind the token's own text: white space that it took can itself be an
      // added token, and then counts twice, as in Hugging Face's implementation.
      textStart = tokenEnd;
    }
    if (textStart < end) {
      sink.text(text, textStart, end);
    }
  }

  /** Whether it is a control token that is neither wholly literal nor wholly not. */
  private static boolean straddles(Token token, int start, int end, LiteralRanges literal) {
    return token.special() && literal.touches(start, end) && !literal.covers(start, end);
  }

  private static boolean isAlone(String text, int start, int end, int tokenStart, int tokenEnd) {
    return (tokenStart == start || !CharacterClass.isWord(text.codePointBefore(tokenStart)))
        && (tokenEnd == end || !CharacterClass.isWord(text.codePointAt(tokenEnd)));
  }

  private static boolean isSpace(char c) {
    return CharacterClass.is(c, CharacterClass.SPACE);
  }
}
