package dev.candor.training.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CurriculumTest {

  private final Lessons lessons = SampleLessons.lessons();

  @Test
  void theLastStageHasAllLessons() {
    assertThat(Curriculum.standard().stages().getLast().shares().keySet())
        .containsExactlyInAnyOrderElementsOf(lessons.all().stream().map(Lesson::name).toList());
    for (Curriculum.Stage stage : Curriculum.standard().stages()) {
      stage.shares().keySet().forEach(lessons::lesson);
    }
  }

  @Test
  void drillsComeFirst() {
    Set<String> first = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      first.add(Curriculum.standard().exercise(lessons, 0, i).lesson());
    }
    assertThat(first)
        .contains("copying", "arithmetic-1")
        .doesNotContain("extraction", "arithmetic-4");
  }

  @Test
  void sharesAreKept() {
    Curriculum curriculum =
        new Curriculum(List.of(new Curriculum.Stage(0, Map.of("copying", 3, "scope", 1))));
    int copies = 0;
    for (int i = 0; i < 4000; i++) {
      copies += curriculum.exercise(lessons, 7, i).lesson().equals("copying") ? 1 : 0;
    }
    assertThat(copies).isBetween(2850, 3150);
  }

  @Test
  void aStageLastsUntilTheNext() {
    Curriculum.Stage first = new Curriculum.Stage(0, Map.of("copying", 1));
    Curriculum.Stage second = new Curriculum.Stage(10, Map.of("scope", 1));
    Curriculum curriculum = new Curriculum(List.of(first, second));

    assertThat(curriculum.stage(9)).isEqualTo(first);
    assertThat(curriculum.stage(10)).isEqualTo(second);
    assertThatIllegalArgumentException().isThrownBy(() -> new Curriculum(List.of(second, first)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Curriculum(List.of(first, first)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Curriculum.Stage(0, Map.of("copying", 0)));
  }
}
