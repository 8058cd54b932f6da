package dev.candor.engine.templates;

import dev.candor.engine.TemplateException;
import dev.candor.engine.templates.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template's source into tokens, with whitespace control as Hugging Face's templates expect
 * it: {@code trim_blocks} (a line feed right after a block or comment goes) and {@code
 * lstrip_blocks} (spaces between the start of a line and a block or comment go). Follows the Jinja
 * documentation, "Whitespace Control". Linear in the length of the source.
 */
final class Lexer {

  private static final String[] OPERATORS = {
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";"
  };

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  /** Whether what was consumed last ended with a line feed, or nothing was consumed yet. */
  private boolean lineStarts = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    if (source.endsWith("\n")) {
      source = source.substring(0, source.length() - 1);
    }
    Lexer lexer = new Lexer(source);
    lexer.run();
    lexer.add(Kind.END, "");
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int tag = nextTag(at);
      if (tag < 0) {
        data(source.substring(at));
        at = source.length();
        return;
      }
      char type = source.charAt(tag + 1);
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      boolean signed = sign == '-' || sign == '+';
      dataBefore(tag, type, sign);
      at = tag + (signed ? 3 : 2);
      switch (type) {
        case '#' -> comment();
        case '{' -> tag(Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
        default -> {
          if (!raw()) {
            tag(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
          }
        }
      }
    }
  }

