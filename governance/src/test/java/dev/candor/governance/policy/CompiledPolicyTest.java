package dev.candor.governance.policy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.candor.governance.policy.PolicyInput.ConsentFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompiledPolicyTest {

  private static final String OTHER =
      """
      version: 1
      name: größer und (kleiner)
      refused: [{purpose: dreams, reason: 100 % no, basis: a whim}]
      deny:
        - {id: long, when: 'request.promptTokens > 4000', reason: too long}
      allow:
        - id: anything
          when: "request.labels.all(l, size(l) < 20) && request.purpose != 'ä b+c%'"
          reason: why not
      """;

  @TempDir private Path folder = Path.of("");

  /**
   * What lies beside the policy is what compiling it gives: otherwise target/ has the right one.
   */
  @Test
  void theStandardPolicyIsCompiledAsItIs() throws IOException {
    String expected = CompiledPolicy.of(Policy.standardText()).text();
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target", "default-policy.compiled"), expected);
    try (var in = Policy.class.getResourceAsStream("default-policy.compiled")) {
      assertThat(in).isNotNull();
      assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(expected);
    }
  }

  @Test
  void comesBack() {
    CompiledPolicy compiled = CompiledPolicy.of(OTHER.getBytes(UTF_8));
    assertThat(CompiledPolicy.parse(compiled.text())).isEqualTo(compiled);
    assertThat(compiled.text()).isASCII();
    assertThat(compiled.document().name()).isEqualTo("größer und (kleiner)");
  }

  @Test
  void isKeptAndReadBack() throws IOException {
    AtomicInteger seals = new AtomicInteger();
    PolicyCache cache =
        new PolicyCache(
            folder.resolve("policies"),
            text -> {
              seals.incrementAndGet();
              return "seal of " + text;
            });
    Policy first = cache.load(OTHER.getBytes(UTF_8));
    assertThat(files()).singleElement().asString().endsWith(first.digest() + ".compiled");
    byte[] kept = Files.readAllBytes(files().getFirst());
    Policy second = cache.load(OTHER.getBytes(UTF_8));
    assertThat(seals).hasValue(2);
    PolicyInput input = PolicyTest.input("assistance", false, ConsentFacts.NONE);
    assertThat(second.decide(input)).isEqualTo(first.decide(input));
    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(second.rules()).isEqualTo(first.rules());
    assertThat(Files.readAllBytes(files().getFirst())).isEqualTo(kept);
  }

  /** Other rules under a policy's digest: sealed by another key, or of another policy. */
  @Test
  void whatIsNotSealedByThisKeyIsMadeAgain() throws IOException {
    Path policies = folder.resolve("policies");
    byte[] honest = OTHER.getBytes(UTF_8);
    byte[] evil = OTHER.replace("'ä b+c%'", "'x'").replace("> 4000", "> 4").getBytes(UTF_8);
    PolicyInput input = PolicyTest.input("assistance", false, ConsentFacts.NONE);
    PolicyCache mine = new PolicyCache(policies, text -> "mine " + text);
    assertThat(mine.load(honest).decide(input).allowed()).isTrue();
    Path file = files().getFirst();
    String text =
        CompiledPolicy.of(evil)
            .text()
            .replace(CompiledPolicy.sha256(evil), CompiledPolicy.sha256(honest));
    Files.writeString(
        file,
        "theirs candor compiled policy "
            + CompiledPolicy.sha256(text.getBytes(US_ASCII))
            + "\n"
            + text);
    assertThat(mine.load(honest).decide(input).allowed()).isTrue();
    assertThat(Files.readString(file)).startsWith("mine ");
    // Sealed by this key, but the policy of another digest.
    mine.load(evil);
    for (Path other : files()) {
      if (!other.equals(file)) {
        Files.copy(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    }
    assertThat(mine.load(honest).decide(input).allowed()).isTrue();
    assertThat(mine.load(evil).decide(input).allowed()).isFalse();
  }

  @Test
  void whatIsDamagedIsMadeAgain() throws IOException {
    PolicyCache cache = new PolicyCache(folder.resolve("policies"), text -> "s" + text);
    cache.load(OTHER.getBytes(UTF_8));
    Path file = files().getFirst();
    byte[] kept = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20; i++) {
      byte[] damaged = kept.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      cache.load(OTHER.getBytes(UTF_8));
      assertThat(Files.readAllBytes(file)).isEqualTo(kept);
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsNoReasonToFail() throws IOException {
    Path notAFolder = Files.createFile(folder.resolve("file"));
    assertThatCode(() -> new PolicyCache(notAFolder, text -> text).load(OTHER.getBytes(UTF_8)))
        .doesNotThrowAnyException();
  }

  /** Whatever a text says, it is read or refused with one kind of error. */
  @Test
  void alteredTextsAreRefused() {
    String text = CompiledPolicy.of(OTHER.getBytes(UTF_8)).text();
    List<String> words =
        List.of("loop", "call", "list", "9", "-1", "%", "on", "\n", "bool", "99999999");
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 2_000; i++) {
      List<String> altered = new ArrayList<>(List.of(text.split(" ", -1)));
      altered.set(random.nextInt(altered.size()), words.get(random.nextInt(words.size())));
      try {
        Policy policy = Policy.of(CompiledPolicy.parse(String.join(" ", altered)));
        assertThat(policy.decide(PolicyTest.input("a", false, ConsentFacts.NONE)).trace())
            .hasSizeLessThanOrEqualTo(2);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(folder.resolve("policies"))) {
      return list.sorted().toList();
    }
  }
}
