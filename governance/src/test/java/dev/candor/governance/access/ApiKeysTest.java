package dev.candor.governance.access;

import static dev.candor.governance.TestHome.ANNA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.TestHome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeysTest {

  private @TempDir Path folder;
  private TestHome home;

  @BeforeEach
  void begin() {
    home = new TestHome(folder);
  }

  private static void assertRefused(String code, ThrowingCallable act) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            GovernanceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aKeyStandsForItsHolderUntilItIsRevoked() {
    try (Governance governance = home.open();
        Governance server = home.open()) {
      ApiKeys keys = new ApiKeys(governance);
      ApiKeys elsewhere = new ApiKeys(server);
      assertThat(elsewhere.areThereAny()).isFalse();
      ApiKeys.Created made =
          keys.create(ANNA, "desk", List.of(Role.AUDIT, Role.INVOKE), Optional.empty());
      assertThat(made.key()).startsWith(ApiKeys.PREFIX).hasSize(ApiKeys.PREFIX.length() + 43);
      assertThat(elsewhere.areThereAny()).isTrue();
      assertThat(elsewhere.principal(made.key()))
          .contains(Principal.of("desk", List.of(Role.INVOKE, Role.AUDIT)));
      assertThat(elsewhere.principal(made.key() + "x")).isEmpty();
      assertThat(elsewhere.principal("")).isEmpty();
      keys.revoke(ANNA, made.id());
      assertThat(elsewhere.principal(made.key())).isEmpty();
      assertThat(elsewhere.areThereAny()).isFalse();
      assertRefused("governance.key-unknown", () -> keys.revoke(ANNA, made.id()));
    }
    assertThat(home.kinds()).containsExactly("api-key-created", "api-key-revoked");
  }

  @Test
  void keysWithoutANameAreDifferentPrincipals() {
    try (Governance governance = home.open()) {
      ApiKeys keys = new ApiKeys(governance);
      ApiKeys.Created one =
          keys.create(ANNA, Optional.empty(), List.of(Role.INVOKE), Optional.empty());
      ApiKeys.Created other =
          keys.create(ANNA, Optional.empty(), List.of(Role.INVOKE), Optional.empty());
      assertThat(keys.principal(one.key()).orElseThrow().name()).isEqualTo("key-" + one.id());
      assertThat(keys.principal(other.key()).orElseThrow().name()).isEqualTo("key-" + other.id());
    }
  }

  @Test
  void theKeyItselfIsKeptNowhere() {
    String key;
    try (Governance governance = home.open()) {
      key =
          new ApiKeys(governance)
              .create(ANNA, "desk", List.of(Role.INVOKE), Optional.empty())
              .key();
    }
    assertThat(home.entries().toString()).doesNotContain(key);
    assertThat(home.entries().toString()).doesNotContain(key.substring(ApiKeys.PREFIX.length()));
  }

  @Test
  void aKeyEnds() {
    try (Governance governance = home.open()) {
      ApiKeys keys = new ApiKeys(governance);
      String key =
          keys.create(ANNA, "desk", List.of(Role.INVOKE), Optional.of(home.now().plusSeconds(60)))
              .key();
      assertThat(keys.principal(key)).isPresent();
      home.later(Duration.ofSeconds(60));
      assertThat(keys.principal(key)).isEmpty();
      assertRefused(
          "governance.key-expiry",
          () -> keys.create(ANNA, "desk", List.of(Role.INVOKE), Optional.of(home.now())));
    }
  }

  @Test
  void nobodyGivesWhatTheyDoNotHave() {
    Principal operator = Principal.of("otto", List.of(Role.OPERATE));
    try (Governance governance = home.open()) {
      ApiKeys keys = new ApiKeys(governance);
      assertRefused(
          "governance.key-roles",
          () -> keys.create(operator, "desk", List.of(Role.GOVERN), Optional.empty()));
      assertRefused(
          "governance.key-roles", () -> keys.create(operator, "desk", List.of(), Optional.empty()));
      assertRefused(
          "governance.not-permitted",
          () ->
              keys.create(
                  Principal.of("ida", List.of(Role.INVOKE)),
                  "desk",
                  List.of(Role.INVOKE),
                  Optional.empty()));
      assertThat(keys.list()).isEmpty();
    }
  }
}
