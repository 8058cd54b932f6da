package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.ModelRated;
import dev.candor.governance.inventory.Rating;
import dev.candor.governance.inventory.RatingMethod;
import dev.candor.governance.inventory.RiskRating;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How much may go wrong with a model. */
@CommandLine.Command(
    name = "rate",
    description = {
      "Rates a model by published weights: the risk that is inherent, before anything is done about"
          + " it. What is not answered is unknown, which counts like the worst. --method prints the"
          + " criteria, weights and what follows from each rating."
    },
    footer = {
      "",
      "Examples:",
      "  candor inventory rate --method",
      "  candor inventory rate candor-mini --answer importance=low,size=low,customer-impact=none",
      "  candor inventory rate candor-mini --answer importance=low --residual low --mitigants \"a"
          + " person looks at each answer\""
    })
final class InventoryRateCommand extends Command {

  @Parameters(arity = "0..1", paramLabel = "ID", description = "The model.")
  @Nullable String id;

  @Option(
      names = "--answer",
      split = ",",
      paramLabel = "CRITERION=ANSWER",
      description = "none, low, medium, high or unknown for a criterion; several with commas.")
  Map<String, String> answers = new LinkedHashMap<>();

  @Option(
      names = "--residual",
      paramLabel = "RATING",
      description = "What is left of the risk, shown apart; nothing follows from it.")
  @Nullable String residual;

  @Option(
      names = "--mitigants",
      paramLabel = "TEXT",
      description = "With --residual: what was done about the risk.")
  @Nullable String mitigants;

  @Option(names = "--method", description = "Print the method; rate nothing.")
  boolean method;

  @Mixin ActorArguments actor = new ActorArguments();

  InventoryRateCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (method) {
      streams.out().print(new String(RatingMethod.standardText(), StandardCharsets.UTF_8));
      return OK;
    }
    String model = id;
    if (model == null) {
      throw usage("give the ID of a model, or --method");
    }
    try (Governance governance = GovernedHome.open()) {
      InventoryActs.Done done =
          new InventoryActs(governance)
              .rate(
                  actor.principal(),
                  model,
                  answers,
                  Optional.ofNullable(residual).map(RiskRating::of),
                  Optional.ofNullable(mitigants));
      ModelRated rated = done.standing().rated().orElseThrow().what();
      Rating rating = rated.rating();
      if (json) {
        Map<String, Object> members = InventoryReport.members(done);
        members.put("points", rating.points());
        members.put("most", rating.most());
        members.put("answers", rating.answers());
        members.put("floors", rating.floors());
        members.put("method", rated.method());
        rated.residual().ifPresent(it -> members.put("residual", it.key()));
        printJson(members);
      } else {
        rating
            .answers()
            .forEach(
                (criterion, answer) -> streams.out().printf("  %-20s %s%n", criterion, answer));
        streams
            .out()
            .printf(
                "inherent risk %s: %d of %d points%s%n",
                rating.rating().key(),
                rating.points(),
                rating.most(),
                rating.floors().isEmpty()
                    ? ""
                    : ", raised by " + String.join(", ", rating.floors()));
        rated
            .residual()
            .ifPresent(it ->
                streams
                    .out()
                    .println("residual risk " + it.key() + ": " + rated.mitigants().orElse("")));
        streams.out().println(InventoryReport.words(done));
      }
    }
    return OK;
  }
}
