package dev.candor.training.lessons;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What fills slots without any rule: made-up words, names, codes, numbers. Half of what a text is
 * about must be words that no language has; otherwise a model learns which values there are instead
 * of copying what it reads.
 */
final class Values {

  private static final String CONSONANTS = "bcdfghjklmnprstvwz";
  private static final String VOWELS = "aeiou";
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
  private static final String CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ";

  /** Pieces that English words and names are made of. */
  private static final List<String> FRAGMENTS =
      List.of(
          "ab", "ain", "al", "an", "ap", "ard", "art", "ash", "ay", "berg", "bl", "ble", "br", "ch",
          "ck", "cl", "cor", "cr", "der", "dr", "ea", "eck", "el", "ell", "en", "er", "es", "est",
          "ey", "fer", "fin", "fl", "fr", "gar", "ger", "gl", "gr", "ham", "har", "ick", "id", "ie",
          "ill", "in", "ine", "ing", "ish", "ix", "kel", "lan", "land", "ley", "lin", "lor", "mar",
          "min", "mon", "nor", "oa", "oc", "old", "on", "oo", "or", "ot", "ou", "ov", "ow", "pl",
          "por", "pr", "qu", "ran", "re", "ric", "ris", "rod", "sal", "sch", "sen", "sh", "ski",
          "son", "sp", "st", "str", "sw", "ten", "ter", "th", "ton", "tr", "ul", "um", "un", "ur",
          "val", "ve", "ver", "vin", "wal", "wh", "win", "wor", "yes", "yl");

  private static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");

  private static final Map<String, Function<Draws, String>> KINDS =
      Map.ofEntries(
          Map.entry("syllables", Values::syllables),
          Map.entry("letters", Values::letters),
          Map.entry("made-name", draws -> capitalised(syllables(draws))),
          Map.entry("fragments", Values::fragments),
          Map.entry("fragment-name", draws -> capitalised(fragments(draws))),
          Map.entry("code", Values::code),
          Map.entry("digits", draws -> digits(draws, draws.between(4, 8))),
          Map.entry("long", draws -> digits(draws, draws.between(5, 9))),
          Map.entry("hundreds", draws -> String.valueOf(draws.between(100, 999))),
          Map.entry("last-digits", draws -> digits(draws, 4)),
          Map.entry("count", draws -> String.valueOf(draws.between(10, 999))),
          Map.entry("large", draws -> String.valueOf(draws.between(1000, 9999))),
          Map.entry("money", Values::money),
          Map.entry("decimal", draws -> draws.between(0, 99) + "." + draws.between(1, 9)),
          Map.entry("date", Values::date),
          Map.entry("iso-date", Values::isoDate),
          Map.entry("time", Values::time),
          Map.entry("phone", draws -> "0" + digits(draws, 3) + " " + digits(draws, 6)),
          Map.entry("address", Values::networkAddress),
          Map.entry("version", Values::version),
          Map.entry("host", Values::host),
          Map.entry("flight", Values::flight),
          Map.entry("year", draws -> String.valueOf(draws.between(1900, 2035))));

  private Values() {}

  /** Whether there are values of this kind. */
  static boolean has(String kind) {
    return KINDS.containsKey(kind);
  }

  /** A value of this kind, of those that are kept back or of the others. */
  static String draw(String kind, boolean keptBack, Draws draws) {
    Function<Draws, String> make = KINDS.get(kind);
    if (make == null) {
      throw new IllegalArgumentException("there are no values " + kind);
    }
    while (true) {
      String value = make.apply(draws);
      if (StableHash.keptBack(value) == keptBack) {
        return value;
      }
    }
  }

  static String capitalised(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static String syllables(Draws draws) {
    StringBuilder word = new StringBuilder();
    for (int i = draws.between(2, 3); i > 0; i--) {
      word.append(draws.pick(CONSONANTS)).append(draws.pick(VOWELS));
      if (draws.chance(25)) {
        word.append(draws.pick("lmnrst"));
      }
    }
    return word.toString();
  }

  private static String fragments(Draws draws) {
    StringBuilder word = new StringBuilder();
    for (int i = draws.between(2, 3); i > 0; i--) {
      word.append(draws.pick(FRAGMENTS));
    }
    return word.toString();
  }

  private static String letters(Draws draws) {
    StringBuilder word = new StringBuilder();
    for (int i = draws.between(3, 7); i > 0; i--) {
      word.append(draws.pick(LETTERS));
    }
    return draws.chance(40) ? capitalised(word.toString()) : word.toString();
  }

  private static String code(Draws draws) {
    return switch (draws.below(5)) {
      case 0 -> capitals(draws, 2) + "-" + digits(draws, draws.between(2, 5));
      case 1 -> capitals(draws, 1) + digits(draws, draws.between(3, 5));
      case 2 -> digits(draws, 2) + "-" + capitals(draws, 2) + "-" + digits(draws, 2);
      case 3 -> capitals(draws, 3) + digits(draws, draws.between(2, 4));
      default -> digits(draws, 3) + "/" + digits(draws, 2);
    };
  }

  private static String capitals(Draws draws, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(draws.pick(CAPITALS));
    }
    return text.toString();
  }

  /** Digits, the first not 0. */
  private static String digits(Draws draws, int count) {
    StringBuilder text = new StringBuilder().append(draws.pick("123456789"));
    for (int i = 1; i < count; i++) {
      text.append(draws.pick("0123456789"));
    }
    return text.toString();
  }

  private static String money(Draws draws) {
    int whole = draws.chance(50) ? draws.between(1, 99) : draws.between(100, 9999);
    return draws.chance(50)
        ? whole + "." + draws.below(10) + draws.pick("05")
        : String.valueOf(whole);
  }

  private static String date(Draws draws) {
    int day = draws.between(1, 28);
    String month = draws.pick(MONTHS);
    return switch (draws.below(4)) {
      case 0 -> day + " " + month;
      case 1 -> month + " " + day;
      case 2 -> day + " " + month + " " + draws.between(2019, 2029);
      default -> isoDate(draws);
    };
  }

  private static String isoDate(Draws draws) {
    return draws.between(2019, 2029)
        + "-"
        + twoDigits(draws.between(1, 12))
        + "-"
        + twoDigits(draws.between(1, 28));
  }

  private static String time(Draws draws) {
    return draws.between(6, 22) + ":" + twoDigits(draws.between(0, 59));
  }

  private static String twoDigits(int number) {
    return (number < 10 ? "0" : "") + number;
  }

  private static String networkAddress(Draws draws) {
    return "10." + draws.below(256) + "." + draws.below(256) + "." + draws.between(1, 254);
  }

  private static String version(Draws draws) {
    return draws.between(1, 19)
        + "."
        + draws.below(20)
        + (draws.chance(50) ? "." + draws.below(10) : "");
  }

  private static String host(Draws draws) {
    return draws.pick(List.of("srv", "web", "db", "lap", "pc", "node", "mail"))
        + "-"
        + (draws.chance(50) ? syllables(draws) : digits(draws, 3));
  }

  private static String flight(Draws draws) {
    return capitals(draws, 2) + digits(draws, draws.between(3, 4));
  }
}
