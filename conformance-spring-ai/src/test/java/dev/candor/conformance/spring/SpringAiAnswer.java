package dev.candor.conformance.spring;

import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Asks a model of {@code candor serve} one question, through Spring AI, as the answer comes. */
public final class SpringAiAnswer {

  private SpringAiAnswer() {}

  public static void main(String[] arguments) {
    OpenAiChatOptions options =
        OpenAiChatOptions.builder()
            .baseUrl(arguments[0]) // http://127.0.0.1:8080/v1
            .apiKey("any")
            .model("candor-mini")
            .build();
    OpenAiChatModel model = OpenAiChatModel.builder().options(options).build();
    model.stream(arguments[1]).doOnNext(System.out::print).blockLast();
  }
}
