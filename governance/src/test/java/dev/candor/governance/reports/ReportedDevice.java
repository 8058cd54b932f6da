package dev.candor.governance.reports;

import dev.candor.governance.Governance;
import dev.candor.governance.TestHome;
import dev.candor.governance.consent.ConsentGrant;
import dev.candor.governance.policy.Policy;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionOverridden;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.StopOrdered;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A device on which things have happened that a report can count. No model is there. */
final class ReportedDevice {

  static final String DIGEST = "ab".repeat(32);
  static final String MODEL = "0123456789abcdef".repeat(4);

  private static final Commitment COMMITMENT = new Commitment(DIGEST);

  final TestHome home;
  private int first;

  ReportedDevice(Path folder) {
    home = new TestHome(folder);
  }

  /** Twelve decisions over twelve days, one refused request, an override, a stop, a consent. */
  void work(String modelName) {
    try (Governance governance = home.open()) {
      long consent =
          governance
              .ledger()
              .append(
                  new ConsentGrant(
                          "c-" + (first + 1),
                          DIGEST,
                          List.of("assistance", "triage"),
                          "Clinic",
                          "notice",
                          "typed",
                          Optional.empty(),
                          "anna")
                      .entry())
              .index();
      for (int i = 0; i < 12; i++) {
        decide(governance, i, consent, modelName);
        home.later(Duration.ofDays(1));
      }
      governance
          .ledger()
          .append(
              new DecisionRefused(
                      id(first + 99),
                      "carl",
                      "scoring",
                      Optional.empty(),
                      DIGEST,
                      "refused-use",
                      "never")
                  .entry());
      governance
          .ledger()
          .append(new DecisionOverridden(id(first + 2), "anna", COMMITMENT, COMMITMENT).entry());
    }
    first += 1_000;
  }

  static String id(int number) {
    return "%032x".formatted(number);
  }

  private void decide(Governance governance, int i, long consent, String modelName) {
    boolean personal = i % 3 == 0;
    DecisionStarted started =
        new DecisionStarted(
            id(first + i),
            1,
            Optional.empty(),
            "anna",
            i % 2 == 0 ? "triage" : "assistance",
            personal ? Optional.of(DIGEST) : Optional.empty(),
            personal ? OptionalLong.of(consent) : OptionalLong.empty(),
            Policy.standard().digest(),
            "local-work",
            "choose",
            modelName,
            MODEL,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "i8-blocks32",
            "scalar",
            "candor test",
            "F16",
            512,
            40,
            COMMITMENT);
    long index = governance.ledger().append(started.entry()).index();
    if (i == 5) {
      governance
          .ledger()
          .append(new StopOrdered(Optional.of(id(first + i)), "anna", COMMITMENT).entry());
    }
    if (i == 11) {
      return; // It was interrupted.
    }
    String outcome = i == 5 ? "stopped" : i == 7 ? "failed" : "chosen";
    governance
        .ledger()
        .append(
            new DecisionFinished(
                    id(first + i),
                    index,
                    outcome,
                    i == 7 ? Optional.of("engine.memory") : Optional.empty(),
                    i,
                    1,
                    1_000 * (i + 1),
                    10_000 * (i + 1),
                    Optional.of(COMMITMENT))
                .entry());
  }

  Instant now() {
    return home.now();
  }
}
