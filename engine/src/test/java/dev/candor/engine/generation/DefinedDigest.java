package dev.candor.engine.generation;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest of logits as its definition reads: all bytes in memory, one logit after the other. */
final class DefinedDigest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final int vocabulary;

  DefinedDigest(int vocabulary) {
    this.vocabulary = vocabulary;
    bytes.writeBytes("candor logits digest 1\n".getBytes(StandardCharsets.US_ASCII));
    number(vocabulary, 4);
  }

  DefinedDigest token(int id) {
    bytes.write(0);
    number(id, 4);
    return this;
  }

  DefinedDigest row(float[] logits, int at) {
    long[] lanes = {1, 2, 3, 4, 5, 6, 7, 8};
    for (int id = 0; id < vocabulary; id++) {
      long h = lanes[id % 8] ^ (Float.floatToRawIntBits(logits[at + id]) & 0xFFFFFFFFL);
      h *= new BigInteger("9E3779B97F4A7C15", 16).longValue();
      lanes[id % 8] = (h << 29) | (h >>> 35);
    }
    bytes.write(1);
    for (long lane : lanes) {
      number(lane, 8);
    }
    return this;
  }

  private void number(long value, int size) {
    for (int i = size - 1; i >= 0; i--) {
      bytes.write((int) (value >>> (8 * i)));
    }
  }

  String hex() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(bytes.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
