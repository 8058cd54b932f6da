package dev.candor.conformance.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.access.Role;
import dev.candor.server.ServedHome;
import dev.candor.server.ServerSettings;
import dev.candor.server.Thinker;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiLanguageModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** LangChain4j as it comes: its client asks for an upgrade to HTTP/2 with each POST. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class LangChain4jTest {

  private static final ToolSpecification ADD =
      ToolSpecification.builder()
          .name("add")
          .description("Adds two numbers.")
          .parameters(
              JsonObjectSchema.builder()
                  .addIntegerProperty("a")
                  .addIntegerProperty("b")
                  .required("a", "b")
                  .build())
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

  private OpenAiChatModel.OpenAiChatModelBuilder model() {
    return OpenAiChatModel.builder()
        .baseUrl(home.url())
        .apiKey("any")
        .modelName(ServedHome.MODEL)
        .maxRetries(0);
  }

  private OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder streaming() {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(home.url())
        .apiKey("any")
        .modelName(ServedHome.MODEL);
  }

  /** Keeps what comes in pieces. */
  private static class Pieces implements StreamingChatResponseHandler {
    final StringBuilder told = new StringBuilder();
    final StringBuilder thought = new StringBuilder();
    final CompletableFuture<ChatResponse> whole = new CompletableFuture<>();

    @Override
    public void onPartialResponse(String piece) {
      told.append(piece);
    }

    @Override
    public void onPartialThinking(PartialThinking piece) {
      thought.append(piece.text());
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      whole.complete(response);
    }

    @Override
    public void onError(Throwable error) {
      whole.completeExceptionally(error);
    }

    ChatResponse response() throws InterruptedException, ExecutionException, TimeoutException {
      return whole.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void getsAnAnswer() {
    ChatResponse response = model().build().chat(UserMessage.from(ServedHome.QUESTION));
    assertThat(response.aiMessage().text()).isEqualTo(ServedHome.ANSWER);
    assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(response.tokenUsage().totalTokenCount()).isPositive();
  }

  @Test
  void getsAnAnswerInPieces() throws Exception {
    Pieces pieces = new Pieces();
    streaming().build().chat(List.of(UserMessage.from(ServedHome.QUESTION)), pieces);
    ChatResponse response = pieces.response();
    assertThat(pieces.told).hasToString(ServedHome.ANSWER);
    assertThat(response.aiMessage().text()).isEqualTo(ServedHome.ANSWER);
    assertThat(response.tokenUsage().outputTokenCount()).isPositive();
  }

  @Test
  void callsToolsAndTellsTheirResults() throws Exception {
    UserMessage question = UserMessage.from("Add 1 and 2.");
    ChatRequest request =
        ChatRequest.builder()
            .messages(question)
            .toolSpecifications(ADD)
            .toolChoice(ToolChoice.REQUIRED)
            .maxOutputTokens(300)
            .build();
    AiMessage whole = model().build().chat(request).aiMessage();
    Pieces pieces = new Pieces();
    streaming().build().chat(request, pieces);
    AiMessage inPieces = pieces.response().aiMessage();
    assertThat(whole.toolExecutionRequests()).isNotEmpty();
    assertThat(inPieces.toolExecutionRequests().stream().map(ToolExecutionRequest::arguments))
        .containsExactlyElementsOf(
            whole.toolExecutionRequests().stream().map(ToolExecutionRequest::arguments).toList());
    ToolExecutionRequest call = inPieces.toolExecutionRequests().getFirst();
    assertThat(call.name()).isEqualTo("add");
    assertThat(call.arguments()).matches("\\{\"a\": -?\\d+, \"b\": -?\\d+}");
    List<ToolExecutionResultMessage> results =
        whole.toolExecutionRequests().stream()
            .map(each -> ToolExecutionResultMessage.from(each, "3"))
            .toList();
    ChatRequest.Builder next = ChatRequest.builder().toolSpecifications(ADD).maxOutputTokens(20);
    List<ChatMessage> messages = new ArrayList<>();
    messages.add(question);
    messages.add(whole);
    messages.addAll(results);
    assertThat(model().build().chat(next.messages(messages).build()).aiMessage()).isNotNull();
  }

  @Test
  void callsSeveralTools() throws Exception {
    ChatRequest request =
        ChatRequest.builder()
            .messages(UserMessage.from("Add 1 and 2, and 3 and 4."))
            .toolSpecifications(ADD)
            .toolChoice(ToolChoice.REQUIRED)
            .maxOutputTokens(400)
            .temperature(5.0) // whatever it was taught
            .build();
    for (int seed = 0; seed < 80; seed++) {
      AiMessage whole =
          model().seed(seed).parallelToolCalls(true).build().chat(request).aiMessage();
      if (whole.toolExecutionRequests().size() > 1) {
        Pieces pieces = new Pieces();
        streaming().seed(seed).parallelToolCalls(true).build().chat(request, pieces);
        List<ToolExecutionRequest> calls = pieces.response().aiMessage().toolExecutionRequests();
        assertThat(calls).extracting(ToolExecutionRequest::id).doesNotHaveDuplicates();
        assertThat(calls)
            .extracting(ToolExecutionRequest::arguments)
            .isEqualTo(
                whole.toolExecutionRequests().stream()
                    .map(ToolExecutionRequest::arguments)
                    .toList());
        return;
      }
    }
    throw new AssertionError("no seed made the model call more than once");
  }

  @Test
  void getsThoughtsApart() throws Exception {
    ChatRequest request =
        ChatRequest.builder()
            .messages(UserMessage.from("Hello"))
            .temperature(1.0)
            .maxOutputTokens(60)
            .build();
    Map<String, Integer> soon = Map.of("" + Thinker.END, 4);
    AiMessage whole =
        model()
            .modelName(Thinker.MODEL)
            .seed(1)
            .logitBias(soon)
            .returnThinking(true)
            .build()
            .chat(request)
            .aiMessage();
    assertThat(whole.thinking()).isNotEmpty().doesNotContain("</think>");
    assertThat(whole.text()).isNotEmpty();
    Pieces pieces = new Pieces();
    streaming()
        .modelName(Thinker.MODEL)
        .seed(1)
        .logitBias(soon)
        .returnThinking(true)
        .build()
        .chat(request, pieces);
    assertThat(pieces.response().aiMessage()).isEqualTo(whole);
    assertThat(pieces.thought).hasToString(whole.thinking());
  }

  @Test
  void getsVectors() {
    OpenAiEmbeddingModel model =
        OpenAiEmbeddingModel.builder()
            .baseUrl(home.url())
            .apiKey("any")
            .modelName(ServedHome.MODEL)
            .build();
    List<TextSegment> texts = Collections.nCopies(200, TextSegment.from("one"));
    List<Embedding> vectors = model.embedAll(texts).content();
    assertThat(vectors).hasSize(200);
    assertThat(vectors.getFirst()).isEqualTo(vectors.getLast());
    assertThat(vectors.getFirst()).isNotEqualTo(model.embed("two").content());
  }

  @Test
  void whoLeavesEndsTheDecision() {
    long before = home.stopped();
    JsonSchema many =
        JsonSchema.builder()
            .name("many")
            .rootElement(
                JsonRawSchema.from(
                    "{\"type\": \"array\", \"items\": {\"type\": \"boolean\"}, \"minItems\": 300,"
                        + " \"maxItems\": 300}"))
            .build();
    ChatRequest request =
        ChatRequest.builder()
            .messages(UserMessage.from("count"))
            .responseFormat(
                ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(many).build())
            .build();
    streaming()
        .build()
        .chat(
            request,
            new Pieces() {
              @Override
              public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                context.streamingHandle().cancel();
              }
            });
    assertThat(home.hasStopped(before + 1)).isTrue();
  }

  @Test
  void getsTheFormThatItAsksFor() {
    JsonSchema schema =
        JsonSchema.builder()
            .name("person")
            .rootElement(
                JsonObjectSchema.builder()
                    .addStringProperty("name")
                    .addIntegerProperty("age")
                    .required("name", "age")
                    .build())
            .build();
    ChatRequest request =
        ChatRequest.builder()
            .messages(UserMessage.from("Anna is 30."))
            .responseFormat(
                ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build())
            .maxOutputTokens(300)
            .build();
    String text = model().strictJsonSchema(true).build().chat(request).aiMessage().text();
    assertThat(text).matches("(?s)\\{\"name\": \".*\", \"age\": -?\\d+}");
  }

  @Test
  void goesOnFromAText() {
    String text =
        OpenAiLanguageModel.builder()
            .baseUrl(home.url())
            .apiKey("any")
            .modelName(ServedHome.MODEL)
            .build()
            .generate("The capital of France is")
            .content();
    assertThat(text).isNotNull();
  }

  @Test
  void getsErrorsThatItUnderstands() {
    assertThatThrownBy(() -> model().modelName("gpt-4").build().chat("x"))
        .isInstanceOf(ModelNotFoundException.class);
    assertThatThrownBy(() -> model().maxTokens(99_999).build().chat("x"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("context_length_exceeded");
  }

  @Test
  void isToldWhoItIsAndHowMuchItMay(@TempDir Path folder) {
    String key = ServedHome.createKey(folder, "caller", Role.INVOKE).key();
    try (ServedHome guarded = new ServedHome(folder, ServedHome.settings(100))) {
      assertThatThrownBy(() -> model().baseUrl(guarded.url()).build().chat("x"))
          .isInstanceOf(AuthenticationException.class);
      OpenAiChatModel model = model().baseUrl(guarded.url()).apiKey(key).build();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 20; i++) {
                  model.chat(ServedHome.QUESTION);
                }
              })
          .isInstanceOf(RateLimitException.class);
    }
  }
}
