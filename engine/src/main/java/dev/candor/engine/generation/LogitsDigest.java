package dev.candor.engine.generation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Over all logits that an answer was chosen from and the tokens that were chosen. A replay that
 * gives the same digest computed the same bits; a difference shows even where it changed no token.
 *
 * <p>The digest is the SHA-256 of these bytes, numbers big-endian:
 *
 * <ul>
 *   <li>the 23 ASCII characters {@code candor logits digest 1\n}, and the size of the vocabulary in
 *       4 bytes;
 *   <li>for a token: the byte 0, and its id in 4 bytes;
 *   <li>for a row, the raw logits of all tokens as the model gave them, before bias, penalties and
 *       constraint: the byte 1, and eight lanes of 8 bytes each.
 * </ul>
 *
 * <p>A row's lanes h₀ … h₇ begin as 1 … 8. The logits are taken in the order of their ids; that of
 * token i goes into lane i mod 8:
 *
 * <pre>h ← rotateLeft((h xor u) · 0x9E3779B97F4A7C15, 29)</pre>
 *
 * where u is the logit's 32 bits ({@link Float#floatToRawIntBits}) without sign, and the product is
 * taken modulo 2^64. Each step is a bijection of h and of u: a row that differs in one logit of a
 * lane always has other lanes; one that differs in several of a lane has the same with a chance of
 * about 2^-64. Only the lower half of a word is a logit, because the product carries a bit upwards
 * alone. That is for faults, not for forgers: who can choose logits can find two rows with the same
 * lanes. A NaN counts with the bits it happens to have.
 *
 * <p>Not safe for use by many threads. Adding allocates nothing.
 */
final class LogitsDigest {

  private static final byte TOKEN = 0;
  private static final byte ROW = 1;
  private static final int LANES = 8;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
  private static final int ROTATION = 29;

  /**
   * Logits that are mixed in one call, a multiple of the lanes: so few that the method is compiled
   * while the first rows are mixed.
   */
  private static final int BLOCK = 512;

  private final int vocabulary;
  private final MessageDigest sha256 = ModelDigest.sha256();
  private final long[] lanes = new long[LANES];
  private final ByteBuffer item = ByteBuffer.allocate(1 + LANES * Long.BYTES);

  /**
   * @param vocabulary logits of a row
   */
  LogitsDigest(int vocabulary) {
    this.vocabulary = vocabulary;
    sha256.update("candor logits digest 1\n".getBytes(StandardCharsets.US_ASCII));
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(vocabulary).flip());
  }

  /** Adds a token, by whatever it was chosen. */
  void token(int id) {
    item.put(0, TOKEN).putInt(1, id);
    sha256.update(item.array(), 0, 1 + Integer.BYTES);
  }

  /** Adds the row logits[at … at + vocabulary). */
  void row(float[] logits, int at) {
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = lane + 1;
    }
    int whole = vocabulary - vocabulary % LANES;
    for (int from = 0; from < whole; from += BLOCK) {
      mix(logits, at + from, at + Math.min(from + BLOCK, whole), lanes);
    }
    for (int id = whole; id < vocabulary; id++) {
      lanes[id - whole] = mixed(lanes[id - whole], logits[at + id]);
    }
    item.put(0, ROW);
    for (int lane = 0; lane < LANES; lane++) {
      item.putLong(1 + lane * Long.BYTES, lanes[lane]);
    }
    sha256.update(item.array(), 0, item.capacity());
  }

  /** The lanes do not wait for each other: a processor multiplies several at a time. */
  private static void mix(float[] logits, int from, int to, long[] lanes) {
    long h0 = lanes[0];
    long h1 = lanes[1];
    long h2 = lanes[2];
    long h3 = lanes[3];
    long h4 = lanes[4];
    long h5 = lanes[5];
    long h6 = lanes[6];
    long h7 = lanes[7];
    for (int i = from; i < to; i += LANES) {
      h0 = mixed(h0, logits[i]);
      h1 = mixed(h1, logits[i + 1]);
      h2 = mixed(h2, logits[i + 2]);
      h3 = mixed(h3, logits[i + 3]);
      h4 = mixed(h4, logits[i + 4]);
      h5 = mixed(h5, logits[i + 5]);
      h6 = mixed(h6, logits[i + 6]);
      h7 = mixed(h7, logits[i + 7]);
    }
    lanes[0] = h0;
    lanes[1] = h1;
    lanes[2] = h2;
    lanes[3] = h3;
    lanes[4] = h4;
    lanes[5] = h5;
    lanes[6] = h6;
    lanes[7] = h7;
  }

  private static long mixed(long h, float logit) {
    long word = Integer.toUnsignedLong(Float.floatToRawIntBits(logit));
    return Long.rotateLeft((h ^ word) * MULTIPLIER, ROTATION);
  }

  /**
   * Ends it.
   *
   * @return 64 lower-case hexadecimal digits
   */
  String hex() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
