package dev.candor.governance.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.documents.DocumentFile;
import dev.candor.governance.provenance.documents.DocumentTemplate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages of this shelf say what the programs do. */
class ProvenancePagesTest {

  private static final Path SOURCES = Path.of("src/main/java/dev/candor/governance/provenance");

  private static String page(String name) throws IOException {
    return Files.readString(Path.of("..", "docs", "reference", name));
  }

  @Test
  void thePageOfCardsHasEveryHeadingAndQuestion() throws IOException {
    String page = page("model-card.md");
    for (DocumentTemplate template :
        List.of(DocumentTemplate.MODEL_CARD, DocumentTemplate.DATASHEET)) {
      for (DocumentTemplate.Section section : template.sections()) {
        String questions =
            section.questions().keySet().stream()
                .map(key -> "`" + key + "`")
                .collect(Collectors.joining(", "));
        assertThat(page)
            .contains(
                "| %s | `%s` | %s | %s |\n"
                    .formatted(section.title(), section.key(), questions, section.source()));
      }
    }
  }

  @Test
  void theFileOfThePageIsOne() throws IOException {
    String yaml =
        Pattern.compile("(?ms)^```yaml\n(.*?)^```$")
            .matcher(page("model-card.md"))
            .results()
            .map(match -> match.group(1))
            .findFirst()
            .orElseThrow();
    Document document = DocumentFile.parse(yaml.getBytes(StandardCharsets.UTF_8));
    assertThat(document.answer("version").texts()).containsExactly("1.10");
    assertThat(document.metrics()).hasSize(1);
    assertThat(document.energy()).hasSize(1);
  }

  @Test
  void thePageOfSignaturesNamesEveryCodeOfAVerification() throws IOException {
    Set<String> codes = new TreeSet<>();
    try (Stream<Path> files = Files.list(SOURCES.resolve("signatures"))) {
      for (Path file : files.toList()) {
        Pattern.compile("\"(signature-[a-z-]+)\"")
            .matcher(Files.readString(file))
            .results()
            .map((MatchResult match) -> "governance." + match.group(1))
            .forEach(codes::add);
      }
    }
    // Whoever verifies never meets it: nothing was signed.
    codes.remove("governance.signature-empty");
    assertThat(codes).hasSizeGreaterThan(10);
    String page = page("model-signing.md");
    for (String code : codes) {
      assertThat(page).contains("`" + code + "`");
    }
  }

  @Test
  void thePageOfBillsNamesEveryProperty() throws IOException {
    String page = page("model-bom.md");
    try (Stream<Path> files = Files.list(SOURCES.resolve("materials"))) {
      for (Path file : files.toList()) {
        Pattern.compile("(?:property\\(|unknown\\(properties,)\\s*\"([A-Za-z0-9:]+)\"")
            .matcher(Files.readString(file))
            .results()
            .map(match -> match.group(1))
            .filter(name -> !name.endsWith(":"))
            .filter(name -> !Set.of("bytes", "rows", "purposes", "energy:note").contains(name))
            .forEach(name -> assertThat(page).contains("`candor:" + name + "`"));
      }
    }
  }
}
