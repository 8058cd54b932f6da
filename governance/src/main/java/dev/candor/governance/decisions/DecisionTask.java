package dev.candor.governance.decisions;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.Pooling;
import dev.candor.engine.generation.SessionOptions;
import java.util.List;
import java.util.Optional;

/** What a model is to do. All of it is recorded, so that it can be done again. */
public sealed interface DecisionTask {

  /** What the session holds, and with which adapter it computes. */
  SessionOptions session();

  /** How many tokens are read; known before a model reads them. */
  int promptTokens();

  /** What entries call it. */
  String name();

  /**
   * An answer in tokens.
   *
   * @param prompt all that the model reads, what earlier turns left in the session included
   * @param thinking what comes before the answer
   */
  record Generate(
      TokenIds prompt,
      SessionOptions session,
      GenerationRequest request,
      Optional<Thinking> thinking)
      implements DecisionTask {

    @Override
    public int promptTokens() {
      return prompt.size();
    }

    @Override
    public String name() {
      return "generate";
    }
  }

  /**
   * One of some texts, each with its probability.
   *
   * @param prompt all that the model reads
   * @param choices different texts, none empty
   * @param thinking what comes before the answer
   */
  record Choose(
      TokenIds prompt, SessionOptions session, List<String> choices, Optional<Thinking> thinking)
      implements DecisionTask {

    public Choose {
      choices = List.copyOf(choices);
    }

    @Override
    public int promptTokens() {
      return prompt.size();
    }

    @Override
    public String name() {
      return "choose";
    }
  }

  /**
   * A vector that stands for a text. What is kept of it is its digest.
   *
   * @param tokens of the text, 1 or more
   * @param pooling which hidden state it is
   */
  record Embed(TokenIds tokens, Pooling pooling, SessionOptions session) implements DecisionTask {

    @Override
    public int promptTokens() {
      return tokens.size();
    }

    @Override
    public String name() {
      return "embed";
    }
  }

  /**
   * One of the labels of a head, each with its probability.
   *
   * @param head reads hidden states of the model
   * @param text what it is to be said of
   */
  record Head(SoftmaxHead head, String text, SessionOptions session) implements DecisionTask {

    @Override
    public int promptTokens() {
      return 0;
    }

    @Override
    public String name() {
      return "head";
    }
  }
}
