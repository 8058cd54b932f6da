package dev.candor.governance.fairness;

import dev.candor.governance.provenance.attestations.Envelope;
import dev.candor.governance.provenance.attestations.SigningKey;
import dev.candor.governance.provenance.attestations.Statement;
import dev.candor.statistics.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a run came to, as an in-toto statement about the model: every count, so that an auditor
 * computes every figure again. docs/reference/bias-tests.md describes the members.
 */
public final class BiasDocument {

  /** What the predicate of the statement means. */
  public static final String PREDICATE = "https://candor.invalid/predicates/bias-test/v1";

  private final Commitment commitment;
  private final BiasRun.Result result;
  private final String modelName;
  private final String runtime;
  private final String answers;

  /**
   * @param modelName as the user calls the model
   * @param runtime version of the program
   * @param answers SHA-256 of the answers
   */
  BiasDocument(
      Commitment commitment,
      BiasRun.Result result,
      String modelName,
      String runtime,
      String answers) {
    this.commitment = commitment;
    this.result = result;
    this.modelName = modelName;
    this.runtime = runtime;
    this.answers = answers;
  }

  /** A DSSE envelope if there is a key to sign with, otherwise the statement itself. */
  byte[] bytes(Optional<SigningKey> key) {
    // Of an adapter or a head beside it the tuple tells.
    String model = commitment.tuple().model().substring(0, 64);
    Statement statement =
        new Statement(List.of(Statement.Subject.sha256(modelName, model)), PREDICATE, predicate());
    return key.map(signer -> Envelope.sign(statement, signer).json()).orElseGet(statement::json);
  }

  /** What is said of the model. */
  Map<String, Object> predicate() {
    BiasPlan plan = commitment.plan();
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("format", 1);
    predicate.put("verdict", result.verdict().key());
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("name", plan.name());
    about.put("digest", plan.digest());
    about.put("basis", plan.basis());
    about.put("seed", plan.seed());
    about.put("confidence", plan.confidence());
    about.put("power", plan.power());
    about.put("resamples", plan.resamples());
    about.put("committedEntry", commitment.entry());
    about.put("committedAt", commitment.at());
    about.put("committedBy", commitment.by());
    predicate.put("plan", about);
    List<Object> sets = new ArrayList<>();
    commitment
        .sets()
        .all()
        .forEach((name, set) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("name", name);
          one.put("form", set.form());
          one.put("rows", set.size());
          one.put("digest", set.digest());
          sets.add(one);
        });
    predicate.put("sets", sets);
    Map<String, Object> tuple = new LinkedHashMap<>(commitment.tuple().parts());
    tuple.put("digest", commitment.tuple().digest());
    predicate.put("tuple", tuple);
    predicate.put("runtime", runtime);
    predicate.put("answers", answers);
    predicate.put("tests", tests(result));
    return predicate;
  }

  /** Tests as members of a JSON document. */
  public static List<Map<String, Object>> tests(BiasRun.Result result) {
    return result.tests().stream().map(BiasDocument::members).toList();
  }

  private static Map<String, Object> members(TestOutcome outcome) {
    BiasTest test = outcome.test();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", test.id());
    members.put("kind", test.kind().key());
    members.put("verdict", outcome.verdict().key());
    members.put("set", test.set());
    test.names().ifPresent(names -> members.put("names", names));
    test.instruction().ifPresent(words -> members.put("instruction", words));
    members.put("labels", test.labels());
    members.put("favourable", test.favourable());
    if (!test.reference().isEmpty()) {
      members.put("reference", test.reference());
    }
    members.put("minimum", test.minimum());
    members.put("questions", outcome.asked());
    members.put("leftOut", outcome.leftOut());
    members.put("groups", outcome.groups().stream().map(BiasDocument::members).toList());
    members.put("findings", outcome.findings().stream().map(BiasDocument::members).toList());
    return members;
  }

  private static Map<String, Object> members(GroupMeasurement group) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("view", group.view());
    members.put("group", group.group());
    members.put("rows", group.rows());
    members.put("counts", group.counts());
    members.put("measure", group.measure());
    members.put("share", group.share().estimate());
    members.put("lower", group.share().lower());
    members.put("upper", group.share().upper());
    group.numbers().forEach(members::put);
    p(members, group.p());
    return members;
  }

  private static Map<String, Object> members(Finding finding) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("view", finding.view());
    members.put("metric", finding.metric().key());
    members.put("between", finding.between());
    quantity(members, "estimate", finding.estimate());
    quantity(members, "lower", finding.lower());
    quantity(members, "upper", finding.upper());
    members.put("fewestRows", finding.rows());
    p(members, finding.p());
    List<Object> judgements = new ArrayList<>();
    for (Finding.Judgement judgement : finding.judgements()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("limit", judgement.limit().key());
      one.put("value", judgement.limit().value());
      one.put("requiredRows", judgement.required());
      one.put("verdict", judgement.verdict().key());
      one.put("reason", judgement.reason());
      judgements.add(one);
    }
    members.put("judgements", judgements);
    return members;
  }

  /** A number, or a text that begins with {@code UNDEFINED} and says why there is none. */
  private static void quantity(Map<String, Object> members, String name, Quantity quantity) {
    switch (quantity) {
      case Quantity.Defined(double value) -> members.put(name, value);
      case Quantity.Undefined(String reason) -> members.put(name, "UNDEFINED: " + reason);
    }
  }

  private static void p(Map<String, Object> members, OptionalDouble p) {
    p.ifPresent(value -> members.put("holmP", value));
  }
}
