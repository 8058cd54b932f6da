package dev.candor.conformance.examples;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;

/** Publishes an answer as it comes, for any subscriber of {@code java.util.concurrent.Flow}. */
public final class FlowAnswer {

  private FlowAnswer() {}

  public static void main(String[] arguments) {
    ChatRequest question = ChatRequest.of(List.of(ChatMessage.of("user", arguments[1])));
    try (LanguageModel model = LanguageModel.open(Path.of(arguments[0]), LoadOptions.defaults());
        Session session = model.newSession(SessionOptions.ofContext(256));
        SubmissionPublisher<String> pieces = new SubmissionPublisher<>()) {
      CompletableFuture<Void> printed = pieces.consume(System.out::print);
      session.append(model.chatFormat().orElseThrow().tokens(question));
      session.generate(
          GenerationRequest.greedy(60),
          token -> pieces.submit(token.text()) >= 0 && pieces.hasSubscribers());
      pieces.close();
      printed.join();
    }
  }
}
