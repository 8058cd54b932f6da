package dev.candor.engine.templates;

import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic, on 64-bit integers. */
final class Operators {

  private Operators() {}

  static Object arithmetic(String operator, Object a, Object b, Execution run) {
    if (operator.equals("+") && a instanceof Text left && b instanceof Text right) {
      return concatenate(left, right, run);
    }
    if (operator.equals("+") && a instanceof List<?> left && b instanceof List<?> right) {
      run.steps((long) left.size() + right.size());
      List<Object> all = new ArrayList<>(Values.list(left));
      all.addAll(Values.list(right));
      return all;
    }
    if (operator.equals("*") && a instanceof Text text && Values.isInteger(b)) {
      return repeat(text, Values.integer(b, run), run);
    }
    if (operator.equals("*") && b instanceof Text text && Values.isInteger(a)) {
      return repeat(text, Values.integer(a, run), run);
    }
    if (operator.equals("*") && a instanceof List<?> elements && Values.isInteger(b)) {
      return repeat(Values.list(elements), Values.integer(b, run), run);
    }
    if (operator.equals("%") && a instanceof Text) {
      throw run.unsupported("formatting with %");
    }
    if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw run.type("cannot compute " + Values.kind(a) + " " + operator + " " + Values.kind(b));
    }
    try {
      return Values.isInteger(a) && Values.isInteger(b) && !operator.equals("/")
          ? integers(operator, Values.integer(a, run), Values.integer(b, run), run)
          : (Object) numbers(operator, Values.number(a, run), Values.number(b, run), run);
    } catch (ArithmeticException e) {
      throw run.unsupported("an integer beyond 64 bits");
    }
  }

  static Text concatenate(Text left, Text right, Execution run) {
    run.characters((long) left.length() + right.length());
    return new Text.Builder().append(left).append(right).build();
  }

  private static Text repeat(Text text, long times, Execution run) {
    if (times <= 0 || text.isEmpty()) {
      return Text.EMPTY;
    }
    run.characters(times > Integer.MAX_VALUE ? Integer.MAX_VALUE : times * text.length());
    run.steps(times);
    Text.Builder out = new Text.Builder();
    for (long i = 0; i < times; i++) {
      out.append(text);
    }
    return out.build();
  }

  private static List<Object> repeat(List<Object> elements, long times, Execution run) {
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < times && !elements.isEmpty(); i++) {
      run.steps(elements.size());
      all.addAll(elements);
    }
    return all;
  }

  private static Object integers(String operator, long a, long b, Execution run) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDivExact(a, nonZero(b, run));
      case "%" -> Math.floorMod(a, nonZero(b, run));
      case "**" -> b < 0 ? (Object) Math.pow((double) a, (double) b) : (Object) power(a, b, run);
      default -> throw run.unsupported("the operator " + operator);
    };
  }

  private static long nonZero(long divisor, Execution run) {
    if (divisor == 0) {
      throw run.type("division by zero");
    }
    return divisor;
  }

  private static long power(long base, long exponent, Execution run) {
    run.steps(Math.min(exponent, 64));
    long result = 1;
    long square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result = Math.multiplyExact(result, square);
      }
      if (rest > 1) {
        square = Math.multiplyExact(square, square);
      }
    }
    return result;
  }

  private static double numbers(String operator, double a, double b, Execution run) {
    if (b == 0 && "/%//".contains(operator)) {
      throw run.type("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> {
        double rest = a % b;
        yield rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
      }
      case "**" -> Math.pow(a, b);
      default -> throw run.unsupported("the operator " + operator);
    };
  }
}
