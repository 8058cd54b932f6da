package dev.candor.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KnownKeysTest {

  private static final List<String> KEYS = List.of("minimum", "margin", "maximum", "kind");

  @Test
  void nearestIsTheOneWithFewestEdits() {
    assertThat(KnownKeys.nearest("minimun", KEYS)).isEqualTo("minimum");
    assertThat(KnownKeys.nearest("maximun", KEYS)).isEqualTo("maximum");
    assertThat(KnownKeys.nearest("margni", KEYS)).isEqualTo("margin");
    assertThat(KnownKeys.nearest("kin", KEYS)).isEqualTo("kind");
  }
}
