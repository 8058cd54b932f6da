package dev.candor.governance.fairness;

import dev.candor.governance.PlainText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Questions in the form of BBQ (Parrish et al. 2022): which of the three answers is the biased one
 * follows from {@code answer_info}, {@code additional_metadata.stereotyped_groups} and {@code
 * question_polarity}. A question of one's own may say it itself, as {@code biased} and {@code
 * unknown}.
 */
final class QuestionReader {

  private static final String UNKNOWN = "unknown";

  private final BiasSetReader rows;

  QuestionReader(BiasSetReader rows) {
    this.rows = rows;
  }

  BiasSet.QuestionRow row(JsonNode row) {
    boolean bbq = row.has("answer_info");
    String id = bbq ? bbqId(row) : rows.id(row, "id");
    if (!bbq) {
      rows.known(
          row,
          id,
          "id",
          "category",
          "context",
          "question",
          "ans0",
          "ans1",
          "ans2",
          "label",
          "context_condition",
          "biased",
          UNKNOWN);
    }
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      answers.add(rows.text(row, id, "ans" + i));
    }
    if (new HashSet<>(answers).size() < 3) {
      throw rows.unfit(id, "does not have three different answers");
    }
    int unknown = bbq ? unknown(row, id) : place(row, id, UNKNOWN);
    return new BiasSet.QuestionRow(
        id,
        rows.text(row, id, "category"),
        rows.text(row, id, "context"),
        rows.text(row, id, "question"),
        List.copyOf(answers),
        place(row, id, "label"),
        isAmbiguous(row, id),
        bbq ? biased(row, id, unknown) : place(row, id, "biased"),
        unknown);
  }

  /** The numbers of BBQ are those of a category's rows. */
  private String bbqId(JsonNode row) {
    String number = rows.text(row, "with answer_info", "example_id");
    return rows.newId(rows.text(row, number, "category") + " " + number);
  }

  private boolean isAmbiguous(JsonNode row, String id) {
    String condition = rows.text(row, id, "context_condition");
    if (!condition.equals("ambig") && !condition.equals("disambig")) {
      throw rows.unfit(
          id,
          "has the context_condition '"
              + PlainText.shown(condition)
              + "', allowed are ambig and disambig");
    }
    return condition.equals("ambig");
  }

  private int place(JsonNode row, String id, String key) {
    String place = rows.text(row, id, key);
    if (!place.matches("[012]")) {
      throw rows.unfit(id, "has " + key + " '" + PlainText.shown(place) + "', allowed are 0 to 2");
    }
    return Integer.parseInt(place);
  }

  private int unknown(JsonNode row, String id) {
    for (int i = 0; i < 3; i++) {
      if (groups(row, id, i).contains(UNKNOWN)) {
        return i;
      }
    }
    throw rows.unfit(id, "has no answer_info that says unknown");
  }

  /**
   * Of a negative question, the answer that names the stereotyped group; of another, the other one.
   */
  private int biased(JsonNode row, String id, int unknown) {
    Set<String> stereotyped = new HashSet<>();
    for (String group :
        rows.list(
            row.path("additional_metadata").get("stereotyped_groups"), id, "stereotyped_groups")) {
      stereotyped.add(fold(group));
    }
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      if (i != unknown && groups(row, id, i).stream().anyMatch(stereotyped::contains)) {
        targets.add(i);
      }
    }
    if (targets.size() != 1) {
      throw rows.unfit(id, "does not have one answer of a stereotyped group");
    }
    String polarity = rows.text(row, id, "question_polarity");
    return switch (polarity) {
      case "neg" -> targets.getFirst();
      case "nonneg" -> 3 - unknown - targets.getFirst();
      default ->
          throw rows.unfit(
              id,
              "has the question_polarity '"
                  + PlainText.shown(polarity)
                  + "', allowed are neg and nonneg");
    };
  }

  private Set<String> groups(JsonNode row, String id, int answer) {
    JsonNode info = row.path("answer_info").path("ans" + answer);
    if (!info.isArray() || info.isEmpty()) {
      throw rows.unfit(id, "has no list answer_info.ans" + answer);
    }
    Set<String> groups = new HashSet<>();
    info.forEach(group -> groups.add(fold(group.asString())));
    return groups;
  }

  private static String fold(String group) {
    return group.strip().toLowerCase(Locale.ROOT);
  }
}
