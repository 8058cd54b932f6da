package dev.candor.governance.provenance.materials;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.candor.governance.provenance.documents.Answer;
import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.documents.DocumentTemplate;
import dev.candor.governance.provenance.documents.Energy;
import dev.candor.governance.provenance.documents.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema of CycloneDX 1.7 is the judge. */
class ModelBomTest {

  private static final Path SCHEMAS = Path.of("src/test/resources/cyclonedx");
  private static final Instant AT = Instant.parse("2026-11-30T12:34:56.789Z");
  private static final String DIGEST = "ab".repeat(32);
  private static final Schema SCHEMA = schema();

  private static Schema schema() {
    Map<String, String> schemas = new HashMap<>();
    for (String name : List.of("bom-1.7", "spdx", "jsf-0.82", "cryptography-defs")) {
      schemas.put(
          "http://cyclonedx.org/schema/" + name + ".schema.json", text(name + ".schema.json"));
    }
    return SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_7, builder -> builder.schemas(schemas))
        .getSchema(SchemaLocation.of("http://cyclonedx.org/schema/bom-1.7.schema.json"));
  }

  private static String text(String name) {
    try {
      return Files.readString(SCHEMAS.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Error> errors(String json) {
    return SCHEMA.validate(json, InputFormat.JSON);
  }

  private static ModelMaterials materials(Document card, int sets) {
    ModelMaterials.DataSetMaterial set =
        new ModelMaterials.DataSetMaterial(
            "tickets",
            "2026-11",
            "cd".repeat(32),
            "ef".repeat(32),
            12_000,
            "our help desk",
            "A. Miller",
            "internal",
            List.of("model-training"),
            true);
    return new ModelMaterials(
        "mini",
        DIGEST,
        List.of(new ModelMaterials.MaterialFile("mini.gguf", DIGEST, 3_560_000)),
        "phi4flash",
        "hybrid",
        "text-generation",
        3_200_000,
        new TreeMap<>(Map.of("Q8_0", 3_000_000L, "F32", 100L)),
        OptionalLong.of(2048),
        Optional.of("mini.gguf"),
        sets == 0 ? List.of() : List.of(set),
        new ModelMaterials.Runtime(
            "0.1",
            "25.0.1",
            List.of(
                new ModelMaterials.Library(
                    Optional.of("info.picocli"),
                    "picocli",
                    Optional.of("4.7.7"),
                    Optional.of(DIGEST)),
                new ModelMaterials.Library(
                    Optional.empty(), "odd", Optional.empty(), Optional.empty()))),
        card);
  }

  private static Document unknown() {
    return Document.of(
        DocumentTemplate.MODEL_CARD, new Document.Subject("mini", Optional.of(DIGEST)), Map.of());
  }

  private static Document known() {
    Map<String, Answer> answers = new HashMap<>();
    DocumentTemplate.MODEL_CARD
        .questions()
        .forEach(question ->
            answers.put(
                question,
                new Answer(List.of("about " + question, "and \"more\""), Answer.Source.AUTHOR)));
    answers.put("licence", Answer.of("apache-2.0", Answer.Source.MODEL));
    return new Document(
        DocumentTemplate.MODEL_CARD,
        new Document.Subject("mini", Optional.of(DIGEST)),
        new TreeMap<>(),
        answers,
        List.of(
            new Metric(
                "accuracy",
                "0.81",
                Optional.of("triage"),
                Optional.of("0.762"),
                Optional.of("0.85")),
            new Metric("accuracy", "0.7", Optional.empty(), Optional.empty(), Optional.empty())),
        List.of(
            new Energy(
                "training",
                OptionalDouble.of(0.12),
                "MODEL",
                OptionalDouble.of(0.00004),
                Optional.of("two cores")),
            new Energy(
                "inference",
                OptionalDouble.empty(),
                "UNKNOWN",
                OptionalDouble.empty(),
                Optional.empty())),
        List.of("candor train pretrain --recipe recipe.yaml --out DIR"));
  }

  @Test
  void theJudgeKnowsItsOwnExamples() {
    assertThat(errors(text("valid-machine-learning-1.7.json"))).isEmpty();
    assertThat(errors(text("valid-machine-learning-considerations-env-1.7.json"))).isEmpty();
    assertThat(errors(text("invalid-hash-sha256-1.7.json"))).isNotEmpty();
  }

  @Test
  void everyBillHasTheFormOfTheSchema() {
    for (Document card : List.of(unknown(), known())) {
      for (int sets = 0; sets < 2; sets++) {
        String json = new String(ModelBom.json(materials(card, sets), AT), StandardCharsets.UTF_8);
        assertThat(errors(json)).as(json).isEmpty();
        assertThat(json)
            .isEqualTo(
                new String(ModelBom.json(materials(card, sets), AT), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void whatIsKnownIsThere() {
    JsonNode bom = JsonMapper.shared().readTree(ModelBom.json(materials(known(), 1), AT));
    assertThat(bom.at("/metadata/timestamp").asString()).isEqualTo("2026-11-30T12:34:56Z");
    JsonNode model = bom.at("/components/0");
    assertThat(model.at("/type").asString()).isEqualTo("machine-learning-model");
    assertThat(model.at("/hashes/0/content").asString()).isEqualTo(DIGEST);
    assertThat(model.at("/licenses/0/license/id").asString()).isEqualTo("Apache-2.0");
    assertThat(model.at("/modelCard/modelParameters/datasets/0/ref").asString())
        .isEqualTo(bom.at("/components/1/bom-ref").asString())
        .startsWith("data:");
    assertThat(
            model
                .at(
                    "/modelCard/quantitativeAnalysis/performanceMetrics/0/confidenceInterval/lowerBound")
                .asString())
        .isEqualTo("0.762");
    assertThat(
            model
                .at(
                    "/modelCard/considerations/environmentalConsiderations/energyConsumptions/0/properties/0/value")
                .asString())
        .isEqualTo("MODEL");
    assertThat(model.at("/modelCard/considerations/fairnessAssessments").size()).isEqualTo(2);
    assertThat(bom.at("/formulation/0/workflows/0/steps/0/commands/0/executed").asString())
        .startsWith("candor train");
    assertThat(bom.toString()).contains("pkg:maven/info.picocli/picocli@4.7.7");
    // What citations point to is there.
    bom.at("/citations/0/pointers")
        .forEach(pointer -> assertThat(bom.at(pointer.asString()).isMissingNode()).isFalse());
  }

  /** Every question that goes into a bill is answered UNKNOWN in it, not left out. */
  @Test
  void whatIsUnknownIsSaid() {
    JsonNode bom = JsonMapper.shared().readTree(ModelBom.json(materials(unknown(), 0), AT));
    JsonNode model = bom.at("/components/0");
    String card = model.at("/modelCard").toString();
    for (String place :
        List.of("users", "useCases", "technicalLimitations", "performanceTradeoffs")) {
      assertThat(model.at("/modelCard/considerations/" + place + "/0").asString())
          .isEqualTo("UNKNOWN");
    }
    assertThat(model.at("/modelCard/considerations/fairnessAssessments/0/groupAtRisk").asString())
        .isEqualTo("UNKNOWN");
    assertThat(model.at("/modelCard/modelParameters/datasets/0/name").asString())
        .isEqualTo("UNKNOWN");
    for (String name :
        List.of("candor:trainingMethod", "candor:performanceMetrics", "candor:energy")) {
      assertThat(card).contains("{\"name\":\"" + name + "\",\"value\":\"UNKNOWN\"}");
    }
    for (String name : List.of("candor:supplier", "candor:licence", "candor:version")) {
      assertThat(model.at("/properties").toString())
          .contains("{\"name\":\"" + name + "\",\"value\":\"UNKNOWN\"}");
    }
  }
}
