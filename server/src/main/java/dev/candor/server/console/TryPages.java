package dev.candor.server.console;

import dev.candor.governance.access.Action;
import dev.candor.server.EventStream;
import dev.candor.server.HttpProblem;
import dev.candor.server.HttpProblems;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.batching.ClientLeft;
import dev.candor.server.batching.DecisionRuns;
import dev.candor.server.batching.RunLoop;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ModelSource;
import io.helidon.webserver.CloseConnectionException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A question to a model, whose answer comes token by token with its receipt at the end. */
final class TryPages {

  private final ConsoleParts parts;
  private final TryRuns runs = new TryRuns();

  TryPages(ConsoleParts parts) {
    this.parts = parts;
  }

  void show(Visit visit) {
    visit.require(Action.ASK);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("models", parts.models().offers().stream().map(ModelSource.Offer::name).toList());
    visit.show("try", "Try", Section.TRY.path(), values);
  }

  /** Keeps what is asked; the answer begins when the page listens. */
  void begin(Visit visit, FormFields form) {
    visit.require(Action.ASK);
    TryQuestion question = TryQuestion.read(form);
    var unused = parts.models().offer(question.model());
    String run = runs.add(visit.session().id(), question);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("run", run);
    values.put("question", HtmlText.harmless(question.text()));
    values.put("labels", question.labels());
    visit.showPart("tryRun", values);
  }

  /** Answers, as events that the page puts in. */
  void stream(Visit visit) {
    visit.require(Action.ASK);
    Pages.guard(visit.response());
    try (EventStream events = new EventStream(visit.response())) {
      TryRuns.Run run = runs.take(visit.part("run"), visit.session().id());
      if (run != null) {
        answer(visit, run, events);
      }
      // A browser that connects again is told that there is nothing more.
      events.text("done", "");
    }
  }

  private void answer(Visit visit, TryRuns.Run run, EventStream events) {
    TryQuestion question = run.question();
    events.text("status", "Loading " + HtmlText.escaped(question.model()));
    try (ModelPool.Lease lease = parts.models().use(question.model())) {
      AnswerPlan plan = question.plan(lease.model());
      TryWriter writer = new TryWriter(visit, run, plan, events);
      try (DecisionRuns decided =
          parts.decider().begin(List.of(question.run(visit.principal(), plan)))) {
        RunLoop.run(decided, 1, writer);
      } catch (ClientLeft left) {
        if (!run.isStopped()) {
          throw left;
        }
        writer.stopped();
      }
    } catch (ClientLeft e) {
      throw e;
    } catch (RuntimeException e) {
      if (isOfConnection(e)) {
        throw e;
      }
      tell(visit, events, HttpProblems.of(e));
    } finally {
      runs.end(run);
    }
  }

  private static boolean isOfConnection(RuntimeException e) {
    return e instanceof UncheckedIOException || e instanceof CloseConnectionException;
  }

  static void tell(Visit visit, EventStream events, HttpProblem problem) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("code", problem.code());
    values.put("message", String.valueOf(problem.getMessage()));
    events.text("status", "Not answered");
    events.text("receipt", visit.pages().text("problemPart", values));
  }

  /** Ends an answer within one token. */
  void stop(Visit visit) {
    runs.stop(visit.part("run"), visit.session().id());
    visit.response().status(204).send();
  }
}
