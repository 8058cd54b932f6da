package dev.candor.engine.constraints;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConstraintSourceTest {

  static Stream<Constraint> constraints() {
    return Stream.of(
            Constraint.json(),
            Constraint.jsonSchema("{\"type\":\"integer\"}"),
            Constraint.regex("[0-9]+"),
            Constraint.choice(List.of("7", "eight")),
            Constraint.grammar("root ::= \"7\" | \"{}\""))
        .flatMap(it -> Stream.of(it, it.after("</think>")));
  }

  @ParameterizedTest
  @MethodSource("constraints")
  void makesTheSameAgain(Constraint constraint) {
    Constraint again = constraint.source().constraint();
    assertThat(again.source()).isEqualTo(constraint.source());
    assertThat(again.name()).isEqualTo(constraint.name());
    for (String text : List.of("7", "{}", "eight", "", "hm</think>\n7", "hm</think>{}", "x")) {
      assertThat(again.accepts(text)).as(text).isEqualTo(constraint.accepts(text));
    }
  }
}
