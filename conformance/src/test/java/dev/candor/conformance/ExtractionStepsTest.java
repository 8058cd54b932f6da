package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.generation.Speculation;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Extraction copies from its text; a released model needs far fewer steps for it than tokens. */
@Tag("real-data")
class ExtractionStepsTest {

  private static final List<String> TASKS =
      List.of(
          """
          Extract name, role, e-mail and phone as JSON.

          Text: The maintenance of the northern plant is led by Margarethe Lindqvist \
          (margarethe.lindqvist@northplant.example, +46 8 5550 1234).

          Format: {"name": "…", "role": "…", "email": "…", "phone": "…"}
          """,
          """
          Copy the serial number, the part and the date of this service report into JSON with the \
          keys serial, part and date.

          Report: On 14 March 2024 the technician replaced the circulation pump of the unit with \
          serial number KX-77-204815-B in building 12. The old circulation pump was returned.
          """,
          """
          Correct the spelling mistakes and return the whole text.

          The quarterly revue of the payment systems found that the reconcilation of incoming \
          transfers with the ledger entries was completed on time in all regional branches, and \
          that no payment was recieved without a matching order.
          """);

  @Test
  void takesAtMostTwoStepsForThreeTokens() {
    try (LanguageModel model =
        LanguageModel.open(
            TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf"), LoadOptions.defaults())) {
      int tokens = 0;
      int steps = 0;
      for (String task : TASKS) {
        Answer plain = answer(model, task, Speculation.OFF);
        Answer drafted = answer(model, task, Speculation.ALWAYS);
        assertThat(drafted.tokens()).isEqualTo(plain.tokens());
        assertThat(answer(model, task, Speculation.AUTO).tokens()).isEqualTo(plain.tokens());
        tokens += drafted.tokens().size();
        steps += drafted.steps();
      }
      assertThat((double) tokens / steps)
          .as("%d tokens in %d steps", tokens, steps)
          .isGreaterThan(1.5);
    }
  }

  private static Answer answer(LanguageModel model, String task, Speculation speculation) {
    ChatRequest chat = ChatRequest.of(List.of(ChatMessage.of("user", task)));
    int[] prompt = model.chatFormat().orElseThrow().tokens(chat);
    try (Session session = model.newSession(SessionOptions.ofContext(512))) {
      session.append(prompt);
      return session.generate(
          new GenerationRequest(SamplingOptions.GREEDY, 120, List.of(), false, 0).with(speculation),
          GenerationListener.NONE);
    }
  }
}
