package dev.candor.cli;

import dev.candor.cli.store.DefaultModel;
import dev.candor.cli.store.ModelStore;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.governance.Governance;
import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.PolicyActs;
import dev.candor.governance.policy.PolicyInput.ModelFacts;
import dev.candor.governance.policy.PolicyVerdict;
import dev.candor.governance.policy.RuleTrace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a policy would say. */
@CommandLine.Command(
    name = "explain",
    description = {
      "Says what would become of a request, which rule decides, and what each of the others says."
          + " Nothing is asked and nothing is recorded; of a model only the header is read."
    },
    footer = {
      "",
      "Examples:",
      "  candor policy explain --purpose hiring-decision",
      "  candor policy explain --purpose triage --subject customer-17 --as triage-service:invoke",
      "  candor policy explain --file policy.yaml --purpose triage --kind choose --labels"
          + " outage,question --model candor-mini",
      "",
      "Exit codes: 0 the request would be served, 1 it would not."
    })
final class PolicyExplainCommand extends Command {

  /** What a model may be asked to do, as policies call it. */
  enum Kind {
    GENERATE,
    CHOOSE,
    HEAD,
    EMBED
  }

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "A policy that is not in force (default: the one that holds).")
  @Nullable Path file;

  @Option(
      names = "--purpose",
      paramLabel = "ID",
      defaultValue = DecisionArguments.USUAL_PURPOSE,
      description = "What the answer would be for (default: ${DEFAULT-VALUE}).")
  String purpose = DecisionArguments.USUAL_PURPOSE;

  @Option(
      names = "--subject",
      paramLabel = "NAME",
      description = "Whose data it would be about; their consents count as they are now.")
  @Nullable String subject;

  @Option(
      names = "--kind",
      paramLabel = "generate|choose|head|embed",
      defaultValue = "generate",
      description =
          "Text, one of several labels, the label of a trained head, or a vector (default:"
              + " generate).")
  Kind kind = Kind.GENERATE;

  @Option(
      names = "--labels",
      split = ",",
      paramLabel = "LABEL",
      description = "What might be chosen, with commas.")
  List<String> labels = List.of();

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME|PATH",
      description = "What would answer (default: nothing is known of the model).")
  @Nullable String model;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      description = "Tokens of the prompt (default: 0).")
  long promptTokens;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Most tokens of the answer (default: 0).")
  long maximumTokens;

  @Mixin ActorArguments actor = new ActorArguments();

  PolicyExplainCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (promptTokens < 0 || maximumTokens < 0) {
      throw usage("--prompt-tokens and --max-tokens must be 0 or more");
    }
    Optional<Policy> given = Optional.ofNullable(file).map(PolicyActs::read).map(Policy::parse);
    ModelFacts facts = model == null ? new ModelFacts("", "", "", 0) : facts(model);
    try (Governance governance = GovernedHome.open()) {
      PolicyActs acts = new PolicyActs(governance);
      Policy policy = given.orElseGet(() -> acts.inForce().policy());
      PolicyActs.Explanation explanation =
          acts.explain(
              policy,
              new PolicyActs.Question(
                  actor.principal(),
                  Optional.ofNullable(subject),
                  purpose,
                  kind.name().toLowerCase(Locale.ROOT),
                  labels,
                  promptTokens,
                  maximumTokens,
                  facts,
                  ""));
      report(policy, explanation);
      return explanation.mayAsk() && explanation.verdict().allowed() ? OK : FAILED;
    }
  }

  /** What is known without reading the weights, nor fetching any. */
  private ModelFacts facts(String name) {
    if (name.equals(DefaultModel.NAME) && ModelStore.ofUser().find(name).isEmpty()) {
      return new ModelFacts(name, "", "", 0);
    }
    LoadedModel.Found found = LoadedModel.resolve(streams, name);
    try (Checkpoint checkpoint = Checkpoint.open(found.weights())) {
      return new ModelFacts(
          found.name(),
          found.digest().or(checkpoint::sourceDigest).orElse(""),
          checkpoint.architecture(),
          checkpoint.weightBytes());
    }
  }

  private void report(Policy policy, PolicyActs.Explanation explanation) {
    PolicyVerdict verdict = explanation.verdict();
    boolean served = explanation.mayAsk() && verdict.allowed();
    List<String> notes = notes(explanation);
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("served", served);
      members.put("mayAsk", explanation.mayAsk());
      members.put("consent", explanation.consent());
      members.put("policy", policy.digest());
      members.put("allowed", verdict.allowed());
      members.put("rule", verdict.rule());
      members.put("reason", verdict.reason());
      members.put("trace", verdict.trace().stream().map(PolicyExplainCommand::members).toList());
      members.put("notes", notes);
      printJson(members);
      return;
    }
    streams
        .out()
        .printf(
            "%s by %s: %s%n",
            verdict.allowed() ? "allowed" : "denied", verdict.rule(), verdict.reason());
    for (RuleTrace rule : verdict.trace()) {
      streams
          .out()
          .printf(
              "  %-5s %-6s %s%s%n",
              rule.effect().key(),
              rule.outcome().key(),
              rule.rule(),
              rule.failure().map(why -> ": " + why).orElse(""));
    }
    notes.forEach(note -> streams.out().println("  (" + note + ")"));
  }

  private List<String> notes(PolicyActs.Explanation explanation) {
    List<String> notes = new ArrayList<>();
    if (!explanation.mayAsk()) {
      notes.add("who asks has not the role invoke: it would be refused before any policy is read");
    }
    if (subject != null) {
      notes.add(
          explanation.consent()
              ? "a consent of the data subject for this purpose is alive"
              : "no consent of the data subject for this purpose is alive");
    }
    if (model == null) {
      notes.add("no model is named: model.name, model.digest and model.architecture are empty");
    }
    return notes;
  }

  private static Map<String, Object> members(RuleTrace rule) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("rule", rule.rule());
    members.put("effect", rule.effect().key());
    members.put("outcome", rule.outcome().key());
    rule.failure().ifPresent(why -> members.put("failure", why));
    return members;
  }
}
