package dev.candor.engine.templates;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Values as Python's {@code str} and {@code repr} write them. */
final class PythonText {

  private final Execution run;
  private final Text.Builder out = new Text.Builder();

  private PythonText(Execution run) {
    this.run = run;
  }

  /** {@code str(value)}. */
  static Text str(Object value, Execution run) {
    return switch (value) {
      case Text text -> text;
      case Values.Undefined undefined -> Text.EMPTY;
      default -> {
        PythonText writer = new PythonText(run);
        writer.repr(value);
        Text text = writer.out.build();
        run.characters(text.length());
        yield text;
      }
    };
  }

  private void repr(Object value) {
    run.steps(1);
    switch (value) {
      case Text text -> quoted(text);
      case Boolean truth -> out.append(truth ? "True" : "False");
      case Long number -> out.append(Long.toString(number));
      case Double number -> out.append(number(number));
      case List<?> elements -> {
        run.enter();
        boolean tuple = elements instanceof Tuple;
        out.append(tuple ? "(" : "[");
        String separator = "";
        for (Object element : elements) {
          out.append(separator);
          repr(element);
          separator = ", ";
        }
        out.append(tuple ? (elements.size() == 1 ? ",)" : ")") : "]");
        run.leave();
      }
      case Map<?, ?> members -> {
        run.enter();
        String separator = "{";
        for (Map.Entry<?, ?> member : members.entrySet()) {
          out.append(separator);
          repr(member.getKey());
          out.append(": ");
          repr(member.getValue());
          separator = ", ";
        }
        out.append(members.isEmpty() ? "{}" : "}");
        run.leave();
      }
      case Values.Undefined undefined -> out.append("Undefined");
      default -> {
        if (value != Values.NONE) {
          throw run.unsupported("printing " + Values.kind(value));
        }
        out.append("None");
      }
    }
  }

  private void quoted(Text text) {
    run.characters(text.length());
    String chars = text.chars();
    String quote = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? "\"" : "'";
    out.append(quote);
    for (int at = 0; at < chars.length(); ) {
      int c = chars.codePointAt(at);
      int end = at + Character.charCount(c);
      String escaped = escaped(c, quote.charAt(0));
      if (escaped.isEmpty()) {
        out.append(text, at, end);
      } else {
        out.appendFor(text, at, escaped);
      }
      at = end;
    }
    out.append(quote);
  }

  /** What repr writes for a character, empty if itself. */
  private static String escaped(int c, char quote) {
    if (c == quote || c == '\\') {
      return "\\" + (char) c;
    }
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> isPrintable(c) ? "" : hexadecimal(c);
    };
  }

  private static String hexadecimal(int c) {
    if (c <= 0xFF) {
      return String.format("\\x%02x", c);
    }
    return c <= 0xFFFF ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
  }

  private static boolean isPrintable(int c) {
    if (c == ' ') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /**
   * {@code repr} of a float: the shortest digits that read back, exponents outside of 1e-4 … 1e16.
   */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = decimal.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - decimal.scale();
    String sign = value < 0 ? "-" : "";
    if (exponent < -4 || exponent >= 16) {
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      return String.format(
          "%s%s%se%s%02d",
          sign, digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    if (decimal.scale() <= 0) {
      return decimal.toBigInteger() + ".0";
    }
    return decimal.toPlainString();
  }
}
