package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.ModelApproved;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.RiskRating;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Somebody who may lets a model be used. */
@CommandLine.Command(
    name = "approve",
    description = {
      "Approves a model that was reviewed and accepted, as it is on record and under the policy in"
          + " force. The approver is neither developer, owner nor reviewer, and has the role that the"
          + " model's rating asks for. Limits hold on the device where the loader enforces."
    },
    footer = {
      "",
      "Examples:",
      "  candor approve candor-mini --purposes assistance,triage --as anton:govern",
      "  candor approve candor-mini --purposes triage --tasks choose --until 2027-06-30 --as"
          + " anton:govern",
      "  candor approve candor-mini --purposes triage --max-tokens 200 --conditions \"a person looks at"
          + " each answer\" --as anton:govern"
    })
final class ApproveCommand extends Command {

  @Parameters(paramLabel = "MODEL", description = "As 'candor inventory list' calls it.")
  String id = "";

  @Option(
      names = "--purposes",
      split = ",",
      paramLabel = "ID",
      description =
          "What for (default: all that the policy allows, where the rating permits that).")
  List<String> purposes = List.of();

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "TASK",
      description = "Some of generate, choose, head and embed (default: all).")
  List<String> tasks = List.of();

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      description = "Most tokens that are read (default: no such limit).")
  @Nullable Long promptTokens;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Most tokens of an answer (default: what the rating says).")
  @Nullable Long maximumTokens;

  @Option(
      names = "--conditions",
      paramLabel = "TEXT",
      description = "What else is asked, in words; nothing on the device goes by them.")
  @Nullable String conditions;

  @Option(
      names = "--until",
      paramLabel = "INSTANT",
      description = "When the approval ends (default: when the model is to be reviewed again).")
  @Nullable String until;

  @Mixin ActorArguments actor = new ActorArguments();

  ApproveCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    ModelLimits limits =
        new ModelLimits(purposes, tasks, optional(promptTokens), optional(maximumTokens));
    try (Governance governance = GovernedHome.open()) {
      InventoryActs.Done done =
          new InventoryActs(governance)
              .approve(
                  actor.principal(),
                  id,
                  limits,
                  Optional.ofNullable(conditions),
                  Optional.ofNullable(until).map(it -> InstantArgument.parse("--until", it)));
      ModelStanding standing = done.standing();
      ModelApproved approved = standing.lastApproval().orElseThrow().what();
      if (json) {
        Map<String, Object> members = InventoryReport.members(done);
        members.put("tuple", approved.tuple());
        members.put("limits", members(approved.limits()));
        approved.until().ifPresent(end -> members.put("until", end.toString()));
        printJson(members);
      } else {
        streams
            .out()
            .printf(
                "Approved %s, rated %s%s, until %s: %s.%nEntry %d records it. It may be deployed now:"
                    + " candor inventory move %s deployment --reason TEXT%n",
                id,
                approved.rating().key(),
                approved
                    .residual()
                    .map(RiskRating::key)
                    .map(it -> " (residual " + it + ")")
                    .orElse(""),
                approved.until().map(Object::toString).orElse("UNKNOWN"),
                words(approved.limits()),
                done.index(),
                id);
      }
    }
    return OK;
  }

  private static OptionalLong optional(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** Limits as members of a JSON object. */
  static Map<String, Object> members(ModelLimits limits) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("purposes", limits.purposes());
    members.put("tasks", limits.tasks());
    limits.promptTokens().ifPresent(it -> members.put("promptTokens", it));
    limits.maximumTokens().ifPresent(it -> members.put("maximumTokens", it));
    return members;
  }

  /** Limits for people. */
  static String words(ModelLimits limits) {
    String words =
        (limits.purposes().isEmpty()
                ? "for all that the policy allows"
                : "for " + String.join(", ", limits.purposes()))
            + (limits.tasks().isEmpty() ? "" : ", to " + String.join(", ", limits.tasks()));
    if (limits.promptTokens().isPresent()) {
      words += ", prompts of at most " + limits.promptTokens().getAsLong() + " tokens";
    }
    if (limits.maximumTokens().isPresent()) {
      words += ", answers of at most " + limits.maximumTokens().getAsLong() + " tokens";
    }
    return words;
  }
}
