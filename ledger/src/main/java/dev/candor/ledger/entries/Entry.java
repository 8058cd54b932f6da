package dev.candor.ledger.entries;

import dev.candor.ledger.LedgerException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the log's story: a kind, and values by their names. Its bytes are printable ASCII,
 * one line each, so that an entry can be read with no tool and nothing in it can forge another:
 *
 * <pre>
 *   candor/1 decision-started
 *   at 2026-11-30T09:10:11.123456789Z
 *   decision 0197f…
 *   purpose loan %E2%80%94 first look
 * </pre>
 *
 * <p>The first line is {@code candor/1 } and the kind; each other is a name, a space and a value;
 * each ends with a line feed. Kinds and names are 1 to 64 of {@code a–z}, {@code 0–9} and {@code
 * -}, beginning with a letter; no name comes twice. In a value each byte of its UTF-8 stands for
 * itself if it is 0x20 to 0x7E and not {@code %}; any other is {@code %} and two upper-case
 * hexadecimal digits. So there is exactly one form of bytes for an entry, and {@link #parse} takes
 * no other.
 *
 * @param kind what it tells of
 * @param values in their order, which belongs to the entry
 */
public record Entry(String kind, Map<String, String> values) {

  /** Most bytes: an entry bundle of C2SP tlog-tiles gives lengths in 16 bits. */
  public static final int MOST_BYTES = 65_535;

  private static final String MAGIC = "candor/1 ";
  private static final int MOST_NAME = 64;
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  public Entry {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    requireName("kind", kind);
    values.keySet().forEach(name -> requireName("name", name));
  }

  /** The value of this name. */
  public Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * The value of this name.
   *
   * @throws LedgerException {@code ledger.entry-field} if the entry has none
   */
  public String required(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new LedgerException(
          "entry-field",
          "an entry of kind " + kind + " has no " + name,
          "It was written by another version, or is not what it claims to be.");
    }
    return value;
  }

  /**
   * As it is logged.
   *
   * @throws LedgerException {@code ledger.entry-too-large} if there are more than {@link
   *     #MOST_BYTES}
   */
  public byte[] bytes() {
    StringBuilder text = new StringBuilder(512).append(MAGIC).append(kind).append('\n');
    values.forEach((name, value) -> {
      text.append(name).append(' ');
      encode(value, text);
      text.append('\n');
    });
    if (text.length() > MOST_BYTES) {
      throw new LedgerException(
          "entry-too-large",
          "an entry of kind "
              + kind
              + " has "
              + text.length()
              + " bytes, allowed are "
              + MOST_BYTES,
          "Keep what is long beside the ledger and log a commitment to it.");
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads an entry.
   *
   * @throws LedgerException {@code ledger.entry-malformed} if the bytes are not exactly what {@link
   *     #bytes} gives for some entry
   */
  public static Entry parse(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw malformed("it has " + bytes.length + " bytes, allowed are " + MOST_BYTES);
    }
    for (byte b : bytes) {
      if (b != '\n' && (b < 0x20 || b > 0x7E)) {
        throw malformed("a byte is 0x" + Integer.toHexString(b & 0xFF));
      }
    }
    String text = new String(bytes, StandardCharsets.US_ASCII);
    if (!text.startsWith(MAGIC) || !text.endsWith("\n")) {
      throw malformed("it does not begin with '" + MAGIC + "' or does not end with a line feed");
    }
    int lineEnd = text.indexOf('\n');
    String kind = name("kind", text.substring(MAGIC.length(), lineEnd));
    Map<String, String> values = new LinkedHashMap<>();
    for (int at = lineEnd + 1; at < text.length(); at = lineEnd + 1) {
      lineEnd = text.indexOf('\n', at);
      int space = text.indexOf(' ', at);
      if (space < 0 || space > lineEnd) {
        throw malformed("a line has no space");
      }
      String name = name("name", text.substring(at, space));
      if (values.putIfAbsent(name, decode(text.substring(space + 1, lineEnd))) != null) {
        throw malformed(name + " is there twice");
      }
    }
    return new Entry(kind, values);
  }

  private static void encode(String value, StringBuilder text) {
    ByteBuffer bytes;
    try {
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
    } catch (CharacterCodingException e) {
      throw new LedgerException(
          "entry-text",
          "a value is not Unicode: it has half a surrogate pair",
          "Correct the text.");
    }
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (b >= 0x20 && b <= 0x7E && b != '%') {
        text.append((char) b);
      } else {
        text.append('%').append(HEX[b >> 4 & 15]).append(HEX[b & 15]);
      }
    }
  }

  private static String decode(String value) {
    if (value.indexOf('%') < 0) {
      return value;
    }
    ByteBuffer bytes = ByteBuffer.allocate(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '%') {
        bytes.put((byte) c);
        continue;
      }
      int high = i + 2 < value.length() ? digit(value.charAt(i + 1)) : -1;
      int low = i + 2 < value.length() ? digit(value.charAt(i + 2)) : -1;
      int b = high << 4 | low;
      if (high < 0 || low < 0 || b >= 0x20 && b <= 0x7E && b != '%') {
        throw malformed("a % is not followed by what needs one");
      }
      bytes.put((byte) b);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a value is not UTF-8");
    }
  }

  private static int digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }

  private static String name(String what, String name) {
    if (!isName(name)) {
      throw malformed("a " + what + " is not 1 to 64 of a-z, 0-9 and -");
    }
    return name;
  }

  private static void requireName(String what, String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException(what + " is not 1 to 64 of a-z, 0-9 and -: " + name);
    }
  }

  private static boolean isName(String name) {
    if (name.isEmpty()
        || name.length() > MOST_NAME
        || name.charAt(0) < 'a'
        || name.charAt(0) > 'z') {
      return false;
    }
    return name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-');
  }

  private static LedgerException malformed(String why) {
    return new LedgerException(
        "entry-malformed",
        "an entry is malformed: " + why,
        "The file was altered or is not a ledger of Candor; candor audit verify says where.");
  }
}
