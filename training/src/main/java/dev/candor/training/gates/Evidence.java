package dev.candor.training.gates;

import dev.candor.training.ContentDigest;
import dev.candor.training.TrainingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run of gates proves, and of what; the file {@code evidence.json}.
 *
 * @param verdict of all gates together
 * @param candidate the model that was measured
 * @param incumbent the model that it was compared with
 * @param gateFile SHA-256 of the gate file
 * @param sealed what it was measured on
 * @param training what it was made from; absent if that is unknown
 * @param confidence of all intervals
 * @param gates what each of them found
 */
public record Evidence(
    Verdict verdict,
    ModelUsed candidate,
    Optional<ModelUsed> incumbent,
    String gateFile,
    SetUsed sealed,
    Optional<List<SetUsed>> training,
    double confidence,
    List<GateResult> gates) {

  /** The name of the file. */
  public static final String FILE = "evidence.json";

  private static final int FORMAT = 1;

  /**
   * A model.
   *
   * @param name as its user calls it
   * @param digest what its records call it
   * @param predictions SHA-256 of the file with its predictions
   * @param settings how it was asked
   */
  public record ModelUsed(
      String name, String digest, String predictions, Map<String, Object> settings) {

    Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("name", name);
      members.put("digest", digest);
      members.put("predictions", predictions);
      members.put("settings", settings);
      return members;
    }
  }

  /**
   * A data set.
   *
   * @param name of the set
   * @param version of the set
   * @param digest of the set
   * @param split of it
   * @param rows how many
   */
  public record SetUsed(String name, String version, String digest, String split, int rows) {

    Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("name", name);
      members.put("version", version);
      members.put("digest", digest);
      members.put("split", split);
      members.put("rows", rows);
      return members;
    }
  }

  public Evidence {
    gates = List.copyOf(gates);
  }

  /** As the members of a JSON object. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("format", FORMAT);
    members.put("verdict", verdict.name());
    members.put("candidate", candidate.members());
    incumbent.ifPresent(model -> members.put("incumbent", model.members()));
    members.put("gateFile", gateFile);
    members.put("sealed", sealed.members());
    members.put(
        "training",
        training
            .<Object>map(sets -> sets.stream().map(SetUsed::members).toList())
            .orElse(GateFile.UNKNOWN));
    members.put("confidence", confidence);
    members.put("gates", gates.stream().map(GateResult::members).toList());
    return members;
  }

  /** The document, as it is written. */
  public byte[] document() {
    return (JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(members())
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Lets a model pass, or says why not. This evidence must have been computed anew from the
   * predictions and the gate file.
   *
   * @param modelDigest of the model that is to be promoted
   * @param given the evidence that came with it
   * @throws TrainingException {@code training.wrong-model} if it is about another model; {@code
   *     training.evidence-differs} if what came is not what the gates say; {@code
   *     training.not-passed} if they do not say PASS
   */
  public void requirePromotes(String modelDigest, byte[] given) {
    if (!candidate.digest().equals(modelDigest)) {
      throw new TrainingException(
          "wrong-model",
          "the evidence is about the model "
              + candidate.digest()
              + ", this one has the digest "
              + modelDigest,
          "Evaluate this model, and give the evidence about it.");
    }
    // Values and not bytes: whoever prints it otherwise has not changed it.
    if (!sameValues(given)) {
      throw new TrainingException(
          "evidence-differs",
          "the evidence that came with the model (sha256:"
              + ContentDigest.of(given)
              + ") is not what the gates say of its predictions",
          "Run 'candor train gates' again with these predictions and this gate file.");
    }
    if (verdict != Verdict.PASS) {
      GateResult first =
          gates.stream()
              .filter(gate -> gate.verdict() == verdict)
              .findFirst()
              .orElse(gates.getFirst());
      throw new TrainingException(
          "not-passed",
          "the verdict is " + verdict + ": gate " + first.name() + ": " + first.reason(),
          verdict == Verdict.FAIL
              ? "Train another candidate; this one stays out."
              : "Measure on more rows, or train a candidate that is better beyond doubt.");
    }
  }

  private boolean sameValues(byte[] given) {
    try {
      JsonMapper mapper = JsonMapper.shared();
      return mapper.readTree(given).equals(mapper.readTree(document()));
    } catch (JacksonException e) {
      return false;
    }
  }
}
