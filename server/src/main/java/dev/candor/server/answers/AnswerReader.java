package dev.candor.server.answers;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.decisions.DecisionOutput;
import dev.candor.server.answers.tools.CallReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the parts of an answer from its tokens as they come. Not safe for use by many threads. */
public final class AnswerReader {

  private final AnswerPlan plan;
  private final ThoughtSplitter splitter;
  private final Optional<CallReader> calls;
  private final List<GeneratedToken> spoken = new ArrayList<>();
  private boolean told;
  private int thoughts;

  AnswerReader(AnswerPlan plan) {
    this.plan = plan;
    splitter = new ThoughtSplitter(plan.thinkingEnd(), plan.thoughtsBegun());
    calls =
        plan.tools().mayCall()
            ? Optional.of(new CallReader(plan.dialect().form(), plan.callsBegun()))
            : Optional.empty();
  }

  /** The parts that are certain with this token. */
  public List<AnswerPart> next(GeneratedToken token) {
    told = true;
    if (splitter.isThinking()) {
      thoughts++;
    } else if (!plan.model().language().isEnd(token.id())) {
      spoken.add(token);
    }
    return parts(splitter.next(plan.spelt(token)));
  }

  /** The rest, when the decision is made; all of it, if it had been made before. */
  public List<AnswerPart> finish(DecisionOutput output) {
    List<AnswerPart> parts = new ArrayList<>();
    if (!told) {
      parts.addAll(parts(splitter.next(output.text())));
    }
    parts.addAll(parts(splitter.finish()));
    calls.ifPresent(reader -> parts.addAll(reader.finish()));
    return parts;
  }

  private List<AnswerPart> parts(List<AnswerPart> split) {
    if (calls.isEmpty()) {
      return split;
    }
    List<AnswerPart> parts = new ArrayList<>();
    for (AnswerPart part : split) {
      if (part instanceof AnswerPart.Text text) {
        parts.addAll(calls.get().next(text.text()));
      } else {
        parts.add(part);
      }
    }
    return parts;
  }

  /** Tokens of the answer that are no thoughts, since this was asked last. */
  public List<GeneratedToken> takeSpoken() {
    List<GeneratedToken> taken = List.copyOf(spoken);
    spoken.clear();
    return taken;
  }

  /** How many tokens were thoughts. */
  public int thoughts() {
    return thoughts;
  }

  /** How many calls there were. */
  public int calls() {
    return calls.map(CallReader::calls).orElse(0);
  }

  /** What a call is called. */
  public String callId(String decision, int choice, int index) {
    return plan.dialect().callId(decision, choice, index);
  }
}
