package dev.candor.governance.decisions;

import static dev.candor.governance.TestHome.ANNA;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.Governance;
import dev.candor.governance.TestHome;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.payloads.Finding;
import dev.candor.governance.payloads.PayloadRule;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.OrphansErased;
import dev.candor.ledger.entries.StopOrdered;
import dev.candor.ledger.entries.SubjectErased;
import dev.candor.ledger.entries.SubjectErasureBegun;
import dev.candor.ledger.verification.EntryRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an erasure leaves on record, whenever it ends, and what a verification makes of it. */
class ForgettingTest {

  private static final String FIRST = "0197f0aa".repeat(4);
  private static final String SECOND = "0197f0ab".repeat(4);

  private @TempDir Path folder;
  private TestHome home;

  @BeforeEach
  void makeHome() {
    home = new TestHome(folder);
  }

  private static Commitment put(Governance governance, String under, String text) {
    return governance.payloads().put(under, text.getBytes(UTF_8));
  }

  private static void started(
      Governance governance, String decision, Optional<String> subject, Commitment input) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("decision", decision);
    subject.ifPresent(it -> values.put("subject", it));
    values.put("input", input.hex());
    governance.ledger().append(new Entry(DecisionStarted.KIND, values));
  }

  private static void finished(Governance governance, String decision, Commitment output) {
    governance
        .ledger()
        .append(
            new Entry(DecisionFinished.KIND, Map.of("decision", decision, "output", output.hex())));
  }

  /** What the rule finds, by code. */
  private List<String> verified(Governance governance) {
    PayloadRule rule = new PayloadRule(governance.payloads(), governance::keyOf, home.now());
    List<String> found = new ArrayList<>();
    EntryRule.Problems problems =
        new EntryRule.Problems() {
          @Override
          public void wrong(String code, String message) {
            found.add("wrong " + code + ": " + message);
          }

          @Override
          public void remark(String code, String message) {
            found.add(code + ": " + message);
          }
        };
    List<Entry> entries = home.entries();
    for (int i = 0; i < entries.size(); i++) {
      rule.check(i, entries.get(i), problems);
    }
    rule.end(entries.size(), problems);
    return found;
  }

  private static String counted(int kept, int erased) {
    return "payloads: " + kept + " payloads are kept and right, " + erased + " were erased";
  }

  @Test
  void anErasureIsOnRecordBeforeAndAfter() {
    try (Governance governance = home.open()) {
      String ada = governance.vault().pseudonym("Ada");
      started(governance, FIRST, Optional.of(ada), put(governance, ada, "a question"));
      finished(governance, FIRST, put(governance, ada, "an answer"));
      Forgetting.Forgotten forgotten = new Forgetting(governance).subject(ANNA, "Ada", "GDPR 17");
      assertThat(forgotten).isEqualTo(new Forgetting.Forgotten(ada, 2, 3));
      assertThat(SubjectErasureBegun.of(home.entries().get(2)))
          .isEqualTo(new SubjectErasureBegun(ada, 2, "anna", "GDPR 17"));
      assertThat(verified(governance)).containsExactly(counted(0, 2));
      // What comes later is another erasure.
      home.later(Duration.ofSeconds(1));
      started(governance, SECOND, Optional.of(ada), put(governance, ada, "another"));
      assertThat(new Forgetting(governance).subject(ANNA, "Ada", "again").payloads()).isOne();
      assertThat(verified(governance)).containsExactly(counted(0, 3));
    }
  }

  /** No entry has the name of a data subject beside the pseudonym. */
  @Test
  void whoErasesTheirOwnIsNotNamed() {
    try (Governance governance = home.open()) {
      Principal ada = Principal.of("Ada", List.of(Role.values()));
      new Forgetting(governance).subject(ada, "Ada", "GDPR 17");
    }
    assertThat(home.entries()).hasSize(2);
    assertThat(home.entries())
        .allSatisfy(it -> assertThat(it.required("by")).isEqualTo(Principal.DATA_SUBJECT));
  }

  /** The process ended when the data was gone and the ledger did not say so yet. */
  @Test
  void anInterruptedErasureIsFinishedByDoingItAgain() {
    Commitment input;
    try (Governance governance = home.open()) {
      String ada = governance.vault().pseudonym("Ada");
      input = put(governance, ada, "a question");
      started(governance, FIRST, Optional.of(ada), input);
      governance.ledger().append(new SubjectErasureBegun(ada, 1, "anna", "GDPR 17").entry());
      governance.payloads().erase(ada);
      assertThat(verified(governance))
          .hasSize(2)
          .contains(counted(0, 1))
          .anyMatch(it -> it.startsWith("erasure-unfinished: the erasure that entry 1 begins"));
    }
    home.later(Duration.ofHours(1));
    try (Governance governance = home.open()) {
      String ada = governance.vault().pseudonym("Ada");
      Forgetting.Forgotten forgotten = new Forgetting(governance).subject(ANNA, "Ada", "GDPR 17");
      assertThat(forgotten).isEqualTo(new Forgetting.Forgotten(ada, 1, 2));
      assertThat(home.kinds())
          .containsExactly(DecisionStarted.KIND, SubjectErasureBegun.KIND, SubjectErased.KIND);
      assertThat(verified(governance)).containsExactly(counted(0, 1));
      assertThat(governance.records().find(input)).isInstanceOf(Finding.Erased.class);
    }
  }

  /** Whoever can write the store can say "erased" there, but not in the ledger. */
  @Test
  void whatIsErasedWithoutAnEntryIsFound() {
    try (Governance governance = home.open()) {
      String ada = governance.vault().pseudonym("Ada");
      String bob = governance.vault().pseudonym("Bob");
      String nobody = governance.keyOf(SECOND);
      new Forgetting(governance).subject(ANNA, "Ada", "there was nothing yet");
      new Forgetting(governance).subject(ANNA, "Bob", "there was nothing yet");
      started(governance, FIRST, Optional.of(ada), put(governance, ada, "a question"));
      finished(governance, FIRST, put(governance, ada, "an answer"));
      started(governance, SECOND, Optional.empty(), put(governance, nobody, "a question"));
      assertThat(verified(governance)).containsExactly(counted(3, 0));
      governance.payloads().erase(ada);
      governance.payloads().erase(nobody);
      assertThat(verified(governance))
          .hasSize(3)
          .contains(counted(0, 3))
          .anyMatch(it ->
              it.startsWith("wrong payload-erased-unrecorded: 2 payloads under " + ada)
                  && it.contains("entry 4"))
          .anyMatch(it ->
              it.startsWith("wrong payload-erased-unrecorded: 1 payloads under " + nobody)
                  && it.contains("entry 6"));
      // Nor does the erasure of somebody else account for it.
      new Forgetting(governance).subject(ANNA, "Bob", "GDPR 17");
      assertThat(verified(governance)).hasSize(3);
      assertThat(bob).isNotEqualTo(ada);
    }
  }

  @Test
  void whatNoEntryCommitsToIsDeleted() {
    try (Governance governance = home.open()) {
      String ada = governance.vault().pseudonym("Ada");
      Commitment kept = put(governance, ada, "a question");
      started(governance, FIRST, Optional.of(ada), kept);
      Commitment ofAda = put(governance, ada, "an answer that the power cut off");
      Commitment ofNobody = put(governance, governance.keyOf(SECOND), "a prompt");
      assertThat(verified(governance)).containsExactly(counted(1, 0));
      assertThat(new Forgetting(governance).orphans(ANNA, "too young").entry()).isEmpty();
      home.later(Duration.ofMinutes(2));
      Commitment young = put(governance, governance.keyOf(SECOND), "its entry is to come");
      assertThat(verified(governance))
          .hasSize(2)
          .anyMatch(it -> it.startsWith("payloads-orphaned: 2 payloads are kept"));
      Forgetting.Swept swept = new Forgetting(governance).orphans(ANNA, "power cut");
      assertThat(swept.payloads()).isEqualTo(2);
      assertThat(OrphansErased.of(home.entries().getLast()))
          .isEqualTo(new OrphansErased(2, "anna", "power cut"));
      assertThat(verified(governance)).containsExactly(counted(1, 0));
      assertThat(governance.records().find(ofAda)).isInstanceOf(Finding.Absent.class);
      assertThat(governance.records().find(ofNobody)).isInstanceOf(Finding.Absent.class);
      assertThat(governance.records().bytes(kept)).hasValue("a question".getBytes(UTF_8));
      assertThat(governance.records().bytes(young)).isPresent();
    }
  }

  @Test
  void whatIsLostIsSaidToBeLost() {
    try (Governance governance = home.open()) {
      Commitment lost = new Commitment("ab".repeat(32));
      started(governance, FIRST, Optional.empty(), lost);
      assertThat(verified(governance))
          .containsExactly(
              "wrong payload-missing: what it commits to as its input is lost", counted(0, 0));
      assertThat(governance.records().find(lost)).isInstanceOf(Finding.Absent.class);
      assertThat(governance.records().bytes(lost)).isEmpty();
    }
  }

  @Test
  void reasonsToStopAllCanBeForgotten() {
    try (Governance governance = home.open()) {
      long order = new Oversight(governance).stop(ANNA, Optional.empty(), "Ada saw it");
      Commitment reason = StopOrdered.of(governance.ledger().entry(order)).reason();
      assertThat(governance.records().bytes(reason)).isPresent();
      assertThat(new Forgetting(governance).stopReasons(ANNA, "it names Ada").payloads()).isOne();
      assertThat(governance.records().find(reason)).isInstanceOf(Finding.Erased.class);
      assertThat(verified(governance)).containsExactly(counted(0, 1));
    }
  }
}
