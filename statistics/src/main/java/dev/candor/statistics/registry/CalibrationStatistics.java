package dev.candor.statistics.registry;

import static dev.candor.statistics.registry.Input.required;
import static dev.candor.statistics.registry.Input.usual;

import dev.candor.statistics.calibration.CalibrationError;
import dev.candor.statistics.calibration.Reliability;
import dev.candor.statistics.calibration.Scores;
import dev.candor.statistics.calibration.Temperature;
import dev.candor.statistics.intervals.Bootstrap;
import java.util.ArrayList;
import java.util.List;

/** Whether probabilities mean what they say. */
final class CalibrationStatistics {

  private static final double[] SOME = {0.95, 0.85, 0.75, 0.65, 0.55, 0.95, 0.85, 0.75, 0.65, 0.55};
  private static final double[] SOME_RIGHT = {1, 1, 1, 0, 1, 1, 0, 1, 0, 0};

  private static final Input[] ANSWERS = {
    required("probabilities", InputType.NUMBERS, "of each row's answer, 0 to 1"),
    required("right", InputType.FLAGS, "whether it was")
  };

  private static final Input BINS = usual("bins", InputType.WHOLE, "1 to 1,000", 15L);

  private static final Input[] CLASSES = {
    required("probabilities", InputType.TABLE, "of each row those of the classes, which sum to 1"),
    required("labels", InputType.CLASSES, "the right class of each row")
  };

  private CalibrationStatistics() {}

  static List<Statistic> all() {
    return List.of(
        equalWidth(),
        equalMass(),
        equalMassBounds(),
        largest(),
        reliability(),
        brier(),
        brierOfClasses(),
        logLoss(),
        temperature());
  }

  private static Statistic equalWidth() {
    return Statistic.named("calibration.error-equal-width")
        .defined(
            "Expected calibration error: mean of |share right − mean probability| over bins of"
                + " equal width, weighted by rows; a bin is more than its lower edge and at most"
                + " its upper (Guo et al., arXiv 1706.04599).")
        .takes(ANSWERS)
        .takes(BINS)
        .example("probabilities", SOME)
        .example("right", SOME_RIGHT)
        .example("bins", 10L)
        .computed(inputs ->
            Outcome.of(
                CalibrationError.equalWidth(
                    inputs.numbers("probabilities"), inputs.flags("right"), inputs.count("bins"))));
  }

  private static Statistic equalMass() {
    return Statistic.named("calibration.error-equal-mass")
        .defined(
            "Expected calibration error over bins of equal mass: rows sorted by probability, the"
                + " first bins longer by one if there is a remainder (Nixon et al. 2019).")
        .takes(ANSWERS)
        .takes(BINS)
        .example("probabilities", SOME)
        .example("right", SOME_RIGHT)
        .example("bins", 5L)
        .computed(inputs ->
            Outcome.of(
                CalibrationError.equalMass(
                    inputs.numbers("probabilities"), inputs.flags("right"), inputs.count("bins"))));
  }

  private static Statistic equalMassBounds() {
    return Statistic.named("calibration.error-equal-mass-bounds")
        .defined(
            "Expected calibration error over bins of equal mass (Nixon et al. 2019) with the bounds"
                + " of the basic bootstrap, 2e − q, cut to 0 and 1; draws as in"
                + " intervals.bootstrap-mean, of the rows sorted by probability.")
        .takes(ANSWERS)
        .takes(BINS)
        .takes(IntervalStatistics.BOOTSTRAP)
        .example("probabilities", SOME)
        .example("right", SOME_RIGHT)
        .example("bins", 5L)
        .computed(inputs -> {
          double[] probabilities = inputs.numbers("probabilities");
          Bootstrap bootstrap = IntervalStatistics.bootstrap(inputs);
          IntervalStatistics.limit(probabilities.length, bootstrap);
          return Outcome.of(
              CalibrationError.equalMass(
                  probabilities, inputs.flags("right"), inputs.count("bins"), bootstrap));
        });
  }

  private static Statistic largest() {
    return Statistic.named("calibration.largest-error")
        .defined(
            "The largest |share right − mean probability| of a bin of equal width that has rows"
                + " (Guo et al., arXiv 1706.04599).")
        .takes(ANSWERS)
        .takes(BINS)
        .example("probabilities", SOME)
        .example("right", SOME_RIGHT)
        .example("bins", 10L)
        .computed(inputs ->
            Outcome.of(
                CalibrationError.largest(
                    inputs.numbers("probabilities"), inputs.flags("right"), inputs.count("bins"))));
  }

