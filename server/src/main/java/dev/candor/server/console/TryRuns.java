package dev.candor.server.console;

import dev.candor.server.HttpProblem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Questions that wait for their page to listen, and those that are answered. */
final class TryRuns {

  /** A page listens at once; of those that never do, the oldest make room. */
  private static final int MOST_WAITING = 64;

  private final Map<String, Run> waiting = new LinkedHashMap<>();
  private final Map<String, Run> running = new LinkedHashMap<>();

  /** A question of a session. */
  static final class Run {
    private final String id;
    private final String session;
    private final TryQuestion question;
    private volatile boolean stopped;

    Run(String id, String session, TryQuestion question) {
      this.id = id;
      this.session = session;
      this.question = question;
    }

    TryQuestion question() {
      return question;
    }

    String id() {
      return id;
    }

    /** Whether whoever asked wants no more of it. */
    boolean isStopped() {
      return stopped;
    }
  }

  /** Keeps a question, and says how to ask for its answer. */
  synchronized String add(String session, TryQuestion question) {
    if (waiting.size() >= MOST_WAITING) {
      waiting.remove(waiting.keySet().iterator().next());
    }
    String id = UUID.randomUUID().toString();
    waiting.put(id, new Run(id, session, question));
    return id;
  }

  /** Begins one; null if it has begun already, or is not known. */
  synchronized @Nullable Run take(String id, String session) {
    Run run = waiting.get(id);
    if (run == null || !run.session.equals(session)) {
      return null;
    }
    waiting.remove(id);
    running.put(id, run);
    return run;
  }

  /** Lets one end. */
  synchronized void stop(String id, String session) {
    Run run = running.get(id);
    if (run == null || !run.session.equals(session)) {
      throw HttpProblem.of(404, "run_unknown", "The answer has ended already.");
    }
    run.stopped = true;
  }

  /** One has ended. */
  synchronized void end(Run run) {
    running.remove(run.id());
  }
}
