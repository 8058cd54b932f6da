package dev.candor.conformance.examples;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import java.nio.file.Path;
import java.util.List;

/** Asks the model in a file one question and prints the answer as it comes. */
public final class FirstAnswer {

  private FirstAnswer() {}

  public static void main(String[] arguments) {
    Path weights = Path.of(arguments[0]);
    ChatRequest question = ChatRequest.of(List.of(ChatMessage.of("user", arguments[1])));

    try (LanguageModel model = LanguageModel.open(weights, LoadOptions.defaults());
        Session session = model.newSession(SessionOptions.ofContext(256))) {
      session.append(model.chatFormat().orElseThrow().tokens(question));
      Answer answer =
          session.generate(
              GenerationRequest.greedy(60),
              token -> {
                System.out.print(token.text());
                System.out.flush();
                return true; // false ends the answer here
              });
      System.out.println();
      System.out.println(answer.tokens().size() + " tokens, " + answer.reason());
    }
  }
}
