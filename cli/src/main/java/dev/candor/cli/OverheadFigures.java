package dev.candor.cli;

import dev.candor.cli.OverheadBench.Measured;
import dev.candor.cli.OverheadBench.Pair;
import dev.candor.cli.OverheadRound.AnswerTimes;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * What a measurement of both ways says.
 *
 * @param measured the rounds
 * @param compared each figure of both sides
 * @param extraMillis how much later the receipt of a governed answer is there than the bare answer
 *     to the same prompt: the median
 */
record OverheadFigures(Measured measured, List<Compared> compared, Estimate extraMillis) {

  private static final int RESAMPLES = 2_000;
  private static final double CONFIDENCE = 0.95;

  /** What a figure is computed of: the rounds of one side. */
  private enum Figure {
    LATENCY_P50("latencyP50Millis", rounds -> millis(rounds, AnswerTimes::ended, 0.5)),
    LATENCY_P95("latencyP95Millis", rounds -> millis(rounds, AnswerTimes::ended, 0.95)),
    FIRST_TOKEN_P50("firstTokenP50Millis", rounds -> millis(rounds, AnswerTimes::firstToken, 0.5)),
    OTHER_TOKENS_P50("otherTokensP50Millis", rounds -> millis(rounds, AnswerTimes::others, 0.5)),
    ANSWERS_PER_SECOND("answersPerSecond", OverheadFigures::answersPerSecond),
    CPU("cpuMillisPerAnswer", OverheadFigures::cpuMillisPerAnswer);

    final String name;
    final ToDoubleFunction<List<OverheadRound>> value;

    Figure(String name, ToDoubleFunction<List<OverheadRound>> value) {
      this.name = name;
      this.value = value;
    }
  }

  /** A value, and between which bounds 95 of 100 resamples have it. */
  record Estimate(double value, double low, double high) {

    Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("value", value);
      members.put("low", low);
      members.put("high", high);
      return members;
    }

