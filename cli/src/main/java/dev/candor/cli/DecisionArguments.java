package dev.candor.cli;

import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say who asks, what for, and about whom: what consent and policy go by. */
final class DecisionArguments {

  /** What local work is for if nothing is said. The default policy allows it. */
  static final String USUAL_PURPOSE = "assistance";

  @Option(
      names = "--purpose",
      paramLabel = "ID",
      defaultValue = USUAL_PURPOSE,
      description = "What the answer is for, as the policy knows it (default: ${DEFAULT-VALUE}).")
  String purpose = USUAL_PURPOSE;

  @Option(
      names = "--subject",
      paramLabel = "NAME",
      description =
          "Whose data this is about. Their consent to the purpose is needed; the record holds a"
              + " pseudonym; 'candor audit erase' forgets them.")
  @Nullable String subject;

  @Option(
      names = "--request-id",
      paramLabel = "KEY",
      description = "What you call this request: asked again, it gets the same recorded answer.")
  @Nullable String requestKey;

  @Mixin ActorArguments actor = new ActorArguments();

  /** The request for a decision, if the model may be used. */
  DecisionRequest request(LoadedModel loaded, String text, DecisionTask task) {
    loaded.requireCleared();
    return new DecisionRequest(
        actor.principal(),
        purpose,
        Optional.ofNullable(subject),
        Optional.ofNullable(requestKey),
        new ModelIdentity(loaded.name(), loaded.language(), loaded.adapter()),
        text,
        task);
  }

  /** The request for one of many decisions: the place of a row makes its key. */
  DecisionRequest request(LoadedModel loaded, String text, DecisionTask task, int row) {
    loaded.requireCleared();
    return new DecisionRequest(
        actor.principal(),
        purpose,
        Optional.ofNullable(subject),
        Optional.ofNullable(requestKey).map(key -> key + " row " + row),
        new ModelIdentity(loaded.name(), loaded.language(), loaded.adapter()),
        text,
        task);
  }
}