  private static Statistic reliability() {
    return Statistic.named("calibration.reliability")
        .defined(
            "Of each bin of equal width its edges, rows, mean probability and share right; the two"
                + " last are undefined without rows.")
        .takes(ANSWERS)
        .takes(BINS)
        .example("probabilities", new double[] {0.4, 0.9, 0.8, 0.3})
        .example("right", new double[] {1, 1, 0, 0})
        .example("bins", 2L)
        .computed(inputs -> {
          List<Outcome> bins = new ArrayList<>();
          for (Reliability.Bin bin :
              Reliability.of(
                  inputs.numbers("probabilities"), inputs.flags("right"), inputs.count("bins"))) {
            boolean empty = bin.rows() == 0;
            Outcome nothing = Outcome.undefined("the bin has no rows");
            bins.add(
                Outcome.named("lower", Outcome.of(bin.lower()))
                    .and("upper", Outcome.of(bin.upper()))
                    .and("rows", new Outcome.Whole(bin.rows()))
                    .and("mean-probability", empty ? nothing : Outcome.of(bin.meanProbability()))
                    .and("share-right", empty ? nothing : Outcome.of(bin.shareRight())));
          }
          return new Outcome.Listed(bins);
        });
  }

  private static Statistic brier() {
    return Statistic.named("calibration.brier")
        .defined("Mean of (p − y)² of events, 0 to 1 (Brier 1950, halved).")
        .takes(
            required("probabilities", InputType.NUMBERS, "of each event, 0 to 1"),
            required("happened", InputType.FLAGS, "whether it did"))
        .example("probabilities", new double[] {0.9, 0.2, 0.6, 0.7})
        .example("happened", new double[] {1, 0, 1, 0})
        .computed(inputs ->
            Outcome.of(Scores.brier(inputs.numbers("probabilities"), inputs.flags("happened"))));
  }

  private static final List<double[]> THREE_ROWS =
      List.of(
          new double[] {0.7, 0.2, 0.1},
          new double[] {0.1, 0.3, 0.6},
          new double[] {0.25, 0.5, 0.25});

  private static final double[] THREE_LABELS = {0, 2, 1};

  private static Statistic brierOfClasses() {
    return Statistic.named("calibration.brier-of-classes")
        .defined("Mean of Σ (p of a class − 1 for the right one)², 0 to 2 (Brier 1950).")
        .takes(CLASSES)
        .example("probabilities", THREE_ROWS)
        .example("labels", THREE_LABELS)
        .computed(inputs ->
            Outcome.of(Scores.brier(inputs.flatTable("probabilities"), inputs.classes("labels"))));
  }

  private static Statistic logLoss() {
    return Statistic.named("calibration.log-loss")
        .defined("Mean of −ln of the probability of the right class.")
        .takes(CLASSES)
        .example("probabilities", THREE_ROWS)
        .example("labels", THREE_LABELS)
        .computed(inputs ->
            Outcome.of(
                Scores.logLoss(inputs.flatTable("probabilities"), inputs.classes("labels"))));
  }

  private static Statistic temperature() {
    return Statistic.named("calibration.temperature")
        .defined(
            "T with the least mean −ln softmax(logits / T) of the right class, between e⁻⁴ and e⁴"
                + " by golden section (Guo et al., arXiv 1706.04599, section 4.2); with the loss"
                + " before (T = 1) and after.")
        .takes(
            required("logits", InputType.TABLE, "of each row those of the classes"),
            required("labels", InputType.CLASSES, "the right class of each row"))
        .example(
            "logits",
            List.of(
                new double[] {3, 0},
                new double[] {2, 0},
                new double[] {0, 4},
                new double[] {1, 0},
                new double[] {3, 0}))
        .example("labels", new double[] {0, 0, 1, 1, 0})
        .computed(inputs -> {
          double[] logits = inputs.flatTable("logits");
          int[] labels = inputs.classes("labels");
          double temperature = Temperature.of(logits, labels);
          return Outcome.named("temperature", Outcome.of(temperature))
              .and("loss-before", Outcome.of(Temperature.loss(logits, labels, 1)))
              .and("loss-after", Outcome.of(Temperature.loss(logits, labels, temperature)));
        });
  }
}
