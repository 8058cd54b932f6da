package dev.candor.governance.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.ReplayChecked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

  private static final String STORY =
      "A crate holds 12 bottles. How many bottles do 9 crates hold?";

  private @TempDir Path folder;

  /** The same model decides again. */
  private record Same(ModelIdentity identity) implements Replay.Deciders {
    @Override
    public ModelIdentity model(DecisionStarted started) {
      return identity;
    }

    @Override
    public SoftmaxHead head(DecisionStarted started) {
      throw new IllegalStateException("no head decided");
    }
  }

  private static DecisionRequest request(GovernedDevice device, DecisionTask task) {
    return new DecisionRequest(
        GovernedDevice.ANNA,
        "assistance",
        Optional.empty(),
        Optional.empty(),
        device.model(),
        STORY,
        task);
  }

  /** One of each kind of task, and one that was stopped at its third token. */
  private static List<Decision> decisions(GovernedDevice device) {
    SamplingOptions drawn =
        new SamplingOptions(0.9f, 40, 0.95f, 0.01f, 1.1f, 0.2f, 0.1f, Map.of(7, -1.5f), 42);
    GenerationRequest sampled = new GenerationRequest(drawn, 40, List.of("="), false, -1);
    GenerationRequest shaped =
        GenerationRequest.greedy(60)
            .within(
                Constraint.jsonSchema(
                    "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"n\"],\"additionalProperties\":false}"));
    DecisionListener stopping =
        new DecisionListener() {
          private int tokens;

          @Override
          public boolean onProgress(int done, int total) {
            return true;
          }

          @Override
          public boolean onToken(GeneratedToken token) {
            return ++tokens < 3;
          }
        };
    return List.of(
        device.decide(request(device, device.question(STORY))),
        device.decide(request(device, device.question(STORY, sampled))),
        device.decide(request(device, device.question("Extract n. Text: n is 5", shaped))),
        device.decide(
            request(
                device,
                new DecisionTask.Choose(
                    device.prompt("Which label fits the text best: yes, no?\n\nText: yes"),
                    device.session(),
                    List.of("yes", "no"),
                    Optional.empty()))),
        device.decide(request(device, device.question(STORY)), stopping));
  }

  @Test
  void everyKindOfDecisionComesOutTheSame() {
    try (GovernedDevice device = new GovernedDevice(folder, 2)) {
      List<Decision> decisions = decisions(device);
      assertThat(decisions.getLast().output().outcome()).isEqualTo("stopped");
      Replay replay = new Replay(device.governance);
      for (Decision decision : decisions) {
        Replay.Result result =
            replay.replay(decision.receipt().decision(), new Same(device.model()));
        assertThat(result.differences()).isEmpty();
        assertThat(result.verdict()).isEqualTo(Replay.Verdict.SAME);
      }
      ReplayRun.Outcome all =
          new ReplayRun(device.governance, new Same(device.model()))
              .run(GovernedDevice.ANNA, Long.MAX_VALUE, (_, _) -> true);
      assertThat(all.same()).isEqualTo(decisions.size());
      assertThat(all.different()).isEmpty();
      assertThat(ReplayChecked.of(device.governance.ledger().entry(all.entry())).equal())
          .isEqualTo(decisions.size());
    }
  }

  @Test
  void anInterruptedRunRecordsHowFarItCame() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      Decision first = device.decide(device.request(STORY));
      device.decide(device.request(STORY));
      ReplayRun.Outcome outcome =
          new ReplayRun(device.governance, new Same(device.model()))
              .run(GovernedDevice.ANNA, Long.MAX_VALUE, (done, _) -> done < 1);
      ReplayChecked checked = ReplayChecked.of(device.governance.ledger().entry(outcome.entry()));
      assertThat(checked.checked()).isEqualTo(1);
      assertThat(checked.from()).isZero();
      assertThat(checked.to()).isEqualTo(first.receipt().finishedIndex() + 1);
      assertThat(checked.differing()).isEmpty();
    }
  }

  /**
   * The file says the digest of what it was made from, so only the numbers can tell. A weight that
   * no logit of the answer hangs on, because what it is multiplied by rounds to nothing, is found
   * by another decision or by none.
   */
  @Test
  void oneFlippedBitOfTheWeightsIsFound() throws IOException {
    Decision before;
    try (GovernedDevice device = new GovernedDevice(folder)) {
      before = device.decide(device.request(STORY));
    }
    String id = before.receipt().decision();
    byte[] weights = Files.readAllBytes(GovernedDevice.embedded());
    Random random = new Random(11);
    int changed = 0;
    for (int i = 0; i < 12; i++) {
      int place = random.nextInt(weights.length / 4, weights.length);
      weights[place] ^= 4;
      Path flipped = folder.resolve("flipped.gguf");
      Files.write(flipped, weights);
      weights[place] ^= 4;
      try (GovernedDevice device = new GovernedDevice(folder, LoadOptions.defaults(), flipped)) {
        Replay.Result result = new Replay(device.governance).replay(id, new Same(device.model()));
        boolean differs =
            !device
                .decide(device.request(STORY))
                .output()
                .logits()
                .equals(before.output().logits());
        assertThat(result.verdict())
            .as("place %d", place)
            .isEqualTo(differs ? Replay.Verdict.DIFFERENT : Replay.Verdict.SAME);
        if (differs) {
          changed++;
          assertThat(result.differences()).contains("the logits are others");
          ReplayRun.Outcome all =
              new ReplayRun(device.governance, new Same(device.model()))
                  .run(GovernedDevice.ANNA, Long.MAX_VALUE, (_, _) -> true);
          assertThat(ReplayChecked.of(device.governance.ledger().entry(all.entry())).differing())
              .contains(id);
        }
      }
    }
    assertThat(changed).isGreaterThan(5);
  }

  @Test
  void whatIsErasedCannotBeComputed() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      String id = device.decide(device.request(STORY)).receipt().decision();
      new Forgetting(device.governance).decision(GovernedDevice.ANNA, id, "asked by mistake");
      Replay.Result result = new Replay(device.governance).replay(id, new Same(device.model()));
      assertThat(result.verdict()).isEqualTo(Replay.Verdict.IMPOSSIBLE);
      assertThat(result.differences().getFirst()).contains("erased");
    }
  }

  @Test
  void anotherPathOfTheKernelsIsNotedAndChangesNothing() {
    String id;
    try (GovernedDevice device = new GovernedDevice(folder)) {
      id = device.decide(device.request(STORY)).receipt().decision();
    }
    try (GovernedDevice device =
        new GovernedDevice(
            folder, LoadOptions.defaults().withKernels("scalar"), GovernedDevice.embedded())) {
      Replay.Result result =
          new Replay(device.governance)
              .replay(
                  id, new Same(new ModelIdentity("candor-mini", device.language, Adapter.NONE)));
      assertThat(result.verdict()).isEqualTo(Replay.Verdict.SAME);
      assertThat(result.notes()).hasSize(1);
    }
  }
}
