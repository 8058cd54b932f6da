package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.constraints.ConstraintSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which values of an answer its schema lists, and where they stand. */
class DeclaredFieldTest {

  private static final ConstraintSource SCHEMA =
      Constraint.jsonSchema(
              """
              {"type": "object",
               "properties": {
                 "name": {"type": "string"},
                 "grade": {"enum": ["low", "low \\"risk\\"", "high"]},
                 "urgent": {"type": "boolean"},
                 "floor": {"enum": [1, 10, 100]},
                 "where": {"$ref": "#/$defs/place"},
                 "all": {"type": "array", "items": {"enum": ["a", "b"]}}
               },
               "$defs": {"place": {"type": "object",
                 "properties": {"side": {"enum": ["left", "right", null]}},
                 "additionalProperties": false}},
               "additionalProperties": false}
              """)
          .source();

  private static List<String> told(String answer) {
    return DeclaredField.of(SCHEMA, answer).stream()
        .map(it -> it.name() + "=" + answer.substring(it.from(), it.to()))
        .toList();
  }

  @Test
  void valuesThatTheSchemaListsAreFoundWhereTheyStand() {
    String answer =
        "{\"name\": \"Zoë 😀 low\", \"grade\": \"low \\\"risk\\\"\", \"urgent\":true,"
            + " \"floor\": 100, \"where\": {\"side\": null}, \"all\": [\"b\", \"a\"]}";
    assertThat(told(answer))
        .containsExactly(
            "/grade=\"low \\\"risk\\\"\"",
            "/urgent=true",
            "/floor=100",
            "/where/side=null",
            "/all/0=\"b\"",
            "/all/1=\"a\"");
    DeclaredField floor = DeclaredField.of(SCHEMA, answer).get(2);
    assertThat(floor.values()).containsExactly("1", "10", "100");
    assertThat(floor.chosen()).isEqualTo(2);
    assertThat(floor.common()).isZero();
    assertThat(DeclaredField.of(SCHEMA, answer).getFirst().common()).isEqualTo(1);
    assertThat(DeclaredField.of(SCHEMA, answer).getFirst().values())
        .containsExactly("low", "low \"risk\"", "high");
  }

  @Test
  void anAnswerThatWasCutOffHasWhatIsThere() {
    assertThat(told("{\"name\": \"a\", \"grade\": \"high\", \"urg"))
        .containsExactly("/grade=\"high\"");
    assertThat(told("")).isEmpty();
  }

  @Test
  void aWholeAnswerMayBeOneOfSomeTexts() {
    ConstraintSource source = Constraint.choice(List.of("yes", "yes, but", "no")).source();
    DeclaredField field = DeclaredField.of(source, "yes, but").getFirst();
    assertThat(field.name()).isEmpty();
    assertThat(field.chosen()).isEqualTo(1);
    assertThat(DeclaredField.of(Constraint.json().source(), "{\"a\": true}")).isEmpty();
    assertThat(DeclaredField.of(Constraint.choice(List.of("only")).source(), "only")).isEmpty();
  }
}
