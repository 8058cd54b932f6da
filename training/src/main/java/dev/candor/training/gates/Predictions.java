package dev.candor.training.gates;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.training.ContentDigest;
import dev.candor.training.KnownKeys;
import dev.candor.training.TrainingException;
import dev.candor.training.data.DataRow;
import dev.candor.training.data.DataSplit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of predictions: JSON lines, the first of which says of which model and set they are.
 *
 * @param header the first line
 * @param rows the others, in order
 * @param digest SHA-256 of the file
 */
public record Predictions(Header header, List<Prediction> rows, String digest) {

  private static final int FORMAT = 1;
  private static final long MOST_BYTES = 1L << 30;
  private static final Json.Limits LINE = new Json.Limits(8 << 20, 8, 10_000);

  /** How far the probabilities of all labels may be from 1, written as decimals. */
  private static final double SUM_TOLERANCE = 1e-3;

  public Predictions {
    rows = List.copyOf(rows);
  }

  /**
   * Of what the predictions are.
   *
   * @param model as its user calls it
   * @param modelDigest what its records call it
   * @param set name of the sealed set
   * @param setDigest of the set
   * @param split of the set that was asked, or {@code all}
   * @param settings how it was asked; for whoever asks again
   */
  public record Header(
      String model,
      String modelDigest,
      String set,
      String setDigest,
      String split,
      Map<String, Object> settings) {

    /** As the first line of the file. */
    public Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("format", FORMAT);
      members.put("model", named(model, modelDigest));
      Map<String, Object> sealed = named(set, setDigest);
      sealed.put("split", split);
      members.put("set", sealed);
      members.put("settings", settings);
      return members;
    }

