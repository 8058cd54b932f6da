package dev.candor.governance.explanation;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.confidence.Confidence;
import dev.candor.governance.decisions.DecisionOutput;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.Replay;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionStarted;
import java.util.List;
import java.util.Optional;

/**
 * Has decisions explained. A decision is computed again first, and explained only if it comes out
 * the same to the bit. Nothing is recorded of an explanation before all of it is there.
 */
public final class ExplanationActs {

  private final Governance governance;

  /** Acts on the decisions of a device. */
  public ExplanationActs(Governance governance) {
    this.governance = governance;
  }

  /**
   * An explanation that is on record.
   *
   * @param decision its id
   * @param entry index of the entry that records it
   */
  public record Issued(String decision, Explanation explanation, long entry) {}

  /**
   * Explains a decision, and records that it was explained.
   *
   * @param decision all 32 digits of its id
   * @param deciders what decides now in the place of what decided then
   * @param progress asked again and again; where it says no, nothing is recorded
   * @throws GovernanceException {@code governance.not-permitted}; {@code
   *     governance.explanation-replay} if the decision does not come out the same; {@code
   *     governance.explanation-label} or {@code governance.explanation-spans} if it cannot be
   *     explained so; {@code governance.explanation-stopped}; {@code governance.explanation-erased}
   *     if it was erased meanwhile
   */
  public Issued explain(
      Principal by,
      String decision,
      ExplanationRequest request,
      Replay.Deciders deciders,
      ExplanationProgress progress) {
    DecisionStarted started = governance.records().story(decision).started();
    Authority.require(by, Action.EXPLAIN, started.subject());
    Replay.Again again = new Replay(governance).again(decision, deciders);
    if (again.result().verdict() != Replay.Verdict.SAME) {
      throw new GovernanceException(
          "explanation-replay",
          "decision "
              + decision
              + " does not come out the same again: "
              + String.join("; ", again.result().differences()),
          "Only what can be replayed to the bit is explained: see candor replay.");
    }
    Replay.Made made = again.made().orElseThrow();
    Explanation explanation = explanation(made, request, progress);
    if (!progress.at(0, 0, 0)) {
      throw PromptScorer.stopped();
    }
    Optional<Commitment> kept =
        governance
            .payloads()
            .putBeside(started.input(), RecordedExplanation.bytes(explanation, request));
    ExplanationIssued issued =
        new ExplanationIssued(
            decision,
            explanation.status(),
            method(explanation, request),
            kept.orElseThrow(() -> erased(decision)),
            governance.nameBeside(by, started.subject()),
            governance.runtime());
    long entry = governance.ledger().append(issued.entry()).index();
    return new Issued(decision, explanation, entry);
  }

  /** Indices of the entries that say that a decision was explained, ascending. */
  public List<Long> issued(String decision) {
    return governance.index().places(EntryIndex.key(ExplanationIssued.KIND, decision));
  }

  private static String method(Explanation explanation, ExplanationRequest request) {
    return switch (explanation.status()) {
      case FAITHFUL, NOT_FAITHFUL -> request.method().key();
      case WITHHELD, GROUNDING -> ExplanationIssued.NO_METHOD;
    };
  }

  private static GovernanceException erased(String decision) {
    return new GovernanceException(
        "explanation-erased",
        "what was asked in decision " + decision + " was erased while it was explained",
        "There is nothing left to explain.");
  }

  private Explanation explanation(
      Replay.Made made, ExplanationRequest request, ExplanationProgress progress) {
    if (request.field().isPresent() && !(made.task() instanceof DecisionTask.Generate)) {
      throw new GovernanceException(
          "explanation-field",
          "the decision was between labels: its answer has no fields",
          "Leave the field out (--field).");
    }
    return switch (made.task()) {
      case DecisionTask.Choose task -> choice(made, task, request, progress);
      case DecisionTask.Head task -> head(made, task, request, progress);
      case DecisionTask.Generate task -> generated(made, task, request, progress);
      case DecisionTask.Embed task -> nothing(task);
    };
  }

