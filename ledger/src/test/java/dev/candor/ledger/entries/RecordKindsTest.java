package dev.candor.ledger.entries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordKindsTest {

  private static final String ID = "0197f0aa".repeat(4);
  private static final Commitment COMMITMENT = new Commitment("ab".repeat(32));

  /** A record, its entry, and how to read it again. */
  record Kind(Object record, Entry entry, Function<Entry, ?> reader) {}

  static Stream<Kind> kinds() {
    DecisionStarted full = started(Optional.of("cd"), Optional.of("ef"), OptionalLong.of(7));
    DecisionStarted bare = started(Optional.empty(), Optional.empty(), OptionalLong.empty());
    DecisionFinished finished =
        new DecisionFinished(
            ID, 3, "end", Optional.empty(), 20, 20, 1234, 5678, Optional.of(COMMITMENT));
    DecisionFinished failed =
        new DecisionFinished(
            ID, 3, "failed", Optional.of("generation.logits"), 0, 0, 0, 9, Optional.empty());
    DecisionRefused refused =
        new DecisionRefused(
            ID, "anna", "scoring", Optional.of("ab"), "01", "refused-use", "no\nway");
    StopOrdered stop = new StopOrdered(Optional.empty(), "anna", COMMITMENT);
    DecisionOverridden overridden = new DecisionOverridden(ID, "anna", COMMITMENT, COMMITMENT);
    PolicyAdopted adopted = new PolicyAdopted("ab", "house rules", "anna");
    SubjectErased erased = new SubjectErased("ab", 4, "anna", "GDPR 17(1)(b)");
    SubjectErasureBegun erasing = new SubjectErasureBegun("ab", 4, "anna", "GDPR 17(1)(b)");
    OrphansErased orphans = new OrphansErased(2, "anna", "left by a power cut");
    ReplayChecked replay =
        new ReplayChecked(0, 40, 20, 18, 2, 0, List.of("0197f0aa", "0197f0ab"), "anna", "0.1");
    KeyVaultRenewed renewed = new KeyVaultRenewed("anna", Optional.of("2026-12-30T00:00:00Z"));
    KeyVaultRenewed unlocked = new KeyVaultRenewed("anna", Optional.empty());
    KeyVaultLockSet lock = new KeyVaultLockSet(30, "anna");
    PayloadKeyRotated rotated = new PayloadKeyRotated("0123456789abcdef", "anna");
    ApiKeyCreated key =
        new ApiKeyCreated(
            "0123456789abcdef",
            "ab".repeat(32),
            "desk",
            "invoke,audit",
            Optional.of("2027-01-01T00:00:00Z"),
            "anna");
    ApiKeyCreated lasting =
        new ApiKeyCreated(
            "0123456789abcdef", "ab".repeat(32), "desk", "invoke", Optional.empty(), "anna");
    ApiKeyRevoked revoked = new ApiKeyRevoked("0123456789abcdef", "anna");
    KeysDestroyed destroyed = new KeysDestroyed("anna");
    return Stream.of(
        new Kind(renewed, renewed.entry(), KeyVaultRenewed::of),
        new Kind(unlocked, unlocked.entry(), KeyVaultRenewed::of),
        new Kind(lock, lock.entry(), KeyVaultLockSet::of),
        new Kind(rotated, rotated.entry(), PayloadKeyRotated::of),
        new Kind(key, key.entry(), ApiKeyCreated::of),
        new Kind(lasting, lasting.entry(), ApiKeyCreated::of),
        new Kind(revoked, revoked.entry(), ApiKeyRevoked::of),
        new Kind(destroyed, destroyed.entry(), KeysDestroyed::of),
        new Kind(full, full.entry(), DecisionStarted::of),
        new Kind(bare, bare.entry(), DecisionStarted::of),
        new Kind(finished, finished.entry(), DecisionFinished::of),
        new Kind(failed, failed.entry(), DecisionFinished::of),
        new Kind(refused, refused.entry(), DecisionRefused::of),
        new Kind(stop, stop.entry(), StopOrdered::of),
        new Kind(overridden, overridden.entry(), DecisionOverridden::of),
        new Kind(adopted, adopted.entry(), PolicyAdopted::of),
        new Kind(erased, erased.entry(), SubjectErased::of),
        new Kind(erasing, erasing.entry(), SubjectErasureBegun::of),
        new Kind(orphans, orphans.entry(), OrphansErased::of),
        new Kind(replay, replay.entry(), ReplayChecked::of));
  }

  private static DecisionStarted started(
      Optional<String> request, Optional<String> subject, OptionalLong consent) {
    return new DecisionStarted(
        ID,
        1,
        request,
        "anna",
        "triage",
        subject,
        consent,
        "01",
        "local-work",
        "generate",
        "mini",
        "23",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "i8-blocks32",
        "emitted-avx2",
        "0.1",
        "F16",
        4096,
        61,
        COMMITMENT);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void comeBackFromTheirBytes(Kind kind) {
    assertThat(kind.reader().apply(Entry.parse(kind.entry().bytes()))).isEqualTo(kind.record());
  }

  /** Without any of its lines an entry is refused or another one; it is never filled up. */
  @ParameterizedTest
  @MethodSource("kinds")
  void nothingIsMadeUp(Kind kind) {
    for (String name : kind.entry().values().keySet()) {
      Map<String, String> rest = new LinkedHashMap<>(kind.entry().values());
      rest.remove(name);
      try {
        assertThat(kind.reader().apply(new Entry(kind.entry().kind(), rest)))
            .isNotEqualTo(kind.record());
      } catch (LedgerException e) {
        assertThat(e.code()).isEqualTo("ledger.entry-field");
        assertThat(e).hasMessageContaining(name);
      }
    }
  }

  @Test
  void numbersHaveOneForm() {
    for (String number : new String[] {"", "-1", "+1", "01", "1e3", "1234567890123456789", "٣"}) {
      Map<String, String> values =
          new LinkedHashMap<>(new SubjectErased("ab", 4, "anna", "law").entry().values());
      values.put("payloads", number);
      assertThatThrownBy(() -> SubjectErased.of(new Entry(SubjectErased.KIND, values)))
          .isInstanceOf(LedgerException.class)
          .hasMessageContaining("payloads");
    }
  }

  @Test
  void anotherKindIsRefused() {
    assertThatThrownBy(() -> StopOrdered.of(new Entry("note", Map.of())))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("note");
  }
}