    private static Map<String, Object> named(String name, String digest) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("name", name);
      members.put("digest", digest);
      return members;
    }
  }

  /** A row as a line of the file. */
  public static Map<String, Object> members(Prediction row) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", row.id());
    members.put("expected", row.expected());
    members.put("answer", row.answer());
    row.probability().ifPresent(probability -> members.put("probability", probability));
    if (!row.probabilities().isEmpty()) {
      members.put("probabilities", row.probabilities());
    }
    return members;
  }

  /**
   * Reads a file.
   *
   * @throws TrainingException {@code training.predictions-unfit}, naming file, line and member
   */
  public static Predictions read(Path file) {
    byte[] content;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new TrainingException(
            "too-large",
            file + " has " + Files.size(file) + " bytes, allowed are " + MOST_BYTES,
            "Measure on a smaller set.");
      }
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw unfit(file + " is not UTF-8");
    }
    List<String> lines = text.lines().toList();
    if (lines.isEmpty()) {
      throw unfit(file + " is empty");
    }
    Header header = header(line(file, lines, 0), file + ", line 1");
    List<Prediction> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      rows.add(row(line(file, lines, i), file + ", line " + (i + 1)));
    }
    return new Predictions(header, rows, ContentDigest.of(content));
  }

  private static JsonObject line(Path file, List<String> lines, int number) {
    String where = file + ", line " + (number + 1);
    try {
      byte[] bytes = lines.get(number).getBytes(StandardCharsets.UTF_8);
      return Json.parseObject(new ByteArrayInputStream(bytes), LINE, where);
    } catch (ConfigException e) {
      throw unfit(String.valueOf(e.getMessage()));
    }
  }

  private static Header header(JsonObject line, String where) {
    try {
      KnownKeys.require(line, where, List.of("format", "model", "set", "settings"));
      int format = line.integer("format", 1, Integer.MAX_VALUE);
      if (format > FORMAT) {
        throw unfit(where + ": format is " + format + ", this version reads up to " + FORMAT);
      }
      JsonObject model = part(line, "model", where, List.of("name", "digest"));
      JsonObject set = part(line, "set", where, List.of("name", "digest", "split"));
      String split = set.string("split");
      if (!split.equals(SealedSet.ALL) && DataSplit.of(split).isEmpty()) {
        throw unfit(where + ": set.split is '" + split + "'");
      }
      Map<String, Object> settings = new LinkedHashMap<>();
      line.object("settings").ifPresent(given -> settings.putAll(given.members()));
      settings.forEach((key, value) -> {
        if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
          throw unfit(where + ": settings." + key + " is no text, number, true or false");
        }
      });
      return new Header(
          model.string("name"),
          digest(model, where),
          set.string("name"),
          digest(set, where),
          split,
          settings);
    } catch (ConfigException e) {
      throw unfit(String.valueOf(e.getMessage()));
    }
  }

  private static JsonObject part(JsonObject line, String key, String where, List<String> known) {
    JsonObject part = line.object(key).orElseThrow(() -> unfit(where + ": " + key + " is missing"));
    KnownKeys.require(part, where + ", " + key, known);
    return part;
  }

  private static String digest(JsonObject object, String where) {
    String digest = object.string("digest");
    if (!ContentDigest.isDigest(digest)) {
      throw unfit(where + ": digest is not 64 lower-case hexadecimal digits");
    }
    return digest;
  }

  private static Prediction row(JsonObject line, String where) {
    try {
      KnownKeys.require(
          line, where, List.of("id", "expected", "answer", "probability", "probabilities"));
      Map<String, Double> probabilities = new LinkedHashMap<>();
      double sum = 0;
      Optional<JsonObject> labels = line.object("probabilities");
      if (labels.isPresent()) {
        for (String label : labels.get().members().keySet()) {
          double probability = probability(labels.get(), label, where);
          probabilities.put(label, probability);
          sum += probability;
        }
        if (Math.abs(sum - 1) > SUM_TOLERANCE) {
          throw unfit(where + ": probabilities sum to " + sum + ", must be 1");
        }
      }
      String answer = line.string("answer");
      OptionalDouble given =
          line.has("probability")
              ? OptionalDouble.of(probability(line, "probability", where))
              : OptionalDouble.empty();
      Double ofLabel = probabilities.get(answer.strip());
      if (ofLabel != null) {
        if (given.isPresent() && Math.abs(given.getAsDouble() - ofLabel) > SUM_TOLERANCE) {
          throw unfit(where + ": probability is not the one that its label has in probabilities");
        }
        given = OptionalDouble.of(ofLabel);
      } else if (!probabilities.isEmpty()) {
        throw unfit(where + ": answer '" + answer + "' is not in probabilities");
      }
      return new Prediction(
          line.string("id"), line.string("expected"), answer, given, probabilities);
    } catch (ConfigException e) {
      throw unfit(String.valueOf(e.getMessage()));
    }
  }

  private static double probability(JsonObject object, String key, String where) {
    double value = object.number(key);
    if (value < 0 || value > 1) {
      throw unfit(where + ": " + key + " is " + value + ", allowed is 0 to 1");
    }
    return value;
  }

  private static TrainingException unfit(String why) {
    return new TrainingException(
        "predictions-unfit",
        why,
        "Make the file with 'candor train evaluate', or see docs/reference/gates.md.");
  }

  /**
   * Requires an answer to each sealed row, no other, and the set's own expectations; puts them into
   * the order of the set.
   *
   * @param whose {@code candidate} or {@code incumbent}, for messages
   * @throws TrainingException {@code training.predictions-unfit} or {@code training.wrong-set}
   */
  List<Prediction> requireFor(SealedSet sealed, String whose) {
    if (!header.setDigest().equals(sealed.set().digest())
        || !header.split().equals(sealed.split())) {
      throw new TrainingException(
          "wrong-set",
          "the predictions of the "
              + whose
              + " are for "
              + header.set()
              + " "
              + header.setDigest()
              + " ("
              + header.split()
              + "), the sealed set is "
              + sealed.set().manifest().name()
              + " "
              + sealed.set().digest()
              + " ("
              + sealed.split()
              + ")",
          "Evaluate the " + whose + " on the sealed set.");
    }
    Map<String, Prediction> byId = new HashMap<>();
    for (Prediction row : rows) {
      if (byId.put(row.id(), row) != null) {
        throw unfit("the predictions of the " + whose + " name row " + row.id() + " twice");
      }
    }
    List<Prediction> ordered = new ArrayList<>();
    for (DataRow row : sealed.rows()) {
      Prediction prediction = byId.remove(row.id());
      if (prediction == null) {
        throw unfit("the predictions of the " + whose + " lack row " + row.id());
      }
      if (!prediction.expected().equals(row.label())) {
        throw unfit(
            "the predictions of the "
                + whose
                + " expect '"
                + prediction.expected()
                + "' of row "
                + row.id()
                + ", the sealed set '"
                + row.label()
                + "'");
      }
      ordered.add(prediction);
    }
    if (!byId.isEmpty()) {
      throw unfit(
          "the predictions of the "
              + whose
              + " have "
              + byId.size()
              + " rows that the sealed set does not have");
    }
    return ordered;
  }

  /** The file, as it is written. */
  static byte[] document(Header header, List<Prediction> rows) {
    StringBuilder lines = new StringBuilder();
    lines.append(JsonMapper.shared().writeValueAsString(header.members())).append('\n');
    rows.forEach(
        row -> lines.append(JsonMapper.shared().writeValueAsString(members(row))).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }
}
