package dev.candor.conformance.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import dev.candor.governance.access.Role;
import dev.candor.server.ServedHome;
import dev.candor.server.ServerSettings;
import dev.candor.server.Thinker;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatModel.ResponseFormat;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;

/** Spring AI as it comes, on the official Java client of OpenAI. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class SpringAiTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  /** What a model calls a function with. */
  record Numbers(BigInteger a, BigInteger b) {}

  /** What is made of an answer that was promised the form of. */
  record Person(String name, int age) {}

  private static final ToolCallback ADD =
      FunctionToolCallback.builder("add", (Numbers it) -> it.a().add(it.b()))
          .description("Adds two numbers.")
          .inputType(Numbers.class)
          .build();

  private ServedHome home;

  @BeforeAll
  void start(@TempDir Path folder) {
    home = new ServedHome(folder.resolve("home"), ServerSettings.loopback(0), new Thinker(folder));
  }

  @AfterAll
  void stop() {
    home.close();
  }

  private OpenAiChatOptions.Builder options() {
    return OpenAiChatOptions.builder()
        .baseUrl(home.url())
        .apiKey("any")
        .model(ServedHome.MODEL)
        .maxRetries(0);
  }

  private static OpenAiChatModel model(OpenAiChatOptions.Builder options) {
    return OpenAiChatModel.builder().options(options.build()).build();
  }

  private static AssistantMessage message(ChatResponse response) {
    return Objects.requireNonNull(response.getResult()).getOutput();
  }

  private static List<ChatResponse> streamed(OpenAiChatModel model, Prompt prompt) {
    return Objects.requireNonNull(model.stream(prompt).collectList().block(LONG));
  }

  private static String text(List<ChatResponse> pieces) {
    StringBuilder text = new StringBuilder();
    for (ChatResponse piece : pieces) {
      if (piece.getResult() != null && piece.getResult().getOutput().getText() != null) {
        text.append(piece.getResult().getOutput().getText());
      }
    }
    return text.toString();
  }

  @Test
  void getsAnAnswer() {
    ChatResponse response = model(options()).call(new Prompt(ServedHome.QUESTION));
    assertThat(message(response).getText()).isEqualTo(ServedHome.ANSWER);
    assertThat(Objects.requireNonNull(response.getResult()).getMetadata().getFinishReason())
        .isEqualToIgnoringCase("stop");
    assertThat(response.getMetadata().getUsage().getTotalTokens()).isPositive();
  }

  @Test
  void getsAnAnswerInPieces() {
    List<ChatResponse> pieces =
        streamed(model(options().streamUsage(true)), new Prompt(ServedHome.QUESTION));
    assertThat(text(pieces)).isEqualTo(ServedHome.ANSWER);
    assertThat(pieces).hasSizeGreaterThan(5);
    assertThat(pieces.getLast().getMetadata().getUsage().getCompletionTokens()).isPositive();
  }

  @Test
  void getsThoughtsApart() {
    OpenAiChatModel model =
        model(
            options()
                .model(Thinker.MODEL)
                .seed(1)
                .temperature(1.0)
                .maxTokens(60)
                .logitBias(Map.of("" + Thinker.END, 4)));
    AssistantMessage whole = message(model.call(new Prompt("Hello")));
    String thoughts = String.valueOf(whole.getMetadata().get("reasoningContent"));
    assertThat(thoughts).isNotEqualTo("null").isNotEmpty().doesNotContain("</think>");
    assertThat(whole.getText()).isNotEmpty();
    List<ChatResponse> pieces = streamed(model, new Prompt("Hello"));
    assertThat(text(pieces)).isEqualTo(whole.getText());
    // Spring tells with each piece all thoughts so far.
    assertThat(pieces)
        .filteredOn(piece -> piece.getResult() != null)
        .last()
        .extracting(piece -> message(piece).getMetadata().get("reasoningContent"))
        .isEqualTo(thoughts);
  }

  @Test
  void callsSeveralToolsAndTellsTheirResults() {
    for (int seed = 0; seed < 80; seed++) {
      OpenAiChatOptions options =
          options()
              .toolCallbacks(ADD)
              .toolChoice("required")
              .parallelToolCalls(true)
              .seed(seed)
              .temperature(5.0) // whatever it was taught
              .maxTokens(400)
              .build();
      OpenAiChatModel model = OpenAiChatModel.builder().options(options).build();
      Prompt prompt = new Prompt("Add 1 and 2, and 3 and 4.", options);
      ChatResponse response = model.call(prompt);
      List<AssistantMessage.ToolCall> calls = message(response).getToolCalls();
      if (calls.size() < 2) {
        continue;
      }
      assertThat(calls).extracting(AssistantMessage.ToolCall::id).doesNotHaveDuplicates();
      assertThat(calls).extracting(AssistantMessage.ToolCall::name).containsOnly("add");
      List<AssistantMessage.ToolCall> inPieces =
          streamed(model, prompt).stream()
              .flatMap(it -> it.getResults().stream())
              .flatMap(it -> it.getOutput().getToolCalls().stream())
              .toList();
      assertThat(inPieces)
          .extracting(AssistantMessage.ToolCall::arguments)
          .isEqualTo(calls.stream().map(AssistantMessage.ToolCall::arguments).toList());
      // Spring calls the functions, and the model reads what they gave.
      var turns = ToolCallingManager.builder().build().executeToolCalls(prompt, response);
      OpenAiChatOptions next =
          options().toolCallbacks(ADD).toolChoice("none").maxTokens(20).build();
      assertThat(message(model.call(new Prompt(turns.conversationHistory(), next))).getToolCalls())
          .isEmpty();
      return;
    }
    throw new AssertionError("no seed made the model call more than once");
  }

  @Test
  void getsTheFormThatItAsksFor() {
    BeanOutputConverter<Person> form = new BeanOutputConverter<>(Person.class);
    ResponseFormat format =
        ResponseFormat.builder()
            .type(ResponseFormat.Type.JSON_SCHEMA)
            .jsonSchema(form.getJsonSchema())
            .build();
    OpenAiChatModel model = model(options().responseFormat(format).maxTokens(300));
    String text = message(model.call(new Prompt("Anna Berger is 30."))).getText();
    assertThat(form.convert(Objects.requireNonNull(text))).isNotNull();
  }

  @Test
  void getsVectors() {
    OpenAiEmbeddingModel model =
        OpenAiEmbeddingModel.builder()
            .options(
                OpenAiEmbeddingOptions.builder()
                    .baseUrl(home.url())
                    .apiKey("any")
                    .model(ServedHome.MODEL)
                    .build())
            .build();
    List<float[]> vectors = model.embed(Collections.nCopies(200, "one"));
    assertThat(vectors).hasSize(200);
    double square = 0;
    for (float number : vectors.getLast()) {
      square += number * number;
    }
    assertThat(square).isCloseTo(1, within(1e-5));
    assertThat(vectors.getLast()).isEqualTo(model.embed("one"));
    assertThat(model.embed("two")).isNotEqualTo(vectors.getFirst());
  }

  @Test
  void whoLeavesEndsTheDecision() {
    long before = home.stopped();
    ResponseFormat long300 =
        ResponseFormat.builder()
            .type(ResponseFormat.Type.JSON_SCHEMA)
            .jsonSchema(
                "{\"type\": \"array\", \"items\": {\"type\": \"boolean\"}, \"minItems\": 300,"
                    + " \"maxItems\": 300}")
            .build();
    assertThat(
            model(options().responseFormat(long300)).stream(new Prompt("count"))
                .take(1)
                .blockLast(LONG))
        .isNotNull();
    assertThat(home.hasStopped(before + 1)).isTrue();
  }

  @Test
  void getsErrorsThatItUnderstands() {
    assertThatThrownBy(() -> model(options().model("gpt-4")).call("x"))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"));
    assertThatThrownBy(() -> model(options().maxTokens(99_999)).call("x"))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> assertThat(e.code()).contains("context_length_exceeded"));
    assertThatThrownBy(
            () -> model(options().model("gpt-4")).stream(new Prompt("x")).collectList().block(LONG))
        .hasRootCauseInstanceOf(NotFoundException.class);
  }

  @Test
  void isToldWhoItIsAndHowMuchItMay(@TempDir Path folder) {
    String key = ServedHome.createKey(folder, "caller", Role.INVOKE).key();
    try (ServedHome guarded = new ServedHome(folder, ServedHome.settings(100))) {
      OpenAiChatOptions.Builder its = options().baseUrl(guarded.url());
      assertThatThrownBy(() -> model(its).call("x")).isInstanceOf(UnauthorizedException.class);
      OpenAiChatModel model = model(its.apiKey(key));
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 20; i++) {
                  model.call(ServedHome.QUESTION);
                }
              })
          .isInstanceOfSatisfying(
              RateLimitException.class,
              e -> assertThat(e.headers().values("retry-after")).isNotEmpty());
    }
  }
}
