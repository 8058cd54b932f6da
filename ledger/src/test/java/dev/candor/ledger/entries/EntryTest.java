package dev.candor.ledger.entries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTest {

  @Test
  void readsAsLines() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("decision", "0197f0aa");
    values.put("purpose", "loan — first look");
    values.put("empty", "");
    assertThat(new String(new Entry("decision-started", values).bytes(), StandardCharsets.US_ASCII))
        .isEqualTo(
            """
            candor/1 decision-started
            decision 0197f0aa
            purpose loan %E2%80%94 first look
            empty\s
            """);
  }

  /** Abuse cases A28 and A29: nothing in a value can begin a line of its own or move a cursor. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\ncandor/1 decision-finished\ndecision b",
        "\u001b[2J\u001b]0;title\u0007",
        "\u202eevil",
        "=HYPERLINK(\"http://x\")",
        "100 %0A",
        "<script>alert(1)</script>",
        "\r\n\0"
      })
  void valuesStayValues(String value) {
    Entry entry = new Entry("note", Map.of("text", value));
    byte[] bytes = entry.bytes();
    assertThat(new String(bytes, StandardCharsets.US_ASCII).lines()).hasSize(2);
    for (byte b : bytes) {
      assertThat(b == '\n' || b >= 0x20 && b <= 0x7E).isTrue();
    }
    assertThat(Entry.parse(bytes)).isEqualTo(entry);
  }

  @Test
  void randomEntriesComeBack() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 2_000; i++) {
      Map<String, String> values = new LinkedHashMap<>();
      for (int j = random.nextInt(6); j > 0; j--) {
        StringBuilder value = new StringBuilder();
        for (int k = random.nextInt(20); k > 0; k--) {
          int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x11_0000);
          value.appendCodePoint(c >= 0xD800 && c < 0xE000 ? '?' : c);
        }
        values.put("v" + j, value.toString());
      }
      Entry entry = new Entry("kind" + random.nextInt(3), values);
      Entry parsed = Entry.parse(entry.bytes());
      assertThat(parsed).isEqualTo(entry);
      assertThat(parsed.values().keySet()).containsExactlyElementsOf(entry.values().keySet());
    }
  }

  /** Abuse case A33: what can be read has one form, so no two forms have one meaning. */
  @Test
  void alteredBytesAreRefusedOrMeanSomethingElse() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("a", "x y%z");
    values.put("b", "é");
    Entry entry = new Entry("note", values);
    byte[] bytes = entry.bytes();
    SplittableRandom random = new SplittableRandom(33);
    for (int i = 0; i < 20_000; i++) {
      byte[] altered =
          random.nextInt(4) == 0
              ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
              : bytes.clone();
      if (altered.length > 0) {
        altered[random.nextInt(altered.length)] = (byte) random.nextInt(256);
      }
      if (Arrays.equals(altered, bytes)) {
        continue;
      }
      try {
        Entry parsed = Entry.parse(altered);
        assertThat(parsed.bytes()).isEqualTo(altered);
        assertThat(parsed).isNotEqualTo(entry);
      } catch (LedgerException e) {
        assertThat(e.code()).isEqualTo("ledger.entry-malformed");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "candor/1 ",
        "candor/1 note",
        "candor/2 note\n",
        "candor/1 Note\n",
        "candor/1 note\na b\na c\n",
        "candor/1 note\nab\n",
        "candor/1 note\na b",
        "candor/1 note\na %41\n",
        "candor/1 note\na %e9\n",
        "candor/1 note\na %C3\n",
        "candor/1 note\na %C\n",
        "candor/1 note\r\na b\n",
        "candor/1 note\n\n",
        " candor/1 note\n"
      })
  void refusesWhatItWouldNotWrite(String text) {
    assertThatThrownBy(() -> Entry.parse(text.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(LedgerException.class)
        .extracting("code")
        .isEqualTo("ledger.entry-malformed");
  }

  /** Abuse case A31. */
  @Test
  void refusesWhatNoEntryBundleHolds() {
    Map<String, String> fits =
        Map.of("a", "x".repeat(Entry.MOST_BYTES - "candor/1 note\na \n".length()));
    assertThat(new Entry("note", fits).bytes()).hasSize(Entry.MOST_BYTES);
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> new Entry("note", Map.of("a", fits.get("a") + "x")).bytes())
        .withMessageContaining("65536")
        .withMessageContaining("65535");
  }

  @Test
  void commitmentsBindAndHide() {
    byte[] salt = new byte[Commitment.SALT_BYTES];
    byte[] text = "canary".getBytes(StandardCharsets.UTF_8);
    Commitment commitment = Commitment.to(salt, text);
    // Computed with sha256sum from the definition.
    assertThat(commitment.hex())
        .isEqualTo("66ed11b953f18a12b1ad79da5e60200aa32c0d7d278e773bf4d4553cf1b4b1f0");
    assertThat(commitment.opens(salt, text)).isTrue();
    salt[31] = 1;
    assertThat(commitment.opens(salt, text)).isFalse();
  }
}
