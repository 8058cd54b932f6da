package dev.candor.cli;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.decisions.DecisionListener;

/** Ends a decision when Ctrl-C is pressed. */
record StoppableDecision(Interrupt interrupt) implements DecisionListener {

  @Override
  public boolean onToken(GeneratedToken token) {
    return !interrupt.pressed();
  }

  @Override
  public boolean onThought(GeneratedToken token) {
    return !interrupt.pressed();
  }

  @Override
  public boolean onProgress(int done, int total) {
    return !interrupt.pressed();
  }
}
