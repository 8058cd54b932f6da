package dev.candor.server;

import dev.candor.engine.AdapterException;
import dev.candor.engine.ConfigException;
import dev.candor.engine.EngineException;
import dev.candor.engine.GenerationException;
import dev.candor.engine.ModelException;
import dev.candor.engine.TemplateException;
import dev.candor.engine.TokenizerException;
import dev.candor.engine.WeightsException;
import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import io.helidon.http.HttpException;

/** Which status stands for which error: the one place where codes of the rooms meet HTTP. */
public final class HttpProblems {

  private HttpProblems() {}

  /** What a request is answered with when this was thrown. */
  public static HttpProblem of(Throwable thrown) {
    return switch (thrown) {
      case HttpProblem problem -> problem;
      case GovernanceException e -> governance(e).causedBy(e);
      case EngineException e -> engine(e).causedBy(e);
      // Where nothing can be recorded there is no answer; another attempt may find room.
      case LedgerException e -> HttpProblem.of(503, e.code(), sentence(e, e.remedy())).causedBy(e);
      case ServerException e -> HttpProblem.of(503, e.code(), sentence(e, e.remedy())).causedBy(e);
      // The server's own limits, such as that of a body, where they show while a request is read.
      case HttpException e when e.status().code() < 500 ->
          HttpProblem.of(e.status().code(), "invalid_request", e.getMessage() + ".").causedBy(e);
      case OutOfMemoryError e ->
          HttpProblem.of(503, "memory.exhausted", "The memory does not suffice now.").causedBy(e);
      default ->
          HttpProblem.of(
                  500, "internal", "Internal error: " + thrown.getClass().getSimpleName() + ".")
              .causedBy(thrown);
    };
  }

  private static HttpProblem governance(GovernanceException e) {
    int status =
        switch (e.code()) {
          case "governance.not-permitted",
              "governance.refused",
              "governance.load-refused",
              "governance.outside-approval",
              "governance.four-eyes",
              "governance.approver-level" ->
              403;
          case "governance.model-unknown", "governance.decision-unknown" -> 404;
          case "governance.no-build",
              "governance.not-rated",
              "governance.not-reviewed",
              "governance.model-state",
              "governance.model-retired",
              "governance.rating-method",
              "governance.inventory-field",
              "governance.explanation-nothing",
              "governance.explanation-replay" ->
              409;
          // Clients that repeat requests by themselves repeat this one, and get the answer then.
          case "governance.request-running", "governance.overtaken" -> 409;
          case "governance.request-key-reused", "governance.request-erased" -> 422;
          case "governance.rating-answer",
              "governance.rating-residual",
              "governance.text-malformed",
              "governance.explanation-field",
              "governance.explanation-label",
              "governance.decision-ambiguous",
              "governance.rating-unknown",
              "governance.approval-limits",
              "governance.approval-until",
              "governance.limit-malformed",
              "governance.purpose-malformed",
              "governance.name-malformed",
              "governance.principal-name" ->
              400;
          default -> 503;
        };
    return HttpProblem.of(status, e.code(), sentence(e, e.remedy()));
  }

  private static HttpProblem engine(EngineException e) {
    String message = sentence(e, e.remedy());
    return switch (e) {
      case GenerationException it when it.code().equals("generation.context-exceeded") ->
          HttpProblem.of(400, "context_length_exceeded", message);
      case GenerationException it when it.code().equals("generation.logits") ->
          HttpProblem.of(500, it.code(), message);
      case GenerationException it -> HttpProblem.of(400, it.code(), message);
      case ConfigException it -> HttpProblem.of(400, it.code(), message);
      case TemplateException it -> HttpProblem.of(400, it.code(), message);
      case TokenizerException it -> HttpProblem.of(400, it.code(), message);
      case AdapterException it -> HttpProblem.of(400, it.code(), message);
      case ModelException it -> HttpProblem.of(500, it.code(), message);
      case WeightsException it -> HttpProblem.of(503, it.code(), message);
    };
  }

  /** What happened and what to do, as one text: clients show the message and nothing else. */
  private static String sentence(Throwable e, String remedy) {
    String what = String.valueOf(e.getMessage());
    return what + (what.endsWith(".") ? " " : ". ") + remedy;
  }
}