  private static Explanation nothing(DecisionTask.Embed task) {
    throw new GovernanceException(
        "explanation-nothing",
        "the decision gave a vector of "
            + task.tokens().size()
            + " tokens, and neither a choice"
            + " nor a text",
        "Explain the decision that was made with it.");
  }

  private Explanation choice(
      Replay.Made made,
      DecisionTask.Choose task,
      ExplanationRequest request,
      ExplanationProgress progress) {
    requireChosen(made.output());
    ChoiceExplainer explainer =
        new ChoiceExplainer(request, task.choices(), made.output().probabilities());
    SpanText text = SpanText.of(made.text(), request.spans());
    Optional<PromptText> prompt =
        PromptText.of(made.model().language().tokenizer(), task.prompt().toArray(), made.text());
    if (task.thinking().isPresent() || prompt.isEmpty()) {
      return explainer.withheld(
          text, task.thinking().isPresent() ? Withheld.THOUGHTS : Withheld.PROMPT);
    }
    Optional<Confidence> worth =
        new ChoiceConfidence(governance, made.model())
            .of(task, made.text(), made.output().probabilities(), request.group());
    CounterfactualSearch.Decider decider =
        other -> {
          TokenIds tokens = TokenIds.of(prompt.get().tokens(other));
          DecisionTask changed =
              new DecisionTask.Choose(tokens, task.session(), task.choices(), Optional.empty());
          return probabilities(Replay.instead(made.model(), changed));
        };
    try (PromptScorer scorer =
        new PromptScorer(
            made.model().language(), task.session(), task.choices(), prompt.get(), progress)) {
      ChoiceExplanation explanation = explainer.explain(text, scorer, decider, scorer::cost);
      return worth.map(explanation::with).orElse(explanation);
    }
  }

  private static Explanation head(
      Replay.Made made,
      DecisionTask.Head task,
      ExplanationRequest request,
      ExplanationProgress progress) {
    requireChosen(made.output());
    ChoiceExplainer explainer =
        new ChoiceExplainer(request, task.head().labels(), made.output().probabilities());
    HeadScorer scorer =
        new HeadScorer(made.model().language(), task.head(), task.session(), progress);
    CounterfactualSearch.Decider decider =
        other ->
            probabilities(
                Replay.instead(
                    made.model(), new DecisionTask.Head(task.head(), other, task.session())));
    return explainer.explain(
        SpanText.of(task.text(), request.spans()), scorer, decider, scorer::cost);
  }

  private static double[] probabilities(DecisionOutput output) {
    return output.probabilities().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void requireChosen(DecisionOutput output) {
    if (output.probabilities().isEmpty()) {
      throw new GovernanceException(
          "explanation-nothing",
          "nothing was chosen: the decision was stopped before",
          "Explain a decision that has an answer.");
    }
  }

  /** A field, if one is named; the whole, if it was one of some texts; or else the grounding. */
  private static Explanation generated(
      Replay.Made made,
      DecisionTask.Generate task,
      ExplanationRequest request,
      ExplanationProgress progress) {
    FieldExplainer fields = new FieldExplainer(made, task);
    Optional<DeclaredField> asked =
        request
            .field()
            .map(fields::field)
            .or(() -> fields.fields().stream().filter(it -> it.name().isEmpty()).findFirst());
    return asked.isPresent()
        ? fields.explain(asked.get(), request, progress)
        : grounding(made, task, request, fields.fields());
  }

  private static Explanation grounding(
      Replay.Made made,
      DecisionTask.Generate task,
      ExplanationRequest request,
      List<DeclaredField> declared) {
    if (request.ratherThan().isPresent()) {
      throw new GovernanceException(
          "explanation-label",
          "free text was asked for: there were no labels to choose from",
          "Leave the other label out (--rather-than).");
    }
    DecisionOutput output = made.output();
    if (output.tokens().size() == 0) {
      throw new GovernanceException(
          "explanation-nothing", "nothing was answered", "Explain a decision that has an answer.");
    }
    return new AnswerGrounding(
        made.text(),
        output.text(),
        GroundedPiece.of(output.text(), made.text()),
        declared.stream().map(DeclaredField::name).toList(),
        Uncertainty.of(
            made.model().language(),
            task.session(),
            task.prompt().toArray(),
            output.tokens().toArray()));
  }
}
