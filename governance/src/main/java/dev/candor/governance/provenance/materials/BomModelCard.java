package dev.candor.governance.provenance.materials;

import dev.candor.governance.provenance.documents.Answer;
import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.documents.Energy;
import dev.candor.governance.provenance.documents.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The member {@code modelCard} of CycloneDX. Where the schema has a text, what nobody knows is
 * {@code UNKNOWN} there; where it has a number or a word of its own, in a property.
 */
final class BomModelCard {

  /** The schema has no unit but kWh, and wants a provider of energy for each use of it. */
  private static final String KWH = "kWh";

  private final ModelMaterials materials;
  private final Document card;

  BomModelCard(ModelMaterials materials) {
    this.materials = materials;
    this.card = materials.card();
  }

  Map<String, Object> members() {
    List<Object> properties = new ArrayList<>();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("modelParameters", parameters(properties));
    if (card.metrics().isEmpty()) {
      properties.add(ModelBom.property("performanceMetrics", Answer.UNKNOWN));
    } else {
      members.put(
          "quantitativeAnalysis",
          Map.of("performanceMetrics", card.metrics().stream().map(BomModelCard::metric).toList()));
    }
    members.put("considerations", considerations());
    members.put("properties", properties);
    return members;
  }

  private Map<String, Object> parameters(List<Object> properties) {
    properties.add(ModelBom.property("trainingMethod", String.join(" ", texts("training-method"))));
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("task", materials.task());
    parameters.put("architectureFamily", materials.family());
    parameters.put("modelArchitecture", materials.architecture());
    List<Object> dataSets = new ArrayList<>();
    materials.dataSets().forEach(set -> dataSets.add(Map.of("ref", ModelBom.reference(set))));
    // A set that has a manifest is there as a component; of the others the card has the names.
    texts("training-datasets")
        .forEach(name -> {
          Map<String, Object> data = new LinkedHashMap<>();
          data.put("type", "dataset");
          data.put("name", name);
          dataSets.add(data);
        });
    parameters.put("datasets", dataSets);
    parameters.put("inputs", List.of(Map.of("format", "text")));
    parameters.put("outputs", List.of(Map.of("format", "text")));
    return parameters;
  }

  private static Map<String, Object> metric(Metric metric) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", metric.type());
    members.put("value", metric.value());
    metric.slice().ifPresent(slice -> members.put("slice", slice));
    Map<String, Object> interval = new LinkedHashMap<>();
    interval.put("lowerBound", metric.lower().orElse(Answer.UNKNOWN));
    interval.put("upperBound", metric.upper().orElse(Answer.UNKNOWN));
    members.put("confidenceInterval", interval);
    return members;
  }

  private Map<String, Object> considerations() {
    Map<String, Object> considerations = new LinkedHashMap<>();
    considerations.put("users", texts("primary-users"));
    considerations.put("useCases", texts("primary-uses"));
    considerations.put("technicalLimitations", texts("technical-limitations"));
    considerations.put("performanceTradeoffs", texts("trade-offs"));
    String mitigation = String.join(" ", texts("mitigations"));
    List<Object> risks = new ArrayList<>();
    texts("harms")
        .forEach(harm -> {
          Map<String, Object> risk = new LinkedHashMap<>();
          risk.put("name", harm);
          risk.put("mitigationStrategy", mitigation);
          risks.add(risk);
        });
    considerations.put("ethicalConsiderations", risks);
    considerations.put("environmentalConsiderations", environment());
    List<Object> fairness = new ArrayList<>();
    texts("groups-at-risk")
        .forEach(group -> {
          Map<String, Object> assessment = new LinkedHashMap<>();
          assessment.put("groupAtRisk", group);
          assessment.put("benefits", String.join(" ", texts("benefits")));
          assessment.put("harms", String.join(" ", texts("harms")));
          assessment.put("mitigationStrategy", mitigation);
          fairness.add(assessment);
        });
    considerations.put("fairnessAssessments", fairness);
    return considerations;
  }

  private Map<String, Object> environment() {
    Map<String, Object> environment = new LinkedHashMap<>();
    List<Object> consumptions = new ArrayList<>();
    List<Object> properties = new ArrayList<>();
    for (Energy energy : card.energy()) {
      if (energy.kilowattHours().isPresent()) {
        consumptions.add(consumption(energy, energy.kilowattHours().getAsDouble()));
      } else {
        properties.add(
            ModelBom.property(
                "energy:" + energy.activity(),
                Answer.UNKNOWN + energy.note().map(note -> ": " + note).orElse("")));
      }
    }
    if (!consumptions.isEmpty()) {
      environment.put("energyConsumptions", consumptions);
    }
    if (card.energy().isEmpty()) {
      properties.add(ModelBom.property("energy", String.join(" ", texts("energy"))));
    }
    if (!properties.isEmpty()) {
      environment.put("properties", properties);
    }
    return environment;
  }

  private static Map<String, Object> consumption(Energy energy, double kilowattHours) {
    Map<String, Object> measure = new LinkedHashMap<>();
    measure.put("value", kilowattHours);
    measure.put("unit", KWH);
    Map<String, Object> provider = new LinkedHashMap<>();
    provider.put("organization", Map.of("name", Answer.UNKNOWN));
    provider.put("energySource", "unknown");
    provider.put("energyProvided", measure);
    Map<String, Object> consumption = new LinkedHashMap<>();
    consumption.put("activity", energy.activity());
    consumption.put("energyProviders", List.of(provider));
    consumption.put("activityEnergyCost", measure);
    List<Object> properties = new ArrayList<>();
    properties.add(ModelBom.property("energy:label", energy.label()));
    energy.note().ifPresent(note -> properties.add(ModelBom.property("energy:note", note)));
    if (energy.tonnesCarbonDioxide().isPresent()) {
      Map<String, Object> emitted = new LinkedHashMap<>();
      emitted.put("value", energy.tonnesCarbonDioxide().getAsDouble());
      emitted.put("unit", "tCO2eq");
      consumption.put("co2CostEquivalent", emitted);
    } else {
      properties.add(ModelBom.property("energy:co2", Answer.UNKNOWN));
    }
    consumption.put("properties", properties);
    return consumption;
  }

  private List<String> texts(String question) {
    return card.answer(question).texts();
  }
}
