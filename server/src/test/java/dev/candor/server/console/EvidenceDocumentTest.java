package dev.candor.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceDocumentTest {

  private static final String RELIABILITY =
      """
      {"results": [{"name": "labels", "statistic": "calibration.reliability", "values": [
        {"lower": 0, "upper": 0.5, "rows": 10, "mean-probability": 0.3, "share-right": 0.5},
        {"lower": 0.5, "upper": 1, "rows": 30, "mean-probability": 0.8, "share-right": 0.7},
        {"lower": 0.5, "upper": 1, "rows": 0, "mean-probability": {"undefined": "none"},
         "share-right": {"undefined": "none"}}]}]}
      """;

  private static List<ReliabilityDiagram> diagrams(String json) {
    return EvidenceDocument.read(json).orElseThrow().diagrams();
  }

  @Test
  void aDiagramIsFoundWhereverItIs() {
    ReliabilityDiagram diagram = diagrams(RELIABILITY).getFirst();
    assertThat(diagram.title()).isEqualTo("labels");
    assertThat(diagram.bins()).hasSize(2);
    // (10 · 0.2 + 30 · 0.1) / 40
    assertThat(diagram.error()).isCloseTo(0.125, within(1e-12));
    assertThat(diagram.words()).contains("said 30.0 %, right 50.0 %");
  }

  @Test
  void aCalibrationHasItsFigures() {
    String json =
        """
        {"document": "candor calibration", "labels": ["a", "b"], "texts": 90, "checked": 30,
         "accuracy": 0.9, "temperature": 1.5, "before": {"equalWidth": 0.2},
         "after": {"equalWidth": 0.05}, "alpha": 0.1, "coverage": 0.93, "referred": 0.2}
        """;
    assertThat(EvidenceDocument.read(json).orElseThrow().figures())
        .containsEntry("Right", "90.0 %")
        .containsEntry("Calibration error, equal width", "0.200 before, 0.050 after")
        .containsEntry("Sets of labels", "hold the right one in 93.0 %, asked for 90.0 %");
    assertThat(EvidenceDocument.read(RELIABILITY).orElseThrow().figures()).isEmpty();
  }

  @Test
  void anEnvelopeIsOpened() {
    String payload =
        Base64.getEncoder().encodeToString(RELIABILITY.getBytes(StandardCharsets.UTF_8));
    String envelope =
        "{\"payloadType\": \"application/vnd.in-toto+json\", \"payload\": \""
            + payload
            + "\", \"signatures\": []}";
    assertThat(diagrams(envelope)).hasSize(1);
  }

  @Test
  void whatIsNoReportHasNothingToShow() {
    assertThat(EvidenceDocument.read("# a card")).isEmpty();
    assertThat(EvidenceDocument.read("{\"payload\": \"%\", \"payloadType\": \"x\"}")).isEmpty();
    EvidenceDocument other = EvidenceDocument.read("[1, {\"tests\": 3}]").orElseThrow();
    assertThat(other.tests()).isEmpty();
    assertThat(other.diagrams()).isEmpty();
  }

  @Test
  void sharesBeyondTheirRangeAreCut() {
    String json =
        """
        {"predicate": {"tests": [{"id": "a", "groups": [
          {"view": "v", "group": "g", "rows": "many", "measure": "m", "share": 7, "lower": -1,
           "upper": "x"}]}]}}
        """;
    BiasTestView.GroupsView view =
        EvidenceDocument.read(json).orElseThrow().tests().getFirst().views().getFirst();
    assertThat(view.groups()).containsExactly(new BiasTestView.GroupRow("g", 0, 1, 0, 0));
    assertThat(view.x(1)).isEqualTo("750.0");
  }
}
