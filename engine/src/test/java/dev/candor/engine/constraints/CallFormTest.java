package dev.candor.engine.constraints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.CallForm.Calls;
import dev.candor.engine.constraints.CallForm.Function;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallFormTest {

  private static final CallForm MARKED =
      new CallForm("<call>", "</call><call>", "</call>", "{\"name\": ", ", \"arguments\": ", "}");
  private static final CallForm BARE =
      new CallForm("", "", "", "{\"name\": ", ", \"parameters\": ", "}");
  private static final Function ADD =
      new Function(
          "add",
          Optional.of(
              """
              {"type": "object", "properties": {"a": {"type": "integer"}},
               "required": ["a"], "additionalProperties": false}\
              """));
  private static final Function ANY = new Function("any \"thing\"", Optional.empty());

  private static Constraint calls(CallForm form, boolean required, boolean several) {
    Constraint made = Constraint.calls(form, new Calls(List.of(ADD, ANY), required, several));
    // What is on record makes the same one again.
    return made.source().constraint();
  }

  private static final String ADD_5 = "<call>{\"name\": \"add\", \"arguments\": {\"a\": 5}}</call>";

  @Test
  void aCallMayFollowText() {
    Constraint constraint = calls(MARKED, false, true);
    assertThat(constraint.accepts("")).isTrue();
    assertThat(constraint.accepts("No call.")).isTrue();
    assertThat(constraint.accepts("a < b <cal")).isTrue();
    assertThat(constraint.accepts(ADD_5)).isTrue();
    assertThat(constraint.accepts("Well: " + ADD_5 + ADD_5)).isTrue();
    assertThat(
            constraint.accepts(
                "<call>{\"name\": \"any \\\"thing\\\"\", \"arguments\": {\"x\": [1]}}</call>"))
        .isTrue();
    assertThat(constraint.accepts("<call>")).isFalse();
    assertThat(constraint.accepts("<call>{\"name\": \"sub\", \"arguments\": {}}</call>")).isFalse();
    assertThat(constraint.accepts(ADD_5.replace("5", "\"5\""))).isFalse();
    assertThat(constraint.accepts(ADD_5 + " and text")).isFalse();
  }

  @Test
  void oneCallIsOne() {
    Constraint constraint = calls(MARKED, false, false);
    assertThat(constraint.accepts(ADD_5)).isTrue();
    assertThat(constraint.accepts(ADD_5 + ADD_5)).isFalse();
  }

  @Test
  void aCallMayBeRequired() {
    Constraint constraint = calls(MARKED, true, true);
    assertThat(constraint.accepts(ADD_5)).isTrue();
    assertThat(constraint.accepts("")).isFalse();
    assertThat(constraint.accepts("Well: " + ADD_5)).isFalse();
    assertThat(constraint.after("</think>").accepts("hm</think>" + ADD_5)).isTrue();
  }

  @Test
  void aBraceBeginsACallWhereNothingMarksOne() {
    Constraint constraint = calls(BARE, false, false);
    assertThat(constraint.accepts("Text with {braces}.")).isTrue();
    assertThat(constraint.accepts("{\"name\": \"add\", \"parameters\": {\"a\": 5}}")).isTrue();
    assertThat(constraint.accepts("{\"a\": 5}")).isFalse();
  }

  @Test
  void aKeywordThatIsNotSupportedIsRefused() {
    Function odd = new Function("odd", Optional.of("{\"type\": \"object\", \"not\": {}}"));
    assertThatThrownBy(() -> Constraint.calls(MARKED, new Calls(List.of(odd), true, false)))
        .isInstanceOfSatisfying(
            GenerationException.class,
            e -> assertThat(e.code()).isEqualTo("generation.schema-unsupported"))
        .hasMessageContaining("not");
  }
}
