package dev.candor.conformance.langchain4j;

import dev.langchain4j.model.openai.OpenAiChatModel;

/** Asks a model of {@code candor serve} one question, through LangChain4j. */
public final class LangChain4jAnswer {

  private LangChain4jAnswer() {}

  public static void main(String[] arguments) {
    OpenAiChatModel model =
        OpenAiChatModel.builder()
            .baseUrl(arguments[0]) // http://127.0.0.1:8080/v1
            .apiKey("any")
            .modelName("candor-mini")
            .build();
    System.out.println(model.chat(arguments[1]));
  }
}
