package dev.candor.training.gates;

import dev.candor.training.TrainingException;
import dev.candor.training.data.DataProgress;
import dev.candor.training.data.DataRow;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSplit;
import dev.candor.training.data.Leak;
import dev.candor.training.data.OverlapSettings;
import dev.candor.training.data.RowComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds predictions against a gate file. What comes out depends on the gate file, the sets that it
 * names and the predictions alone: whoever has them gets the same evidence.
 */
public final class GateRun {

  private final GateFile file;
  private final DataProgress progress;
  private final SealedSet sealed;

  /**
   * Opens the sealed set.
   *
   * @throws TrainingException {@code training.wrong-digest} if it is not the one that the gate file
   *     names; others see {@link DataSet#open}
   */
  public GateRun(GateFile file, DataProgress progress) {
    this.file = file;
    this.progress = progress;
    DataSet set = DataSet.open(file.sealed().folder(), DataSet.MODEL_EVALUATION);
    requireDigest(set, file.sealed());
    this.sealed = new SealedSet(set, file.sealed().split());
  }

  /** The rows that candidates are measured on. */
  public List<DataRow> sealedRows() {
    return sealed.rows();
  }

  /** The set that they belong to. */
  public DataSet sealedSet() {
    return sealed.set();
  }

  /**
   * Measures a candidate.
   *
   * @throws TrainingException {@code training.wrong-set} or {@code training.predictions-unfit} if
   *     predictions are not for the sealed rows; {@code training.wrong-incumbent} if they are of
   *     another model than the pinned one
   */
  public Evidence run(Predictions candidate, Optional<Predictions> incumbent) {
    List<Prediction> answers = candidate.requireFor(sealed, "candidate");
    Optional<List<Prediction>> before =
        incumbent.map(predictions -> predictions.requireFor(sealed, "incumbent"));
    file.incumbent().ifPresent(pinned -> requireIncumbent(pinned, incumbent));
    List<Evidence.SetUsed> training = new ArrayList<>();
    List<Leak> leaks = new ArrayList<>();
    for (GateFile.Source source : file.training().orElse(List.of())) {
      DataSet set = DataSet.inspect(source.folder());
      requireDigest(set, source);
      List<DataRow> rows = DataSplit.of(source.split()).map(set::rows).orElseGet(set::rows);
      leaks.addAll(RowComparison.leaks(rows, sealed.rows(), OverlapSettings.USUAL, progress));
      training.add(used(set, source.split(), rows.size()));
    }
    List<GateResult> results = new ArrayList<>();
    file.training().ifPresent(known -> results.add(leakage(leaks)));
    for (Gate gate : file.gates()) {
      progress.update("measuring", results.size(), file.gates().size() + 1L);
      results.add(gate.measure(answers, before, file.confidence()));
    }
    return new Evidence(
        Verdict.of(results.stream().map(GateResult::verdict).toList()),
        model(candidate),
        incumbent.map(GateRun::model),
        file.digest(),
        used(sealed.set(), sealed.split(), sealed.rows().size()),
        file.training().map(known -> List.copyOf(training)),
        file.confidence(),
        results);
  }

  /** A sealed row that was trained on proves nothing. */
  private GateResult leakage(List<Leak> leaks) {
    int held = (int) leaks.stream().map(Leak::otherRow).distinct().count();
    return new GateResult(
        "leakage",
        "leakage",
        held == 0 ? Verdict.PASS : Verdict.FAIL,
        sealed.rows().size(),
        Optional.empty(),
        0,
        held == 0
            ? "no sealed row is in the training sets"
            : held
                + " sealed rows are in the training sets, such as row "
                + leaks.getFirst().otherRow()
                + ", which is row "
                + leaks.getFirst().row()
                + " there ("
                + leaks.getFirst().kind()
                + ")");
  }

  private static Evidence.ModelUsed model(Predictions predictions) {
    return new Evidence.ModelUsed(
        predictions.header().model(),
        predictions.header().modelDigest(),
        predictions.digest(),
        predictions.header().settings());
  }

  private static Evidence.SetUsed used(DataSet set, String split, int rows) {
    return new Evidence.SetUsed(
        set.manifest().name(), set.manifest().version(), set.digest(), split, rows);
  }

  private static void requireDigest(DataSet set, GateFile.Source source) {
    if (!set.digest().equals(source.digest())) {
      throw new TrainingException(
          "wrong-digest",
          "the data set in "
              + source.folder()
              + " has the digest "
              + set.digest()
              + ", the gate file names "
              + source.digest(),
          "Get the set that the gate file names; whoever answers for the gates may name another.");
    }
  }

  private static void requireIncumbent(String pinned, Optional<Predictions> incumbent) {
    String actual = incumbent.map(predictions -> predictions.header().modelDigest()).orElse("");
    if (!actual.equals(pinned)) {
      throw new TrainingException(
          "wrong-incumbent",
          "the gate file compares with the model "
              + pinned
              + (actual.isEmpty()
                  ? ", there are no predictions of it"
                  : ", these are of " + actual),
          "Evaluate that model on the sealed set and give its predictions (--incumbent).");
    }
  }
}
