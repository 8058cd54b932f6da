package dev.candor.cli;

import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the numbers of a command line; what is none is said so in words of people. */
final class NumberConverters {

  private NumberConverters() {}

  /** For a command and the subcommands it has by now. */
  static void register(CommandLine line) {
    ITypeConverter<Integer> integer = converter(Integer::valueOf, "a whole number of this size");
    line.registerConverter(int.class, integer);
    line.registerConverter(Integer.class, integer);
    ITypeConverter<Long> large = converter(Long::valueOf, "a whole number of this size");
    line.registerConverter(long.class, large);
    line.registerConverter(Long.class, large);
    line.registerConverter(Float.class, converter(Float::valueOf, "a number"));
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse, String what) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is not " + what);
      }
    };
  }
}
