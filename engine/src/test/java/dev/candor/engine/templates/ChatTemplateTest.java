package dev.candor.engine.templates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.TemplateException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {

  private static InputStream resource(String name) {
    return Objects.requireNonNull(ChatTemplateTest.class.getResourceAsStream("/templates/" + name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "available-tools",
        "headers-with-date",
        "role-tags",
        "start-of-turn",
        "strict-alternation",
        "turns-with-tools"
      })
  void rendersChatsAsPythonDoes(String name) throws Exception {
    try (InputStream in = resource(name + ".json")) {
      assertThat(TemplateGoldens.differences(in, name)).isEmpty();
    }
  }

  @Test
  void evaluatesAsPythonDoes() throws Exception {
    JsonObject golden;
    try (InputStream in = resource("expressions.json")) {
      golden = Json.parseObject(in, Json.Limits.CONFIG, "expressions.json");
    }
    List<String> differences = new ArrayList<>();
    ChatRequest request =
        ChatRequest.of(List.of())
            .withVariables(golden.object("variables").orElseThrow().members())
            .at(TemplateGoldens.NOW);
    for (Object element : golden.list("cases").orElseThrow()) {
      JsonObject golds = (JsonObject) element;
      String source = golds.string("template");
      String found;
      try {
        found = ChatTemplate.parse(source).render(request).text();
      } catch (TemplateException e) {
        found = "refused: " + e.getMessage();
      }
      boolean refused = found.startsWith("refused: ");
      boolean same = golds.has("error") ? refused : found.equals(golds.string("text"));
      if (!same) {
        String expected = golds.optionalString("text").orElseGet(() -> golds.string("error"));
        differences.add(source + "\n  expected: " + expected + "\n  found:    " + found);
      }
    }
    assertThat(differences).isEmpty();
  }
}
