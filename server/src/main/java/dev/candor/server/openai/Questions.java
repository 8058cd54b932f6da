package dev.candor.server.openai;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.batching.Decider;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ServedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Asks models what requests ask, whatever the endpoint.
 *
 * @param models who may be asked
 * @param decider lets requests have their decisions
 * @param repeats knows requests again
 */
public record Questions(ModelPool models, Decider decider, AskerFields.Repeats repeats) {

  /** Most choices of one request. */
  static final int MOST_CHOICES = 16;

  /**
   * How to answer.
   *
   * @param maximumTokens most tokens of an answer
   * @param topLogprobs as the engine takes it
   * @param choices how many answers
   */
  public record Manner(
      SamplingFields sampling, OptionalInt maximumTokens, int topLogprobs, int choices) {}

  /**
   * A model for as long as the reply takes. Who may not ask, or has used up what they may, brings
   * none into memory.
   *
   * @throws dev.candor.governance.GovernanceException {@code governance.not-permitted}
   * @throws dev.candor.server.HttpProblem 429, 503 or 404
   */
  public ModelPool.Lease model(Principal principal, String name, OptionalInt keepAliveSeconds) {
    Authority.require(principal, Action.ASK);
    decider.requireRoom(principal);
    ModelPool.Lease lease = models.use(name);
    keepAliveSeconds.ifPresent(it -> lease.keepAlive(Duration.ofSeconds(it)));
    return lease;
  }

  /**
   * Begins to decide.
   *
   * @param asked the words of whoever asks, for the record
   */
  public DecisionRuns begin(
      Principal principal, AskerFields asker, AnswerPlan plan, Manner manner, String asked) {
    return begin(principal, asker, List.of(plan), manner, List.of(asked));
  }

  /** The same for several prompts, each with all its choices. */
  DecisionRuns begin(
      Principal principal,
      AskerFields asker,
      List<AnswerPlan> plans,
      Manner manner,
      List<String> asked) {
    List<DecisionRuns.Run> runs = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      AnswerPlan plan = plans.get(i);
      ServedModel model = plan.model();
      int most = plan.maximumTokens(manner.maximumTokens());
      SessionOptions session =
          model.session(Math.min(model.contextTokens(), plan.prompt().size() + most));
      for (int choice = 0; choice < manner.choices(); choice++) {
        GenerationRequest generation =
            manner
                .sampling()
                .request(
                    model.language().defaultSampling(),
                    model.language().model().vocabularySize(),
                    most,
                    manner.topLogprobs(),
                    asker.seed(principal),
                    choice);
        DecisionTask task =
            new DecisionTask.Generate(
                plan.prompt(),
                session,
                plan.constraint().map(generation::within).orElse(generation),
                Optional.empty());
        DecisionRequest request =
            new DecisionRequest(
                principal,
                asker.purpose(),
                asker.subject(),
                asker.key(i * manner.choices() + choice),
                model.identity(),
                asked.get(i),
                task);
        runs.add(
            new DecisionRuns.Run(
                request,
                model.prefixes().reading(principal.name(), session, asker.subject().isEmpty())));
      }
    }
    return decider.begin(runs, asker.patience());
  }
}
