package dev.candor.engine.fuzzing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.EngineException;
import dev.candor.engine.weights.Tensor;

/** What a parser owes its caller, whatever it was given. */
final class Refusals {

  private Refusals() {}

  /** A refusal says what happened and what to do, under a stable code. */
  static void requireTyped(EngineException refused) {
    assertThat(refused.code()).matches("[a-z]+\\.[a-z0-9-]+");
    assertThat(refused.getMessage()).isNotBlank();
    assertThat(refused.remedy()).isNotBlank();
  }

  /** A tensor that was read lies within its file and is as long as its shape says. */
  static void requireWithin(Tensor tensor, long fileBytes) {
    assertThat(tensor.data().byteSize()).isBetween(0L, fileBytes);
    assertThat(tensor.shape()).allMatch(extent -> extent > 0);
  }
}
