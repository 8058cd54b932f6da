package dev.candor.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.server.HttpProblem;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FormFieldsTest {

  @Test
  void fieldsAreDecoded() {
    FormFields form = FormFields.parse("text=a%26b+%C3%A9&role=audit&role=govern&empty=&flag");
    assertThat(form.text("text")).contains("a&b é");
    assertThat(form.all("role")).containsExactly("audit", "govern");
    assertThat(form.text("empty")).isEmpty();
    assertThat(form.isTicked("flag")).isFalse();
    assertThat(FormFields.parse("").text("text")).isEmpty();
  }

  @Test
  void whatIsMissingOrOutOfRangeIsNamed() {
    FormFields form = FormFields.parse("tokens=0&temperature=NaN&labels=x");
    assertProblem("text", () -> form.required("text"));
    assertProblem("tokens", () -> form.number("tokens", 1, 1, 10));
    assertProblem("temperature", () -> form.number("temperature", 0, 0, 2));
    assertThat(form.number("other", 5, 1, 10)).isEqualTo(5);
    assertProblem(
        "labels",
        () -> TryQuestion.read(FormFields.parse("task=classify&model=m&text=t&labels=x")));
  }

  @Test
  void formsThatAreNoneAreRefused() {
    assertThatExceptionOfType(HttpProblem.class).isThrownBy(() -> FormFields.parse("a=%zz"));
    assertThatExceptionOfType(HttpProblem.class)
        .isThrownBy(() -> FormFields.parse("a=1&".repeat(300)));
  }

  private static void assertProblem(String field, ThrowingCallable act) {
    assertThatExceptionOfType(HttpProblem.class)
        .isThrownBy(act)
        .satisfies(problem -> assertThat(problem.status()).isEqualTo(400))
        .satisfies(problem -> assertThat(problem.field()).contains(field));
  }
}