  private int nextTag(int from) {
    for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void dataBefore(int tag, char type, char sign) {
    String text = source.substring(at, tag);
    String kept = text;
    if (sign == '-') {
      kept = PythonCharacters.stripEnd(text);
    } else if (sign != '+' && type != '{') {
      int start = text.lastIndexOf('\n') + 1;
      if ((start > 0 || lineStarts)
          && text.substring(start).chars().allMatch(PythonCharacters::isSpace)) {
        kept = text.substring(0, start);
      }
    }
    data(kept);
    line += lineFeeds(text, kept.length(), text.length());
    lineStarts = false;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Kind.DATA, text);
      line += lineFeeds(text, 0, text.length());
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw syntax("a comment is not closed");
    }
    char sign = end > at ? source.charAt(end - 1) : ' ';
    line += lineFeeds(source, at, end);
    at = end + 2;
    afterTag(sign, true);
  }

  /** Skips what a closing tag takes with it. */
  private void afterTag(char sign, boolean trims) {
    int from = at;
    if (sign == '-') {
      while (at < source.length() && PythonCharacters.isSpace(source.charAt(at))) {
        at++;
      }
    } else if (trims && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
    line += lineFeeds(source, from, at);
    lineStarts = at > from && source.charAt(at - 1) == '\n';
  }

  /** A raw block: its content is data. */
  private boolean raw() {
    int name = skipSpaces(at);
    if (!source.startsWith("raw", name)) {
      return false;
    }
    int end = skipSpaces(name + 3);
    boolean strips = source.startsWith("-%}", end);
    if (!strips && !source.startsWith("%}", end)) {
      return false;
    }
    line += lineFeeds(source, at, end);
    at = end + (strips ? 3 : 2);
    afterTag(strips ? '-' : '+', false);
    for (int i = source.indexOf("{%", at); i >= 0; i = source.indexOf("{%", i + 2)) {
      int inner = i + 2;
      char sign = inner < source.length() ? source.charAt(inner) : ' ';
      int word = skipSpaces(sign == '-' || sign == '+' ? inner + 1 : inner);
      int close = source.startsWith("endraw", word) ? skipSpaces(word + 6) : -1;
      if (close < 0) {
        continue;
      }
      char closing = close < source.length() ? source.charAt(close) : ' ';
      int mark = closing == '-' || closing == '+' ? close + 1 : close;
      if (source.startsWith("%}", mark)) {
        dataBefore(i, '%', sign);
        line += lineFeeds(source, i, mark);
        at = mark + 2;
        afterTag(closing, true);
        return true;
      }
    }
    throw syntax("a raw block is not closed");
  }

  private int skipSpaces(int from) {
    int i = from;
    while (i < source.length() && PythonCharacters.isSpace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  private void tag(Kind begin, Kind end, String closing) {
    add(begin, "");
    StringBuilder open = new StringBuilder();
    while (true) {
      int next = skipSpaces(at);
      line += lineFeeds(source, at, next);
      at = next;
      if (at >= source.length()) {
        throw syntax("a tag is not closed");
      }
      if (open.isEmpty()) {
        char sign = source.charAt(at);
        boolean signed = sign == '-' || (sign == '+' && end == Kind.BLOCK_END);
        if (source.startsWith(closing, signed ? at + 1 : at)) {
          add(end, "");
          at += signed ? 3 : 2;
          afterTag(signed ? sign : ' ', end == Kind.BLOCK_END);
          return;
        }
      }
      expressionToken(open);
    }
  }

  private void expressionToken(StringBuilder open) {
    char c = source.charAt(at);
    if (c == '\'' || c == '"') {
      string(c);
    } else if (c >= '0' && c <= '9') {
      number();
    } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      int end = at + 1;
      while (end < source.length() && Character.isUnicodeIdentifierPart(source.charAt(end))) {
        end++;
      }
      add(Kind.NAME, source.substring(at, end));
      at = end;
    } else {
      operator(open);
    }
  }

  private void operator(StringBuilder open) {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        int opening = "([{".indexOf(operator);
        int closing = ")]}".indexOf(operator);
        if (opening >= 0) {
          open.append(")]}".charAt(opening));
        } else if (closing >= 0) {
          if (open.isEmpty() || open.charAt(open.length() - 1) != operator.charAt(0)) {
            throw syntax("'" + operator + "' closes nothing");
          }
          open.setLength(open.length() - 1);
        }
        add(Kind.OPERATOR, operator);
        at += operator.length();
        return;
      }
    }
    throw syntax("unexpected character " + Character.getName(source.codePointAt(at)));
  }

  private void number() {
    int end = digits(at);
    boolean fraction = false;
    if (end + 1 < source.length() && source.charAt(end) == '.' && isDigit(source.charAt(end + 1))) {
      end = digits(end + 1);
      fraction = true;
    }
    if (end < source.length() && (source.charAt(end) == 'e' || source.charAt(end) == 'E')) {
      int power = end + 1;
      if (power < source.length() && "+-".indexOf(source.charAt(power)) >= 0) {
        power++;
      }
      if (power < source.length() && isDigit(source.charAt(power))) {
        end = digits(power);
        fraction = true;
      }
    }
    add(fraction ? Kind.FLOAT : Kind.INTEGER, source.substring(at, end).replace("_", ""));
    at = end;
  }

  private int digits(int from) {
    int end = from;
    while (end < source.length() && (isDigit(source.charAt(end)) || source.charAt(end) == '_')) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void string(char quote) {
    int begin = line;
    StringBuilder value = new StringBuilder();
    int i = at + 1;
    while (i < source.length() && source.charAt(i) != quote) {
      char c = source.charAt(i);
      if (c == '\\' && i + 1 < source.length()) {
        i = escape(i + 1, value);
      } else {
        value.append(c);
        i++;
      }
    }
    if (i >= source.length()) {
      throw syntax("a string is not closed");
    }
    tokens.add(new Token(Kind.STRING, value.toString(), begin));
    line += lineFeeds(source, at, i);
    at = i + 1;
  }

  /** Appends what an escape stands for, as in Python's string literals; returns what follows it. */
  private int escape(int from, StringBuilder value) {
    char c = source.charAt(from);
    int simple = "abfnrtv\\'\"".indexOf(c);
    if (simple >= 0) {
      value.append("\u0007\b\f\n\r\t\u000B\\'\"".charAt(simple));
      return from + 1;
    }
    if (c == '\n') {
      return from + 1;
    }
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits > 0) {
      int end = from + 1 + digits;
      if (end > source.length() || !source.substring(from + 1, end).matches("[0-9a-fA-F]+")) {
        throw syntax("a string has a malformed \\" + c + " escape");
      }
      long codePoint = Long.parseLong(source, from + 1, end, 16);
      if (codePoint > Character.MAX_CODE_POINT) {
        throw syntax("a string has a malformed \\" + c + " escape");
      }
      value.appendCodePoint((int) codePoint);
      return end;
    }
    if (c >= '0' && c <= '7') {
      int end = from;
      int code = 0;
      while (end < source.length()
          && end < from + 3
          && source.charAt(end) >= '0'
          && source.charAt(end) <= '7') {
        code = code * 8 + source.charAt(end++) - '0';
      }
      value.append((char) code);
      return end;
    }
    value.append('\\').append(c);
    return from + 1;
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }

  private static int lineFeeds(String text, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == '\n') {
        count++;
      }
    }
    return count;
  }

  private TemplateException syntax(String problem) {
    return TemplateFailure.syntax(problem, line);
  }
}
