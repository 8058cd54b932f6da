package dev.candor.conformance.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.server.ServedHome;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiLanguageModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    home = new ServedHome(folder);
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

  private ChatResponse streamed(ChatRequest request, StringBuilder told)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(home.url())
        .apiKey("any")
        .modelName(ServedHome.MODEL)
        .build()
        .chat(
            request,
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String piece) {
                told.append(piece);
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                whole.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                whole.completeExceptionally(error);
              }
            });
    return whole.get(60, TimeUnit.SECONDS);
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
    StringBuilder told = new StringBuilder();
    ChatResponse response =
        streamed(
            ChatRequest.builder().messages(UserMessage.from(ServedHome.QUESTION)).build(), told);
    assertThat(told).hasToString(ServedHome.ANSWER);
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
    AiMessage inPieces = streamed(request, new StringBuilder()).aiMessage();
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
}
