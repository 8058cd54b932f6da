package dev.candor.governance.fairness;

import static dev.candor.governance.TestHome.ANNA;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.TestHome;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.provenance.attestations.Envelope;
import dev.candor.governance.provenance.attestations.SigningKey;
import dev.candor.governance.provenance.attestations.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BiasActsTest {

  private static final String PLAN =
      """
      version: 1
      name: small
      seed: 3
      resamples: 200
      tests:
        - id: rows
          kind: parity
          set: rows.jsonl
          labels: [granted, refused]
          favourable: [granted]
          groups: {g: [a, b]}
          minimum: 2
      """;

  private @TempDir Path folder;
  private TestHome home;
  private Governance governance;
  private BiasActs acts;

  @BeforeEach
  void open() throws IOException {
    home = new TestHome(folder);
    governance = home.open();
    acts = new BiasActs(governance);
    rows("<b>&");
  }

  @AfterEach
  void close() {
    governance.close();
  }

  private void rows(String text) throws IOException {
    Files.writeString(
        folder.resolve("rows.jsonl"),
        "{\"id\":1,\"text\":\"%1$s\",\"groups\":{\"g\":\"a\"}}\n".formatted(text)
            + "{\"id\":2,\"text\":\"%1$s\",\"groups\":{\"g\":\"b\"}}\n".formatted(text));
  }

  private static DigestTuple tuple(String model, String template) {
    return new DigestTuple(
        model.repeat(64),
        "Q8_0",
        "b".repeat(64),
        template.repeat(64),
        "d".repeat(64),
        "i8-blocks32");
  }

  private static BiasPlan plan(String yaml) {
    return BiasPlan.parse(yaml.getBytes(UTF_8));
  }

  private BiasSets sets() {
    return BiasSets.of(plan(PLAN), folder);
  }

  private Commitment commitment(String yaml, DigestTuple tuple) {
    return acts.requireCommitment(plan(yaml), BiasSets.of(plan(yaml), folder), tuple);
  }

  private BiasRun.Result run(String yaml) {
    BiasPlan plan = plan(yaml);
    return new BiasRun(plan, BiasSets.of(plan, folder))
        .run(Scorers.each((_, _) -> new double[] {0.9, 0.1}), (_, _) -> {}, () -> false)
        .orElseThrow();
  }

  private void assertRefused(String reason, String words, String yaml, DigestTuple tuple) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> commitment(yaml, tuple))
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance." + reason))
        .withMessageContaining(words);
  }

  /** What was set after the run, or for something else, was not set before it. */
  @Test
  void aRunNeedsACommitmentToJustThis() throws IOException {
    DigestTuple tuple = tuple("a", "c");
    assertRefused("bias-not-committed", "'small'", PLAN, tuple);
    long entry = acts.commit(ANNA, PLAN.getBytes(UTF_8), sets(), tuple);
    assertThat(commitment(PLAN, tuple).entry()).isEqualTo(entry);
    assertThat(commitment(PLAN, tuple).by()).isEqualTo("anna");
    // One byte of the template is another tuple, and one of a comment another plan.
    assertRefused("bias-model-changed", "differs in template", PLAN, tuple("a", "e"));
    assertRefused("bias-model-changed", "differs in model", PLAN, tuple("f", "c"));
    assertRefused("bias-plan-changed", "entry 0", PLAN + "# looser\n", tuple);
    assertRefused(
        "bias-not-committed", "'other'", PLAN.replace("name: small", "name: other"), tuple);
    rows("another text");
    assertRefused("bias-sets-changed", "entry 0", PLAN, tuple);
    // Another process sees what this one has committed to.
    rows("<b>&");
    try (Governance other = home.open()) {
      assertThat(new BiasActs(other).requireCommitment(plan(PLAN), sets(), tuple).entry())
          .isEqualTo(entry);
    }
  }

  @Test
  void aResultIsEvidenceForTheTupleWithItsPlan() {
    DigestTuple tuple = tuple("a", "c");
    long committed = acts.commit(ANNA, PLAN.getBytes(UTF_8), sets(), tuple);
    Commitment commitment = commitment(PLAN, tuple);
    assertThat(acts.runs(tuple)).isZero();
    SigningKey key = SigningKey.generate();
    BiasActs.Recorded recorded =
        acts.record(ANNA, commitment, run(PLAN), "mini", Optional.of(key), Optional.empty());
    EvidenceRecorded evidence = EvidenceRecorded.of(governance.ledger().entry(recorded.entry()));
    assertThat(evidence)
        .isEqualTo(
            new EvidenceRecorded(
                tuple.digest(),
                tuple.model(),
                EvidenceKind.BIAS,
                Verdict.INSUFFICIENT_DATA,
                recorded.digest(),
                Optional.empty(),
                OptionalLong.of(committed),
                "anna"));
    assertThat(acts.runs(tuple)).isEqualTo(1);
    Statement statement =
        Envelope.parse(governance.evidence().require(recorded.digest())).statement(key.publicKey());
    assertThat(statement.predicateType()).isEqualTo(BiasDocument.PREDICATE);
    assertThat(statement.subjects().getFirst().digests()).containsEntry("sha256", tuple.model());
    assertThat(statement.predicate()).containsEntry("verdict", "insufficient-data");
    // Plan and answers can be had again by what the document says.
    assertThat(governance.evidence().require(plan(PLAN).digest())).isEqualTo(PLAN.getBytes(UTF_8));
    String answers = String.valueOf(statement.predicate().get("answers"));
    assertThat(new String(governance.evidence().require(answers), UTF_8))
        .startsWith(
            "{\"test\":\"rows\",\"id\":\"1\",\"variant\":\"plain\",\"groups\":{\"g\":\"a\"},"
                + "\"answer\":\"granted\",\"probabilities\":{\"granted\":0.9,\"refused\":0.1}}\n")
        .doesNotContain("<b>");
  }

  @Test
  void aResultOfAnotherPlanIsNotRecorded() {
    DigestTuple tuple = tuple("a", "c");
    acts.commit(ANNA, PLAN.getBytes(UTF_8), sets(), tuple);
    Commitment commitment = commitment(PLAN, tuple);
    BiasRun.Result other = run(PLAN.replace("seed: 3", "seed: 4"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> acts.record(ANNA, commitment, other, "mini", Optional.empty(), Optional.empty()));
    assertThat(home.kinds()).containsExactly(ThresholdsCommitted.KIND);
  }

  @Test
  void whoMayNotDoesNot() {
    Principal reader = Principal.of("ute", List.of(Role.INVOKE, Role.AUDIT));
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> acts.commit(reader, PLAN.getBytes(UTF_8), sets(), tuple("a", "c")))
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance.not-permitted"));
    assertThat(governance.ledger().size()).isZero();
  }

  /** What others have written is shown, and nothing of it is a tag or a cell. */
  @Test
  void theReportIsFitForABrowser() {
    String yaml = PLAN.replace("name: small", "name: '<script>alert(1)</script> | x'");
    DigestTuple tuple = tuple("a", "c");
    acts.commit(ANNA, yaml.getBytes(UTF_8), sets(), tuple);
    BiasReport report = new BiasReport(commitment(yaml, tuple), run(yaml), "\"><img src=x>");
    String html = new BiasPage(report).html();
    assertThat(html)
        .doesNotContain("<script", "<img")
        .contains("&lt;script&gt;", "&quot;&gt;&lt;img src=x&gt;", "INSUFFICIENT_DATA", "<svg");
    assertThat(html).doesNotContain("http://", "https://");
    assertThat(report.markdown()).contains("</script> \\| x", "| rows |");
  }
}
