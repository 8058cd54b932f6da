package dev.candor.training.lessons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.training.TrainingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SectionFilesTest {

  @Test
  void stanzasAreRead() throws IOException {
    String index =
        """
        Package: alpha-dev
        Source: alpha (1.2-3)
        Description: development files
         They are long.
         .
         Very long.
        Section: libdevel

        Package: beta
        Description: transitional package
        Section: libs

        Package: gamma
        Description: a tool
        Section: utils
        """;

    assertThat(SectionFiles.read(new BufferedReader(new StringReader(index))))
        .containsExactly(
            new SectionTexts.Description(
                "development files They are long. Very long.", "libdevel", "alpha"),
            new SectionTexts.Description("a tool", "utils", "gamma"));
  }

  @Test
  void aSealedTextIsOfNoSourceThatIsTrainedOn() {
    SectionTexts texts = SectionTexts.read(SampleLessons.sections());
    Set<String> trained = new HashSet<>();
    texts.trained().forEach(each -> trained.add(each.text()));

    assertThat(texts.sections())
        .containsExactly(
            "devel",
            "doc",
            "golang",
            "haskell",
            "javascript",
            "libdevel",
            "libs",
            "net",
            "perl",
            "python",
            "rust",
            "utils");
    assertThat(texts.trained()).hasSize(12 * 1500);
    assertThat(texts.sealed()).hasSize(12 * 100);
    assertThat(texts.sealed()).noneMatch(each -> trained.contains(each.text()));
  }

  @Test
  void filesThatCannotBeReadAreErrors(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("train.jsonl.gz"), "not compressed");

    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> SectionTexts.read(folder))
        .satisfies(e -> assertThat(e.code()).isEqualTo("training.unreadable"));
    assertThat(List.of(folder.toFile().list())).hasSize(1);
  }
}
