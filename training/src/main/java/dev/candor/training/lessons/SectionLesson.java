package dev.candor.training.lessons;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which section of Debian's archive a description belongs to. Sections are equally frequent,
 * whatever their size. Both splits that are kept back draw from the sealed texts, each from about
 * half of the sources.
 */
final class SectionLesson implements Lesson {

  private final SectionTexts texts;
  private final long seed;
  private final Map<String, List<SectionTexts.Description>> trained = new LinkedHashMap<>();
  private final Map<String, List<SectionTexts.Description>> sealedFirst = new LinkedHashMap<>();
  private final Map<String, List<SectionTexts.Description>> sealedSecond = new LinkedHashMap<>();

  SectionLesson(long seed, SectionTexts texts) {
    this.seed = seed;
    this.texts = texts;
    for (String section : texts.sections()) {
      trained.put(section, ofSection(texts.trained(), section));
      List<SectionTexts.Description> sealed = ofSection(texts.sealed(), section);
      sealedFirst.put(section, half(sealed, false));
      sealedSecond.put(section, half(sealed, true));
    }
  }

  @Override
  public String name() {
    return "sections";
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    String section = draws.pick(texts.sections());
    SectionTexts.Description description =
        draws.pick(
            (switch (split) {
                  case TRAIN -> trained;
                  case NEW_VALUES -> sealedFirst;
                  case NEW_PHRASINGS -> sealedSecond;
                })
                .getOrDefault(section, List.of()));
    return new Exercise(
        LabelQuestion.of(labels(section, draws), description.text()),
        section,
        name(),
        List.of("sections/" + description.source()),
        List.of());
  }

  /** All sections in half of the exercises, otherwise some. */
  private List<String> labels(String section, Draws draws) {
    List<String> labels = new ArrayList<>(texts.sections());
    if (draws.chance(50)) {
      labels.remove(section);
      draws.shuffle(labels);
      labels = new ArrayList<>(labels.subList(0, draws.between(1, labels.size())));
      labels.add(section);
    }
    draws.shuffle(labels);
    return labels;
  }

  private static List<SectionTexts.Description> ofSection(
      List<SectionTexts.Description> descriptions, String section) {
    return descriptions.stream().filter(each -> each.section().equals(section)).toList();
  }

  private static List<SectionTexts.Description> half(
      List<SectionTexts.Description> descriptions, boolean second) {
    return descriptions.stream()
        .filter(each -> (StableHash.of(each.source()) < 0) == second)
        .toList();
  }
}
