package dev.candor.governance.fairness;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.KebabCase;
import dev.candor.governance.PlainText;
import dev.candor.statistics.NearestWord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keys and values of a plan, read by their types; each error names the line and what is allowed.
 */
final class PlanFields {

  private final String where;
  private final PlanNode.Fields node;

  private PlanFields(String where, PlanNode.Fields node) {
    this.where = where;
    this.node = node;
  }

  /**
   * Those of a node.
   *
   * @param where what they are of, for messages
   * @param known keys that there may be
   * @throws GovernanceException {@code governance.bias-plan-malformed} or {@code
   *     governance.bias-plan-key}
   */
  static PlanFields of(PlanNode node, String where, List<String> known) {
    if (!(node instanceof PlanNode.Fields fields)) {
      throw PlanNode.malformed(node.line(), where + " does not consist of keys and values");
    }
    fields
        .fields()
        .forEach((key, value) -> {
          if (!known.contains(key)) {
            throw unknown(value.line(), where + " has no key", key, known);
          }
        });
    return new PlanFields(where, fields);
  }

  /** What to throw for a word that is not known. */
  static GovernanceException unknown(int line, String what, String word, List<String> known) {
    return new GovernanceException(
        "bias-plan-key",
        "line " + line + ": " + what + " '" + PlainText.shown(word) + "'",
        "Did you mean '"
            + NearestWord.to(word, known)
            + "'? There are: "
            + String.join(", ", known)
            + ".");
  }

  int line() {
    return node.line();
  }

  /** Where a key's value begins; where all begin if it is not there. */
  int line(String key) {
    PlanNode value = node.fields().get(key);
    return value == null ? node.line() : value.line();
  }

  boolean has(String key) {
    return node.fields().containsKey(key);
  }

  PlanNode require(String key) {
    PlanNode value = node.fields().get(key);
    if (value == null) {
      throw PlanNode.malformed(node.line(), where + " has no " + key);
    }
    return value;
  }

  String text(String key, int most) {
    return plain(require(key), key, most);
  }

  Optional<String> optionalText(String key, int most) {
    return has(key) ? Optional.of(text(key, most)) : Optional.empty();
  }

  String id(String key) {
    return id(text(key, KebabCase.MOST), key, line(key));
  }

  static String id(String text, String what, int line) {
    if (!KebabCase.is(text)) {
      throw PlanNode.malformed(
          line,
          what
              + " is '"
              + PlainText.shown(text)
              + "', allowed are 1 to "
              + KebabCase.MOST
              + " of a-z, 0-9 and single dashes, beginning with a letter");
    }
    return text;
  }

  /** Different texts, at least one. */
  List<String> texts(String key, int most, int longest) {
    if (!(require(key) instanceof PlanNode.Items list)) {
      throw PlanNode.malformed(line(key), key + " is not a list");
    }
    Set<String> texts = new LinkedHashSet<>();
    for (PlanNode item : list.items()) {
      String text = plain(item, "an element of " + key, longest);
      if (!texts.add(text)) {
        throw PlanNode.malformed(item.line(), key + " has '" + text + "' twice");
      }
    }
    if (texts.isEmpty() || texts.size() > most) {
      throw PlanNode.malformed(list.line(), key + " does not have 1 to " + most + " elements");
    }
    return List.copyOf(texts);
  }

  double number(String key, double otherwise, double least, double most) {
    return has(key) ? number(require(key), key, least, most) : otherwise;
  }

  static double number(PlanNode node, String key, double least, double most) {
    String text = plain(node, key, 40);
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!(value >= least && value <= most)) {
      throw PlanNode.malformed(
          node.line(),
          key
              + " is '"
              + PlainText.shown(text)
              + "', allowed is a number from "
              + least
              + " to "
              + most);
    }
    return value;
  }

  long whole(String key, long otherwise, long least, long most) {
    if (!has(key)) {
      return otherwise;
    }
    String text = text(key, 40);
    long value = text.matches("0|[1-9][0-9]{0,17}") ? Long.parseLong(text) : -1;
    if (value < least || value > most) {
      throw PlanNode.malformed(
          line(key),
          key
              + " is '"
              + PlainText.shown(text)
              + "', allowed is a whole number from "
              + least
              + " to "
              + most);
    }
    return value;
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = text(key, 40);
    if (!text.equals("true") && !text.equals("false")) {
      throw PlanNode.malformed(line(key), key + " is neither true nor false");
    }
    return text.equals("true");
  }

  /** Names and their nodes, of a value that is keys and values itself. */
  Map<String, PlanNode> entries(String key) {
    if (!(require(key) instanceof PlanNode.Fields fields)) {
      throw PlanNode.malformed(line(key), key + " does not consist of keys and values");
    }
    return new LinkedHashMap<>(fields.fields());
  }

  /** The elements of a list. */
  List<PlanNode> items(String key, int most) {
    if (!(require(key) instanceof PlanNode.Items list)) {
      throw PlanNode.malformed(line(key), key + " is not a list");
    }
    if (list.items().isEmpty() || list.items().size() > most) {
      throw PlanNode.malformed(list.line(), key + " does not have 1 to " + most + " elements");
    }
    return new ArrayList<>(list.items());
  }

  private static String plain(PlanNode node, String what, int most) {
    if (!(node instanceof PlanNode.Text text)) {
      throw PlanNode.malformed(node.line(), what + " is not a text");
    }
    if (text.value().isBlank()
        || text.value().length() > most
        || !PlainText.isPlain(text.value())) {
      throw PlanNode.malformed(
          node.line(), what + " is not 1 to " + most + " visible characters on one line");
    }
    return text.value();
  }
}
