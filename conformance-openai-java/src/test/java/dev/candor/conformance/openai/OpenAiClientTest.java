package dev.candor.conformance.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.candor.server.ServedHome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    home = new ServedHome(folder);
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
        .containsExactly(ServedHome.MODEL);
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

  @Test
  void callsTools() {
    FunctionDefinition add =
        FunctionDefinition.builder()
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
    ChatCompletionCreateParams.Builder question =
        chat("Add 1 and 2.")
            .addFunctionTool(add)
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
