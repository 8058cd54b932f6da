package dev.candor.governance.decisions;

import dev.candor.engine.EngineException;
import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.payloads.Finding;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Computes decisions again from what was recorded of them. Within one numeric profile the bits must
 * be the same, on any machine, with any number of threads, by any path of the kernels; so whatever
 * differs is a finding: another model under the same name, a weight that has changed on the disk or
 * in memory, a kernel that computes something else.
 */
public final class Replay {

  private final Governance governance;

  /** Replays of the decisions of a device. */
  public Replay(Governance governance) {
    this.governance = governance;
  }

  /** What came of it. */
  public enum Verdict {
    /** Every token, every probability and the digest of all logits are the same. */
    SAME,
    /** Something is not. */
    DIFFERENT,
    /** It could not be computed. */
    IMPOSSIBLE
  }

  /**
   * Of one decision.
   *
   * @param decision its id
   * @param differences what is not as it was, in plain words; of {@link Verdict#SAME} none
   * @param firstToken the first place at which another token came, from 0, thoughts counted; −1 if
   *     there is none
   * @param notes what is different and need not matter, such as the path of the kernels
   */
  public record Result(
      String decision,
      Verdict verdict,
      List<String> differences,
      int firstToken,
      List<String> notes) {

    public Result {
      differences = List.copyOf(differences);
      notes = List.copyOf(notes);
    }

    static Result impossible(String decision, String why) {
      return new Result(decision, Verdict.IMPOSSIBLE, List.of(why), -1, List.of());
    }
  }

  /** What decides now in the place of what decided then. */
  public interface Deciders {

    /**
     * The model that a decision names, with the adapter that it names; whether they are the same is
     * for the replay to find out.
     *
     * @throws RuntimeException a typed one, if there is none
     */
    ModelIdentity model(DecisionStarted started);

    /** The head that a decision names. */
    SoftmaxHead head(DecisionStarted started);
  }

  /**
   * A decision that was computed again.
   *
   * @param made what it was made of; empty if it could not be computed
   */
  public record Again(Result result, Optional<Made> made) {}

  /**
   * What a decision was made of.
   *
   * @param text that was asked about, in the asker's own words
   * @param output what came out now
   */
  public record Made(ModelIdentity model, String text, DecisionTask task, DecisionOutput output) {}

  /**
   * Computes a decision again.
   *
   * @param id all 32 digits
   */
  public Result replay(String id, Deciders deciders) {
    return again(id, deciders).result();
  }

  /** The same, with what it was made of. */
  public Again again(String id, Deciders deciders) {
    DecisionRecords.Story story = governance.records().story(id);
    DecisionStarted started = story.started();
    if (story.finished().isEmpty()) {
      return impossible(id, "it has no end: the process ended before it");
    }
    DecisionFinished finished = story.finished().get();
    if (finished.failure().isPresent()) {
      return impossible(id, "it failed: " + finished.failure().get());
    }
    if (finished.output().isEmpty()) {
      return impossible(id, "what was asked was erased before it was answered");
    }
    try {
      Finding input = governance.records().find(started.input());
      Finding output = governance.records().find(finished.output().get());
      if (!(input instanceof Finding.Present keptInput)
          || !(output instanceof Finding.Present keptOutput)) {
        boolean lost = input instanceof Finding.Absent || output instanceof Finding.Absent;
        return impossible(
            id, lost ? "what was kept of it is lost" : "what was kept of it has been erased");
      }
      ModelIdentity model;
      RecordedInput asked;
      try {
        model = deciders.model(started);
        asked =
            RecordedInput.read(
                keptInput.payload().bytes(), model.adapter(), _ -> deciders.head(started));
      } catch (RuntimeException e) {
        return impossible(id, String.valueOf(e.getMessage()));
      }
      DecisionOutput then = RecordedOutput.read(keptOutput.payload().bytes());
      DecisionOutput now = compute(model, asked.task(), then);
      return new Again(
          compare(started, model, asked.task(), then, now),
          Optional.of(new Made(model, asked.text(), asked.task(), now)));
    } catch (GovernanceException | EngineException | LedgerException e) {
      return impossible(id, String.valueOf(e.getMessage()));
    }
  }

  private static Again impossible(String id, String why) {
    return new Again(Result.impossible(id, why), Optional.empty());
  }

  /**
   * What another task would have given. It is no decision: it explains one, nothing is recorded of
   * it, and nobody may rest on it.
   */
  public static DecisionOutput instead(ModelIdentity model, DecisionTask task) {
    return new TaskRun(
            model.language(),
            ContextSource.anew(model.language(), task.session()),
            DecisionListener.NONE)
        .run(task);
  }

  private static DecisionOutput compute(
      ModelIdentity model, DecisionTask task, DecisionOutput then) {
    DecisionListener listener =
        then.outcome().equals("stopped")
            ? new StopAgain(then.thoughts(), then.tokens().size() - then.thoughts())
            : DecisionListener.NONE;
    return new TaskRun(
            model.language(), ContextSource.anew(model.language(), task.session()), listener)
        .run(task);
  }

  /** Stops one that was stopped where it was stopped then. */
  private static final class StopAgain implements DecisionListener {
    private final boolean reading;
    private int thoughts;
    private int tokens;

    StopAgain(int thoughts, int tokens) {
      this.reading = thoughts + tokens == 0;
      // Thoughts before an answer ended by themselves.
      this.thoughts = tokens > 0 ? Integer.MAX_VALUE : thoughts;
      this.tokens = tokens;
    }

    @Override
    public boolean onProgress(int done, int total) {
      return !reading;
    }

    @Override
    public boolean onThought(GeneratedToken token) {
      return --thoughts > 0;
    }

    @Override
    public boolean onToken(GeneratedToken token) {
      return --tokens > 0;
    }
  }

  private static Result compare(
      DecisionStarted started,
      ModelIdentity model,
      DecisionTask task,
      DecisionOutput then,
      DecisionOutput now) {
    List<String> differences = new ArrayList<>();
    changed("model", started.model(), model.digest(), differences);
    changed(
        "adapter",
        started.adapter().orElse("none"),
        model.adapterDigest().orElse("none"),
        differences);
    changed(
        "head",
        started.head().orElse("none"),
        task instanceof DecisionTask.Head it ? it.head().digest() : "none",
        differences);
    changed("numeric profile", started.profile(), model.profile(), differences);
    int firstToken = then.tokens().mismatch(now.tokens());
    if (firstToken >= 0) {
      differences.add("token " + firstToken + " is another");
    }
    if (!then.outcome().equals(now.outcome())) {
      differences.add("it ends otherwise: " + then.outcome() + " then, " + now.outcome() + " now");
    }
    if (!then.text().equals(now.text())) {
      differences.add("the text is another");
    }
    if (!then.probabilities().equals(now.probabilities())) {
      differences.add("the probabilities are others");
    }
    if (!then.logits().equals(now.logits())) {
      differences.add("the logits are others");
    }
    List<String> notes = new ArrayList<>();
    changed("path of the kernels", started.kernels(), model.language().kernels(), notes);
    Verdict verdict = differences.isEmpty() ? Verdict.SAME : Verdict.DIFFERENT;
    return new Result(started.decision(), verdict, differences, firstToken, notes);
  }

  private static void changed(String what, String then, String now, List<String> differences) {
    if (!then.equals(now)) {
      differences.add("the " + what + " was " + then + " and is " + now);
    }
  }
}
