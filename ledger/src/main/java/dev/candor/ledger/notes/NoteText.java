package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** The characters, names, numbers and Base64 of all texts of this package: each has one form. */
final class NoteText {

  /** Most bytes of a name in UTF-8, and of an origin: a cosigned message gives it one byte. */
  static final int MOST_NAME_BYTES = 255;

  private NoteText() {}

  /** A text that may be signed: Unicode without control characters other than line feeds. */
  static String decode(String what, byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed(what, "it is not UTF-8");
    }
    requireCharacters(what, text);
    return text;
  }

  /** In UTF-8. */
  static byte[] encode(String what, String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    } catch (CharacterCodingException e) {
      throw malformed(what, "it has half a surrogate pair");
    }
  }

  static void requireCharacters(String what, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 && c != '\n') {
        throw malformed(what, "it has the control character 0x" + Integer.toHexString(c));
      }
    }
  }

  /** Whether a key may have this name: not empty, without Unicode spaces and plus signs. */
  static boolean isName(String name) {
    if (name.isEmpty()
        || name.length() > MOST_NAME_BYTES
        || name.getBytes(StandardCharsets.UTF_8).length > MOST_NAME_BYTES
        || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      return false;
    }
    // U+0085 is a space to Unicode, but not to Character.
    return name.codePoints()
        .noneMatch(c ->
            c < 0x20
                || c == '+'
                || c == 0x85
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c));
  }

  /** Standard Base64 with its padding and without a stray bit; empty if it is anything else. */
  static Optional<byte[]> base64(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return base64(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Decimal digits without a leading zero, at most 2^63 − 1; empty if it is anything else. */
  static Optional<Long> number(String text) {
    if (text.isEmpty() || text.length() > 19 || (text.length() > 1 && text.charAt(0) == '0')) {
      return Optional.empty();
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return Optional.empty();
      }
      number = 10 * number + digit;
    }
    // 19 digits do not pass 2^64, so what is too large has become negative.
    return number < 0 ? Optional.empty() : Optional.of(number);
  }

  /** For a message: what would move a cursor or turn the direction of writing is spelt out. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (Character.getType(c)) {
            case Character.CONTROL,
                Character.FORMAT,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR,
                Character.SURROGATE,
                Character.PRIVATE_USE,
                Character.UNASSIGNED ->
                shown.append(String.format(Locale.ROOT, "\\u{%X}", c));
            default -> shown.appendCodePoint(c);
          }
        });
    return shown.toString();
  }

  /** {@code ledger.<what>-malformed}, where what is one word such as note. */
  static LedgerException malformed(String what, String why) {
    return new LedgerException(
        what + "-malformed",
        "a " + what + " is malformed: " + why,
        "It was altered, or is not what it is taken for; take it again from where it came.");
  }
}