    String text(String form) {
      return String.format(Locale.ROOT, form + " (" + form + " … " + form + ")", value, low, high);
    }
  }

  /**
   * A figure of both sides.
   *
   * @param changePercent of the governed side against the bare one
   */
  record Compared(String name, double bare, double governed, Estimate changePercent) {}

  /** The figures of some rounds; the same for the same rounds and seed. */
  static OverheadFigures of(Measured measured, long seed) {
    List<Compared> compared = new ArrayList<>();
    for (Figure figure : Figure.values()) {
      compared.add(compare(figure, measured, seed));
    }
    return new OverheadFigures(
        measured, compared, resampled(measured, OverheadFigures::extraMillis, seed));
  }

  private static Compared compare(Figure figure, Measured measured, long seed) {
    ToDoubleFunction<List<OverheadRound>> value = figure.value;
    ToDoubleFunction<List<Pair>> change =
        pairs ->
            100 * (value.applyAsDouble(governed(pairs)) / value.applyAsDouble(bare(pairs)) - 1);
    return new Compared(
        figure.name,
        value.applyAsDouble(bare(measured.pairs())),
        value.applyAsDouble(governed(measured.pairs())),
        resampled(measured, change, seed));
  }

  /** The percentile bootstrap, of rounds with all their answers. */
  private static Estimate resampled(
      Measured measured, ToDoubleFunction<List<Pair>> statistic, long seed) {
    List<Pair> pairs = measured.pairs();
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      List<Pair> drawn = new ArrayList<>(pairs.size());
      for (int j = 0; j < pairs.size(); j++) {
        drawn.add(pairs.get(random.nextInt(pairs.size())));
      }
      values[i] = statistic.applyAsDouble(drawn);
    }
    return new Estimate(
        statistic.applyAsDouble(pairs),
        quantile(values, (1 - CONFIDENCE) / 2),
        quantile(values, (1 + CONFIDENCE) / 2));
  }

  private static List<OverheadRound> bare(List<Pair> pairs) {
    return pairs.stream().map(Pair::bare).toList();
  }

  private static List<OverheadRound> governed(List<Pair> pairs) {
    return pairs.stream().map(Pair::governed).toList();
  }

  private static double extraMillis(List<Pair> pairs) {
    List<Double> extra = new ArrayList<>();
    for (Pair pair : pairs) {
      for (int i = 0; i < pair.bare().answers().size(); i++) {
        long more = pair.governed().answers().get(i).ended() - pair.bare().answers().get(i).ended();
        extra.add(more / 1e6);
      }
    }
    return quantile(extra.stream().mapToDouble(Double::doubleValue).toArray(), 0.5);
  }

  private static double millis(
      List<OverheadRound> rounds, ToLongFunction<AnswerTimes> time, double share) {
    return quantile(
        rounds.stream()
            .flatMap(round -> round.answers().stream())
            .mapToDouble(answer -> time.applyAsLong(answer) / 1e6)
            .toArray(),
        share);
  }

  private static double answersPerSecond(List<OverheadRound> rounds) {
    long answers = rounds.stream().mapToLong(round -> round.answers().size()).sum();
    return answers * 1e9 / rounds.stream().mapToLong(OverheadRound::nanos).sum();
  }

  private static double cpuMillisPerAnswer(List<OverheadRound> rounds) {
    long answers = rounds.stream().mapToLong(round -> round.answers().size()).sum();
    return rounds.stream().mapToLong(OverheadRound::cpuNanos).sum() / 1e6 / answers;
  }

  /** The smallest value that at least this share of all are not above (nearest rank). */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.clamp((long) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
  }

  /** Of the governed side: until it is admitted. */
  private double admissionMillis() {
    return millis(governed(measured.pairs()), AnswerTimes::admitted, 0.5);
  }

  /** Of the governed side: the record of the end. */
  private double recordingMillis() {
    return millis(governed(measured.pairs()), AnswerTimes::recording, 0.5);
  }

  private int answers() {
    return measured.pairs().stream().mapToInt(pair -> pair.bare().answers().size()).sum();
  }

  private double perDecision(long total) {
    return (double) total / answers();
  }

  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("streams", measured.streams());
    members.put("answersEachWay", answers());
    Map<String, Object> bare = new LinkedHashMap<>();
    Map<String, Object> governed = new LinkedHashMap<>();
    Map<String, Object> change = new LinkedHashMap<>();
    for (Compared each : compared) {
      bare.put(each.name(), each.bare());
      governed.put(each.name(), each.governed());
      change.put(each.name(), each.changePercent().members());
    }
    members.put("bare", bare);
    members.put("governed", governed);
    members.put("changePercent", change);
    members.put("extraMillis", extraMillis.members());
    members.put("admissionP50Millis", admissionMillis());
    members.put("recordingP50Millis", recordingMillis());
    members.put("ledgerEntriesPerDecision", perDecision(measured.ledger().entries()));
    members.put("ledgerForcesPerDecision", perDecision(measured.ledger().groups()));
    members.put("ledgerBytesPerDecision", perDecision(measured.ledger().bytes()));
    members.put("payloadsPerDecision", perDecision(measured.payloads().payloads()));
    members.put("payloadForcesPerDecision", perDecision(measured.payloads().transactions()));
    return members;
  }

  void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%n%d %s, %d answers each way%n  %-23s %11s %11s   change, %%%n",
        measured.streams(),
        measured.streams() == 1 ? "stream" : "streams",
        answers(),
        "",
        "bare",
        "governed");
    for (Compared each : compared) {
      out.printf(
          Locale.ROOT,
          "  %-23s %11.2f %11.2f   %s%n",
          each.name(),
          each.bare(),
          each.governed(),
          each.changePercent().text("%+.1f"));
    }
    out.printf(
        Locale.ROOT,
        "  %s ms later, of which %.2f before the prompt is read, %.2f for the record of the end%n"
            + "  a decision is %.2f entries and %.0f bytes of the ledger; forces: %.2f of the"
            + " ledger, %.2f of the payloads%n",
        extraMillis.text("%.2f"),
        admissionMillis(),
        recordingMillis(),
        perDecision(measured.ledger().entries()),
        perDecision(measured.ledger().bytes()),
        perDecision(measured.ledger().groups()),
        perDecision(measured.payloads().transactions()));
  }
}
