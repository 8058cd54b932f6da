package dev.candor.engine.generation;

import dev.candor.engine.tokenizers.LiteralRanges;
import dev.candor.engine.tokenizers.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** A token for each byte, and special tokens behind them. */
final class ByteTokenizer implements Tokenizer {

  private final List<String> special;

  ByteTokenizer(String... special) {
    this.special = List.of(special);
  }

  @Override
  public int vocabularySize() {
    return 256 + special.size();
  }

  @Override
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    int[] ids = new int[text.length() * 3];
    int count = 0;
    int at = 0;
    while (at < text.length()) {
      int matched = -1;
      for (int s = 0; parseSpecial && s < special.size(); s++) {
        if (text.startsWith(special.get(s), at)) {
          matched = s;
        }
      }
      if (matched >= 0) {
        ids[count++] = 256 + matched;
        at += special.get(matched).length();
      } else {
        int end = at + Character.charCount(text.codePointAt(at));
        for (byte b : text.substring(at, end).getBytes(StandardCharsets.UTF_8)) {
          ids[count++] = b & 0xFF;
        }
        at = end;
      }
    }
    return Arrays.copyOf(ids, count);
  }

  @Override
  public int[] encode(String text, boolean addSpecial, LiteralRanges literal) {
    return encode(text, addSpecial, literal == LiteralRanges.NONE);
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

  /** Gives text only when a byte below 0x80 comes, or at the end: whole characters. */
  @Override
  public StreamDecoder streamDecoder(boolean skipSpecial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    return new StreamDecoder() {
      @Override
      public String next(int id) {
        if (id >= 256) {
          return finish() + (skipSpecial ? "" : special.get(id - 256));
        }
        if (id < 0x80) {
          String before = finish();
          return before + (char) id;
        }
        bytes.write(id);
        return "";
      }

      @Override
      public String finish() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return text;
      }
    };
  }

  @Override
  public OptionalInt id(String token) {
    int at = special.indexOf(token);
    return at < 0 ? OptionalInt.empty() : OptionalInt.of(256 + at);
  }

  @Override
  public String token(int id) {
    return id < 256 ? String.valueOf((char) id) : special.get(id - 256);
  }

  @Override
  public byte[] bytes(int id) {
    return id < 256
        ? new byte[] {(byte) id}
        : special.get(id - 256).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean isSpecial(int id) {
    return id >= 256;
  }
}
