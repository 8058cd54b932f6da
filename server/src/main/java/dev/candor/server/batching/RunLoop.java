package dev.candor.server.batching;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.decisions.Decision;
import dev.candor.server.HttpProblem;
import dev.candor.server.HttpProblems;
import java.time.Duration;
import java.util.Optional;

/** Takes what happens to the decisions of a request to whoever writes the reply. */
public final class RunLoop {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private RunLoop() {}

  /** Writes a reply. */
  public interface Writer {

    /** A decision is called this, which is told before its first token. */
    void named(String decision);

    /** A token of one of the choices. */
    void told(int choice, GeneratedToken token);

    /**
     * A choice is made and on record.
     *
     * @throws HttpProblem if it cannot be told as an answer
     */
    void finished(int choice, Decision decision);

    /** A choice is not made, and nothing more comes. */
    void failed(HttpProblem problem);

    /**
     * Another second has passed, with or without tokens.
     *
     * @param progress what is being done, in a word
     */
    void second(String progress);
  }

  /** Goes on until all choices are made, or one is not. */
  public static void run(DecisionRuns runs, int choices, Writer writer) {
    int open = choices;
    String progress = "waiting";
    long next = System.nanoTime() + SECOND.toNanos();
    while (open > 0) {
      long now = System.nanoTime();
      if (now >= next) {
        writer.second(progress);
        next = now + SECOND.toNanos();
      }
      Optional<RunEvent> event = runs.next(Duration.ofNanos(Math.max(1, next - now)));
      if (event.isEmpty()) {
        continue;
      }
      switch (event.get()) {
        case RunEvent.Admitted it -> writer.named(it.decision());
        case RunEvent.Progress it -> progress = "prefill " + 100L * it.done() / it.total() + "%";
        case RunEvent.Told it -> {
          progress = "answering";
          writer.told(it.choice(), it.token());
        }
        case RunEvent.Vector it -> throw new IllegalStateException("a vector of " + it.choice());
        case RunEvent.Finished it -> {
          writer.named(it.decision().receipt().decision());
          try {
            writer.finished(it.choice(), it.decision());
          } catch (HttpProblem stopped) {
            writer.failed(stopped);
            return;
          }
          open--;
        }
        case RunEvent.Failed it -> {
          writer.failed(HttpProblems.of(it.thrown()));
          return;
        }
      }
    }
  }
}
