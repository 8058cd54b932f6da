package dev.candor.governance.fairness;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a model said to each question, a JSON object in each line: test, id, variant, groups, label,
 * answer and the probability of each label. Texts are left out, for a set may hold what somebody
 * wrote; whoever has plan and sets has the texts too.
 */
final class AnswerLines {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  void add(String test, TestCase.Answer answer) {
    TestCase asked = answer.asked();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("test", test);
      json.writeStringProperty("id", asked.id());
      json.writeStringProperty("variant", asked.variant());
      json.writeName("groups");
      json.writeStartObject();
      for (Map.Entry<String, String> group : asked.groups().entrySet()) {
        json.writeStringProperty(group.getKey(), group.getValue());
      }
      json.writeEndObject();
      asked.label().ifPresent(label -> json.writeStringProperty("label", label));
      json.writeStringProperty("answer", answer.label());
      json.writeName("probabilities");
      json.writeStartObject();
      for (int i = 0; i < asked.labels().size(); i++) {
        json.writeNumberProperty(asked.labels().get(i), answer.probabilities().get(i));
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    out.write('\n');
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
