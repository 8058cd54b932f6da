package dev.candor.server.admin;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters and histograms in Prometheus' text format (0.0.4), by the names of OpenTelemetry's
 * conventions for generative AI ({@code gen_ai.…}, dots as underscores, units at the end), and
 * {@code candor_…} for what these do not know. No name or value comes from what was asked. Safe for
 * use by many threads.
 */
public final class Measurements {

  /** Bounds of OpenTelemetry's conventions for durations, in seconds. */
  private static final double[] SECONDS = {
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92
  };

  /** The same for the time of one token. */
  private static final double[] SECONDS_A_TOKEN = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5
  };

  /** The same for tokens of a request. */
  private static final double[] TOKENS = {
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576
  };

  /** Most series of a name: what goes beyond is counted under {@code other}. */
  private static final int MOST_SERIES = 200;

  private final Map<String, Family> families = new TreeMap<>();

  /** All series of a name. */
  private static final class Family {
    private final String help;
    private final double[] bounds;
    private final Map<String, Series> series = new TreeMap<>();

    Family(String help, double... bounds) {
      this.help = help;
      this.bounds = bounds;
    }
  }

  private static final class Series {
    private final LongAdder[] buckets;
    private final LongAdder count = new LongAdder();
    private double sum;

    Series(int bounds) {
      buckets = new LongAdder[bounds];
      for (int i = 0; i < bounds; i++) {
        buckets[i] = new LongAdder();
      }
    }
  }

  /** Nothing has been measured yet. */
  public Measurements() {
    families.put(
        "gen_ai_server_request_duration_seconds",
        new Family("From the request to the end of its answer.", SECONDS));
    families.put(
        "gen_ai_server_time_to_first_token_seconds",
        new Family("From the beginning of a decision to its first token.", SECONDS));
    families.put(
        "gen_ai_server_time_per_output_token_seconds",
        new Family("Of a decision, for each token behind the first.", SECONDS_A_TOKEN));
    families.put(
        "gen_ai_client_token_usage", new Family("Tokens of a request, by their type.", TOKENS));
    families.put(
        "candor_requests_total", new Family("Requests that were answered, by their status."));
    families.put("candor_decisions_total", new Family("Decisions, by their outcome."));
  }

  /** A request was answered. */
  public void request(String operation, int status, long nanos) {
    add("candor_requests_total", labels("operation", operation, "status", "" + status), 1);
    String error = status < 400 ? "" : "" + status;
    add(
        "gen_ai_server_request_duration_seconds",
        error.isEmpty()
            ? labels("gen_ai_operation_name", operation, "gen_ai_provider_name", "candor")
            : labels(
                "gen_ai_operation_name",
                operation,
                "gen_ai_provider_name",
                "candor",
                "error_type",
                error),
        nanos / 1e9);
  }

  /** A decision was made. */
  public void decision(
      String model, String outcome, int read, int written, long firstNanos, long nanos) {
    String its = labels("gen_ai_provider_name", "candor", "gen_ai_response_model", model);
    add("candor_decisions_total", labels("model", model, "outcome", outcome), 1);
    if (firstNanos > 0) {
      add("gen_ai_server_time_to_first_token_seconds", its, firstNanos / 1e9);
    }
    if (written > 1 && nanos > firstNanos) {
      add(
          "gen_ai_server_time_per_output_token_seconds",
          its,
          (nanos - firstNanos) / 1e9 / (written - 1));
    }
    add("gen_ai_client_token_usage", its + ",gen_ai_token_type=\"input\"", read);
    add("gen_ai_client_token_usage", its + ",gen_ai_token_type=\"output\"", written);
  }

  private static String labels(String... pairs) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pairs.length; i += 2) {
      String value = pairs[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      text.append(i == 0 ? "" : ",").append(pairs[i]).append("=\"").append(value).append('"');
    }
    return text.toString();
  }

  private void add(String name, String labels, double value) {
    synchronized (families) {
      Family family = families.get(name);
      if (family == null) {
        throw new IllegalArgumentException(name);
      }
      String key =
          family.series.containsKey(labels) || family.series.size() < MOST_SERIES
              ? labels
              : "other=\"true\"";
      Series series = family.series.computeIfAbsent(key, _ -> new Series(family.bounds.length));
      series.count.increment();
      series.sum += value;
      for (int i = 0; i < family.bounds.length; i++) {
        if (value <= family.bounds[i]) {
          series.buckets[i].increment();
        }
      }
    }
  }

  /**
   * All of it as text.
   *
   * @param gauges what is so now, by name; what ends with {@code _total} is a counter
   */
  public String text(Map<String, Double> gauges) {
    StringBuilder text = new StringBuilder();
    synchronized (families) {
      families.forEach((name, family) -> {
        boolean isCounter = family.bounds.length == 0;
        text.append("# HELP ").append(name).append(' ').append(family.help).append('\n');
        text.append("# TYPE ").append(name).append(isCounter ? " counter\n" : " histogram\n");
        family.series.forEach((labels, series) -> {
          if (isCounter) {
            line(text, name, labels, series.sum);
            return;
          }
          for (int i = 0; i < family.bounds.length; i++) {
            line(
                text,
                name + "_bucket",
                labels + ",le=\"" + number(family.bounds[i]) + "\"",
                series.buckets[i].sum());
          }
          line(text, name + "_bucket", labels + ",le=\"+Inf\"", series.count.sum());
          line(text, name + "_sum", labels, series.sum);
          line(text, name + "_count", labels, series.count.sum());
        });
      });
    }
    new TreeMap<>(gauges)
        .forEach((name, value) -> {
          text.append("# TYPE ").append(name);
          text.append(name.endsWith("_total") ? " counter\n" : " gauge\n");
          text.append(name).append(' ').append(number(value)).append('\n');
        });
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String labels, double value) {
    text.append(name).append('{').append(labels).append("} ").append(number(value)).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%s", value);
  }
}
