package dev.candor.training.gates;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.statistics.intervals.Shares;
import dev.candor.training.ContentDigest;
import dev.candor.training.KnownKeys;
import dev.candor.training.TrainingException;
import dev.candor.training.data.DataSplit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A file that declares gates, YAML or JSON; docs/reference/gates.md describes it.
 *
 * @param digest SHA-256 of the file
 * @param sealed the set that candidates are measured on
 * @param training what candidates were made from; empty if that is unknown
 * @param incumbent digest of the model that a candidate must be compared with, if it is pinned
 * @param confidence of all intervals, such as 0.95
 * @param gates in order
 */
public record GateFile(
    String digest,
    Source sealed,
    Optional<List<Source>> training,
    Optional<String> incumbent,
    double confidence,
    List<Gate> gates) {

  private static final int FORMAT = 1;
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_GATES = 100;

  /** What stands for training sets that nobody knows. */
  static final String UNKNOWN = "unknown";

  /**
   * A data set that must be the one meant.
   *
   * @param folder where it lies
   * @param digest of the set
   * @param split a split of it, or {@code all}
   */
  public record Source(Path folder, String digest, String split) {}

  /**
   * Reads a file.
   *
   * @throws TrainingException naming the place that does not fit
   */
  public static GateFile read(Path file) {
    byte[] content;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw unfit(file + " has " + Files.size(file) + " bytes, allowed are " + MOST_BYTES);
      }
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      return new Reader(file).read(object(content, file), ContentDigest.of(content));
    } catch (ConfigException e) {
      throw unfit(String.valueOf(e.getMessage()));
    }
  }

  /** YAML 1.2, of which JSON is a part, as plain values within the limits of JSON documents. */
  private static JsonObject object(byte[] content, Path file) {
    try {
      byte[] json =
          JsonMapper.shared()
              .writeValueAsBytes(
                  YAMLMapper.builder()
                      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                      .build()
                      .readTree(content));
      return Json.parseObject(new ByteArrayInputStream(json), Json.Limits.CONFIG, file.toString());
    } catch (JacksonException e) {
      throw unfit(file + ": " + e.getOriginalMessage());
    }
  }

  private static TrainingException unfit(String why) {
    return new TrainingException(
        "gates-unfit", why, "Correct the gate file; docs/reference/gates.md describes it.");
  }

  /** Holds every key against what may be there. */
  private record Reader(Path file) {

    GateFile read(JsonObject root, String digest) {
      KnownKeys.require(
          root,
          file.toString(),
          List.of("format", "sealed", "training", "incumbent", "confidence", "gates"));
      int format = root.integer("format", 1, Integer.MAX_VALUE);
      if (format > FORMAT) {
        throw unfit(file + ": format is " + format + ", this version reads up to " + FORMAT);
      }
      Source sealed =
          source(
              root.object("sealed").orElseThrow(() -> unfit(file + ": sealed is missing")),
              "sealed",
              DataSplit.TEST.key());
      Optional<String> incumbent = root.optionalString("incumbent");
      if (incumbent.isPresent() && !ContentDigest.isDigest(incumbent.get())) {
        throw unfit(file + ": incumbent is not 64 lower-case hexadecimal digits");
      }
      return new GateFile(
          digest,
          sealed,
          training(root),
          incumbent,
          within(root, "confidence", file.toString(), 0.5, 0.9999, 0.95),
          gates(root));
    }

    private Optional<List<Source>> training(JsonObject root) {
      if (UNKNOWN.equals(root.value("training").orElse(""))) {
        return Optional.empty();
      }
      List<Object> given =
          root.list("training")
              .orElseThrow(
                  () -> unfit(file + ": training is missing: name the sets, or say 'unknown'"));
      List<Source> sources = new ArrayList<>();
      for (Object entry : given) {
        String where = "training " + (sources.size() + 1);
        if (!(entry instanceof JsonObject object)) {
          throw unfit(file + ", " + where + ": not an object");
        }
        sources.add(source(object, where, DataSplit.TRAIN.key()));
      }
      if (sources.isEmpty()) {
        throw unfit(file + ": training is empty: name the sets, or say 'unknown'");
      }
      return Optional.of(sources);
    }

    private Source source(JsonObject object, String place, String usualSplit) {
      String where = file + ", " + place;
      KnownKeys.require(object, where, List.of("path", "digest", "split"));
      String digest = object.string("digest");
      if (!ContentDigest.isDigest(digest)) {
        throw unfit(where + ": digest is not 64 lower-case hexadecimal digits");
      }
      List<String> splits = new ArrayList<>(DataSplit.keys());
      splits.add(SealedSet.ALL);
      String split =
          KnownKeys.requireValue(
              object.optionalString("split").orElse(usualSplit), "split", where, splits);
      Path folder = file.toAbsolutePath().normalize().resolveSibling(object.string("path"));
      return new Source(folder, digest, split);
    }

    private List<Gate> gates(JsonObject root) {
      List<Object> given = root.list("gates").orElseThrow(() -> unfit(file + ": gates is missing"));
      if (given.isEmpty() || given.size() > MOST_GATES) {
        throw unfit(
            file + ": there are " + given.size() + " gates, allowed are 1 to " + MOST_GATES);
      }
      List<Gate> gates = new ArrayList<>();
      Set<String> names = new HashSet<>();
      for (Object entry : given) {
        String where = file + ", gate " + (gates.size() + 1);
        if (!(entry instanceof JsonObject object)) {
          throw unfit(where + ": not an object");
        }
        Gate gate = gate(object, where);
        if (!names.add(gate.name())) {
          throw unfit(where + ": there is a gate '" + gate.name() + "' already");
        }
        gates.add(gate);
      }
      return List.copyOf(gates);
    }

    private Gate gate(JsonObject gate, String where) {
      String kind =
          KnownKeys.requireValue(
              gate.string("kind"),
              "kind",
              where,
              List.of("quality", "regression", "calibration", "brier"));
      String name = gate.optionalString("name").orElse(kind);
      return switch (kind) {
        case "quality" -> {
          KnownKeys.require(gate, where, List.of("kind", "name", "minimum", "interval", "label"));
          String method =
              KnownKeys.requireValue(
                  gate.optionalString("interval").orElse("wilson"),
                  "interval",
                  where,
                  List.of("wilson", "clopper-pearson"));
          yield new Gate.Quality(
              name,
              within(gate, "minimum", where, 0, 1),
              Shares.Method.valueOf(method.toUpperCase(Locale.ROOT).replace('-', '_')),
              gate.optionalString("label"));
        }
        case "regression" -> {
          KnownKeys.require(gate, where, List.of("kind", "name", "margin"));
          yield new Gate.Regression(name, within(gate, "margin", where, 0, 1));
        }
        case "calibration" -> {
          KnownKeys.require(
              gate, where, List.of("kind", "name", "maximum", "bins", "resamples", "seed"));
          yield new Gate.Calibration(
              name,
              within(gate, "maximum", where, 0, 1),
              gate.integer("bins", 2, 100, 10),
              gate.integer("resamples", 200, 100_000, 2000),
              gate.optionalInteger("seed").orElse(1));
        }
        default -> {
          KnownKeys.require(gate, where, List.of("kind", "name", "maximum", "resamples", "seed"));
          yield new Gate.Brier(
              name,
              within(gate, "maximum", where, 0, 2),
              gate.integer("resamples", 200, 100_000, 2000),
              gate.optionalInteger("seed").orElse(1));
        }
      };
    }

    private static double within(
        JsonObject object, String key, String where, double least, double most) {
      double value = object.number(key);
      if (value < least || value > most) {
        throw unfit(where + ": " + key + " is " + value + ", allowed is " + least + " to " + most);
      }
      return value;
    }

    private static double within(
        JsonObject object, String key, String where, double least, double most, double absent) {
      return object.has(key) ? within(object, key, where, least, most) : absent;
    }
  }
}
