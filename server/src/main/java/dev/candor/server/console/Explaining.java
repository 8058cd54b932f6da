package dev.candor.server.console;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.Replay;
import dev.candor.governance.explanation.Alternatives;
import dev.candor.governance.explanation.Attribution;
import dev.candor.governance.explanation.ChoiceExplanation;
import dev.candor.governance.explanation.Explanation;
import dev.candor.governance.explanation.ExplanationActs;
import dev.candor.governance.explanation.ExplanationHtml;
import dev.candor.governance.explanation.ExplanationRequest;
import dev.candor.governance.explanation.Fidelity;
import dev.candor.governance.explanation.Language;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.server.HttpProblem;
import dev.candor.server.batching.Slots;
import dev.candor.server.models.ModelPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Has decisions explained with the models that are served. */
public final class Explaining {

  private final ConsoleParts parts;

  Explaining(ConsoleParts parts) {
    this.parts = parts;
  }

  /**
   * An explanation for a page.
   *
   * @param status of it
   * @param html a fragment in which all text is escaped
   * @param figures of its test
   * @param entry index of the entry that records it
   */
  public record Issued(String status, String html, List<String> figures, long entry) {}

  /** Explains a decision; takes a place as a request does, for it computes as one. */
  Issued explain(Principal by, String decision, FormFields form) {
    DecisionStarted started = parts.governance().records().story(decision).started();
    Authority.require(by, Action.EXPLAIN, started.subject());
    ExplanationRequest request = request(form);
    Language language =
        form.text("language").equals(Optional.of("fr")) ? Language.FRENCH : Language.ENGLISH;
    try (ModelPool.Lease lease = parts.models().use(started.modelName());
        Slots.Ticket ticket =
            parts.decider().slots().enter(by.name(), started.modelName(), Optional.empty())) {
      if (!ticket.await(() -> !parts.decider().isClosing())) {
        throw HttpProblem.of(503, "server_stopping", "The server is about to stop.");
      }
      ExplanationActs.Issued issued =
          new ExplanationActs(parts.governance())
              .explain(
                  by,
                  decision,
                  request,
                  new Served(lease.model().identity()),
                  (_, _, _) -> !parts.decider().isClosing());
      Explanation explanation = issued.explanation();
      return new Issued(
          explanation.status().key(),
          ExplanationHtml.of(explanation, language),
          figures(explanation),
          issued.entry());
    }
  }

  private static ExplanationRequest request(FormFields form) {
    Attribution.Method method =
        form.text("method").equals(Optional.of(Attribution.Method.SHAPLEY.key()))
            ? Attribution.Method.SHAPLEY
            : Attribution.Method.OCCLUSION;
    return new ExplanationRequest(
        method,
        form.text("field"),
        Optional.empty(),
        form.text("other"),
        Optional.empty(),
        Alternatives.opposites(),
        0);
  }

  /** What decides now is what the server has in memory. */
  private record Served(ModelIdentity identity) implements Replay.Deciders {

    @Override
    public ModelIdentity model(DecisionStarted started) {
      return identity;
    }

    @Override
    public SoftmaxHead head(DecisionStarted started) {
      throw HttpProblem.of(
          409,
          "head_not_served",
          "A head decided this, which the server does not have: it is explained where the head is.");
    }
  }

  private static List<String> figures(Explanation explanation) {
    return explanation instanceof ChoiceExplanation choice && choice.fidelity().isPresent()
        ? figures(choice.fidelity().get())
        : List.of();
  }

  private static List<String> figures(Fidelity fidelity) {
    return figures(
        fidelity.comprehensiveness(),
        fidelity.sufficiency(),
        fidelity.asGood(),
        fidelity.orderings());
  }

  /** The figures of one that is kept. */
  static List<String> figures(JsonNode kept) {
    JsonNode fidelity = kept.path("fidelity");
    return fidelity.isMissingNode()
        ? List.of()
        : figures(
            fidelity.path("comprehensiveness").asDouble(),
            fidelity.path("sufficiency").asDouble(),
            fidelity.path("asGood").asInt(),
            fidelity.path("orderings").asInt());
  }

  private static List<String> figures(
      double comprehensiveness, double sufficiency, int asGood, int orderings) {
    List<String> figures = new ArrayList<>();
    figures.add(
        "Comprehensiveness "
            + Shown.decimals(comprehensiveness)
            + ": what the label loses without the marked spans; more is better.");
    figures.add(
        "Sufficiency "
            + Shown.decimals(sufficiency)
            + ": what it loses with them alone; less is better.");
    figures.add(
        "Of " + orderings + " random orders of the spans, " + asGood + " did as well or better.");
    return figures;
  }
}
