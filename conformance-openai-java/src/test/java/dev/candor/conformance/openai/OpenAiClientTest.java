package dev.candor.conformance.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.candor.governance.access.Role;
import dev.candor.server.ServedHome;
import dev.candor.server.ServerSettings;
import dev.candor.server.Thinker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The official Java client, on which Spring AI is built too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class OpenAiClientTest {

  /** What a client makes of an answer that it was promised the form of. */
  static final class Person {
    public String name = "";
    public int age;
  }

  private ServedHome home;
  private OpenAIClient client;

  @BeforeAll
  void start(@TempDir Path folder) {
    home = new ServedHome(folder.resolve("home"), ServerSettings.loopback(0), new Thinker(folder));
    client = OpenAIOkHttpClient.builder().baseUrl(home.url()).apiKey("any").build();
  }

  @AfterAll
  void stop() {
    client.close();
    home.close();
  }

  private static ChatCompletionCreateParams.Builder chat(String question) {
    return ChatCompletionCreateParams.builder().model(ServedHome.MODEL).addUserMessage(question);
  }

  @Test
  void seesTheModels() {
    assertThat(client.models().list().data().stream().map(Model::id))
        .containsExactly(ServedHome.MODEL, Thinker.MODEL);
    Model model = client.models().retrieve(ServedHome.MODEL);
    assertThat(model.created()).isPositive();
    assertThat(model.ownedBy()).isEqualTo("candor");
  }

  @Test
  void getsAnAnswer() {
    ChatCompletion answer = client.chat().completions().create(chat(ServedHome.QUESTION).build());
    answer.validate();
    assertThat(answer.choices().getFirst().message().content()).contains(ServedHome.ANSWER);
    assertThat(answer.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(answer.usage().orElseThrow().totalTokens()).isPositive();
    assertThat(answer._additionalProperties()).containsKey("candor");
  }

  @Test
  void getsAnAnswerInPieces() {
    ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> stream =
        client
            .chat()
            .completions()
            .createStreaming(
                chat(ServedHome.QUESTION)
                    .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                    .build())) {
      stream.stream().peek(ChatCompletionChunk::validate).forEach(all::accumulate);
    }
    ChatCompletion answer = all.chatCompletion();
    assertThat(answer.choices().getFirst().message().content()).contains(ServedHome.ANSWER);
    assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
  }

  /** The stream as the client puts it together. */
  private ChatCompletion streamed(ChatCompletionCreateParams request) {
    ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(request)) {
      stream.stream().forEach(all::accumulate);
    }
    return all.chatCompletion();
  }

  private static List<ChatCompletionMessageFunctionToolCall.Function> calls(ChatCompletion answer) {
    return answer.choices().getFirst().message().toolCalls().orElseThrow().stream()
        .map(call -> call.asFunction().function())
        .toList();
  }

  private static FunctionDefinition add() {
    return FunctionDefinition.builder()
        .name("add")
        .strict(true)
        .parameters(
            FunctionParameters.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty(
                    "properties", JsonValue.from(Map.of("a", Map.of("type", "integer"))))
                .putAdditionalProperty("required", JsonValue.from(List.of("a")))
                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                .build())
        .build();
  }

  @Test
  @SuppressWarnings("deprecation") // OpenAI holds a seed no longer; here it is held.
  void callsSeveralToolsAndTellsTheirResults() {
    for (int seed = 0; seed < 80; seed++) {
      ChatCompletionCreateParams.Builder question =
          chat("Add 1, and add 2.")
              .addFunctionTool(add())
              .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
              .maxCompletionTokens(400)
              .temperature(5.0) // whatever it was taught
              .seed(seed);
      ChatCompletion whole = client.chat().completions().create(question.build());
      if (calls(whole).size() < 2) {
        continue;
      }
      assertThat(calls(streamed(question.build()))).isEqualTo(calls(whole));
      question.addMessage(whole.choices().getFirst().message());
      for (ChatCompletionMessageToolCall call :
          whole.choices().getFirst().message().toolCalls().orElseThrow()) {
        question.addMessage(
            ChatCompletionToolMessageParam.builder()
                .toolCallId(call.asFunction().id())
                .content("3")
                .build());
      }
      question.toolChoice(ChatCompletionToolChoiceOption.Auto.NONE).maxCompletionTokens(20);
      ChatCompletion answer = client.chat().completions().create(question.build());
      assertThat(answer.choices().getFirst().message().toolCalls()).isEmpty();
      return;
    }
    throw new AssertionError("no seed made the model call more than once");
  }

  @Test
  @SuppressWarnings("deprecation") // The same.
  void getsThoughtsApart() {
    ChatCompletionCreateParams request =
        chat("Hello")
            .model(Thinker.MODEL)
            .seed(1)
            .temperature(1.0)
            .maxCompletionTokens(60)
            .logitBias(
                ChatCompletionCreateParams.LogitBias.builder()
                    .putAdditionalProperty("" + Thinker.END, JsonValue.from(4))
                    .build())
            .build();
    ChatCompletion answer = client.chat().completions().create(request);
    String thoughts =
        String.valueOf(
            answer.choices().getFirst().message()._additionalProperties().get("reasoning_content"));
    assertThat(thoughts).isNotEqualTo("null").doesNotContain("</think>");
    assertThat(answer.choices().getFirst().message().content().orElseThrow()).isNotEmpty();
    assertThat(
            answer
                .usage()
                .orElseThrow()
                .completionTokensDetails()
                .orElseThrow()
                .reasoningTokens()
                .orElseThrow())
        .isPositive();
    StringBuilder told = new StringBuilder();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(request)) {
      stream.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .map(choice -> choice.delta()._additionalProperties().get("reasoning_content"))
          .filter(Objects::nonNull)
          .forEach(told::append);
    }
    assertThat(told).hasToString(thoughts);
  }

  /** The client asks for base64 where nothing is said, and reads it. */
  @Test
  void getsVectors() {
    EmbeddingCreateParams.Builder question =
        EmbeddingCreateParams.builder()
            .model(ServedHome.MODEL)
            .inputOfArrayOfStrings(Collections.nCopies(200, "one"));
    List<Embedding> usual = client.embeddings().create(question.build()).data();
    List<Embedding> numbers =
        client
            .embeddings()
            .create(question.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT).build())
            .data();
    assertThat(usual).hasSize(200);
    assertThat(usual.getLast().index()).isEqualTo(199);
    assertThat(usual.getLast().embedding()).isEqualTo(numbers.getFirst().embedding());
  }

  @Test
  void whoLeavesEndsTheDecision() {
    long before = home.stopped();
    ChatCompletionCreateParams request =
        chat("count")
            .responseFormat(
                ResponseFormatJsonSchema.builder()
                    .jsonSchema(
                        ResponseFormatJsonSchema.JsonSchema.builder()
                            .name("many")
                            .schema(
                                ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                                    .putAdditionalProperty("type", JsonValue.from("array"))
                                    .putAdditionalProperty(
                                        "items", JsonValue.from(Map.of("type", "boolean")))
                                    .putAdditionalProperty("minItems", JsonValue.from(300))
                                    .putAdditionalProperty("maxItems", JsonValue.from(300))
                                    .build())
                            .build())
                    .build())
            .build();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(request)) {
      assertThat(stream.stream().findFirst()).isPresent();
    }
    assertThat(home.hasStopped(before + 1)).isTrue();
  }

  @Test
  void isToldWhoItIsAndHowMuchItMay(@TempDir Path folder) {
    String key = ServedHome.createKey(folder, "caller", Role.INVOKE).key();
    try (ServedHome guarded = new ServedHome(folder, ServedHome.settings(100))) {
      OpenAIClient unknown =
          client.withOptions(its -> its.baseUrl(guarded.url()).apiKey("candor-wrong"));
      OpenAIClient caller =
          client.withOptions(its -> its.baseUrl(guarded.url()).apiKey(key).maxRetries(0));
      ChatCompletionCreateParams request = chat(ServedHome.QUESTION).build();
      assertThatThrownBy(() -> unknown.chat().completions().create(request))
          .isInstanceOf(UnauthorizedException.class);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 20; i++) {
                  caller.chat().completions().create(request);
                }
              })
          .isInstanceOfSatisfying(
              RateLimitException.class,
              e -> assertThat(e.headers().values("retry-after")).hasSize(1));
    }
  }

  @Test
  void callsOneTool() {
    ChatCompletionCreateParams.Builder question =
        chat("Add 1 and 2.")
            .addFunctionTool(add())
            .parallelToolCalls(false)
            .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED);
    ChatCompletion answer = client.chat().completions().create(question.build());
    ChatCompletion.Choice choice = answer.choices().getFirst();
    assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    ChatCompletionMessageFunctionToolCall call =
        choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    assertThat(call.function().name()).isEqualTo("add");
    assertThat(call.function().arguments()).matches("\\{\"a\": -?\\d+}");
  }

  @Test
  void getsTheFormThatItAsksFor() {
    var answer =
        client
            .chat()
            .completions()
            .create(
                chat("Anna Berger is 30 years old.")
                    .responseFormat(Person.class)
                    .maxCompletionTokens(300)
                    .build());
    assertThat(answer.choices().getFirst().message().content()).isPresent();
    Person person = answer.choices().getFirst().message().content().orElseThrow();
    assertThat(person.name).isNotNull();
  }

  @Test
  void goesOnFromAText() {
    var answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(ServedHome.MODEL)
                    .prompt("The capital of France is")
                    .maxTokens(4)
                    .build());
    assertThat(answer.choices()).hasSize(1);
    assertThat(answer.usage().orElseThrow().completionTokens()).isBetween(1L, 4L);
  }

  @Test
  void asksForResponses() {
    ResponseCreateParams question =
        ResponseCreateParams.builder().model(ServedHome.MODEL).input(ServedHome.QUESTION).build();
    Response answer = client.responses().create(question);
    assertThat(answer.output().getFirst().asMessage().content().getFirst().asOutputText().text())
        .isEqualTo(ServedHome.ANSWER);
    List<ResponseStreamEvent> events = new ArrayList<>();
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().createStreaming(question)) {
      stream.stream().forEach(events::add);
    }
    StringBuilder text = new StringBuilder();
    events.forEach(event -> event.outputTextDelta().ifPresent(it -> text.append(it.delta())));
    assertThat(text).hasToString(ServedHome.ANSWER);
    assertThat(events.getLast().isCompleted()).isTrue();
  }

  @Test
  void getsErrorsThatItUnderstands() {
    assertThatThrownBy(() ->
            client
                .chat()
                .completions()
                .create(
                    ChatCompletionCreateParams.builder()
                        .model("gpt-4")
                        .addUserMessage("x")
                        .build()))
        .isInstanceOfSatisfying(
            NotFoundException.class, e -> assertThat(e.code()).contains("model_not_found"));
    assertThatThrownBy(
            () -> client.chat().completions().create(chat("x").maxCompletionTokens(99_999).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> {
              assertThat(e.code()).contains("context_length_exceeded");
              assertThat(e.param()).contains("messages");
            });
  }
}
