package dev.candor.governance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

  private static final String ANNA = "a".repeat(64);
  private static final String BORIS = "b".repeat(64);

  private static Principal with(Role... roles) {
    return Principal.of("somebody", List.of(roles));
  }

  /** Abuse case A34: erasure of what is somebody else's. */
  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"INVOKE", "OPERATE", "AUDIT"})
  void nobodyErasesWhatIsSomebodyElses(Role role) {
    Principal anna = with(role).as(ANNA);
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> Authority.require(anna, Action.ERASE, Optional.of(BORIS)))
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance.not-permitted"))
        .satisfies(e -> assertThat(e.remedy()).contains("govern"));
    assertThatCode(() -> Authority.require(anna, Action.ERASE, Optional.of(ANNA)))
        .doesNotThrowAnyException();
  }

  @Test
  void whoGovernsErases() {
    assertThat(Authority.permits(with(Role.GOVERN), Action.ERASE, Optional.of(BORIS))).isTrue();
  }

  @Test
  void auditReadsAllAndChangesNothing() {
    List<Action> reads = List.of(Action.READ_SUBJECT, Action.READ_ALL, Action.VERIFY);
    for (Action action : Action.values()) {
      assertThat(Authority.permits(with(Role.AUDIT), action, Optional.of(BORIS)))
          .as(action.key())
          .isEqualTo(reads.contains(action));
    }
  }

  @Test
  void onlyWhoGovernsPutsAPolicyIntoForce() {
    for (Role role : Role.values()) {
      assertThat(Authority.permits(with(role), Action.CHANGE_POLICY))
          .isEqualTo(role == Role.GOVERN);
    }
  }

  @Test
  void withoutARoleOnlyWhatIsOnesOwn() {
    Principal anna = with().as(ANNA);
    List<Action> own =
        List.of(
            Action.GIVE_CONSENT,
            Action.WITHDRAW_CONSENT,
            Action.READ_SUBJECT,
            Action.EXPLAIN,
            Action.ERASE);
    for (Action action : Action.values()) {
      assertThat(Authority.permits(anna, action, Optional.of(ANNA)))
          .isEqualTo(own.contains(action));
      assertThat(Authority.permits(anna, action, Optional.of(BORIS))).isFalse();
      assertThat(Authority.permits(anna, action)).isFalse();
      assertThat(Authority.permits(with(), action, Optional.of(ANNA))).isFalse();
    }
  }

  @Test
  void theTableHasEveryAction() {
    assertThat(Authority.table().lines()).hasSize(2 + Action.values().length);
    assertThat(Authority.table())
        .contains("| `erase` | erase what is kept of a data subject | govern | yes |");
  }

  @Test
  void rolesComeBackAndKeepTheirOrder() {
    assertThat(Arrays.stream(Role.values()).map(Role::key).map(Role::of))
        .containsExactly(Role.values());
    assertThat(with(Role.AUDIT, Role.INVOKE, Role.AUDIT).roleKeys())
        .containsExactly("invoke", "audit");
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> Role.of("root\n"))
        .withMessage("there is no role 'root?'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "\u202eanna", "\u001b[2J"})
  void namesAreVisible(String name) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> Principal.of(name, List.of()));
  }
}
