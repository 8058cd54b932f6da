package dev.candor.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestWordTest {

  private static final List<String> KEYS = List.of("minimum", "margin", "maximum", "kind");

  @Test
  void nearestIsTheOneWithFewestEdits() {
    assertThat(NearestWord.to("minimun", KEYS)).isEqualTo("minimum");
    assertThat(NearestWord.to("maximun", KEYS)).isEqualTo("maximum");
    assertThat(NearestWord.to("margni", KEYS)).isEqualTo("margin");
    assertThat(NearestWord.to("kin", KEYS)).isEqualTo("kind");
    assertThat(NearestWord.to("k", List.of())).isEmpty();
  }
}
