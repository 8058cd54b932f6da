package dev.candor.server.answers;

import dev.candor.engine.constraints.CallForm;
import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.ChatFormat;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.server.HttpProblem;
import dev.candor.server.answers.tools.ToolChoice;
import dev.candor.server.answers.tools.ToolDialect;
import dev.candor.server.models.ServedModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a model is to read, and how its answer is to be understood.
 *
 * @param model who answers
 * @param prompt all that it reads
 * @param thinkingEnd what ends its thoughts, if there may be some in the answer
 * @param thoughtsBegun whether the prompt ends within thoughts
 * @param tools what it may call
 * @param dialect how it does
 * @param callsBegun whether the prompt has begun the calls
 * @param constraint what the answer may be
 */
public record AnswerPlan(
    ServedModel model,
    TokenIds prompt,
    Optional<String> thinkingEnd,
    boolean thoughtsBegun,
    ToolChoice tools,
    ToolDialect dialect,
    boolean callsBegun,
    Optional<Constraint> constraint) {

  private static final String THINK = "<think>";

  /** What a model that thinks aloud is given instead of its own thoughts. */
  private static final String EMPTY_THOUGHT = "<think>\n\n</think>\n\n";

  /** A text to go on from, without a template. */
  public static AnswerPlan ofText(
      ServedModel model, int[] prompt, Optional<Constraint> constraint) {
    return new AnswerPlan(
        model,
        TokenIds.of(prompt),
        Optional.empty(),
        false,
        ToolChoice.NONE,
        ToolDialect.of(""),
        false,
        constraint);
  }

  /**
   * A conversation.
   *
   * @param format what the answer proper may be, if it may not be everything
   * @param thinks whether a model that can think may do so
   * @throws HttpProblem 400 if the model cannot do it
   */
  public static AnswerPlan ofChat(
      ServedModel model,
      List<ChatMessage> messages,
      ToolChoice tools,
      Optional<Constraint> format,
      boolean thinks) {
    LanguageModel language = model.language();
    Tokenizer tokenizer = language.tokenizer();
    ChatFormat chat = model.chat().orElseThrow(() -> noTemplate(model));
    ToolDialect dialect = ToolDialect.of(chat.template().source());
    ChatRequest request =
        ChatRequest.of(dialect.messages(messages, tools.tools()))
            .withVariables(Map.of("enable_thinking", thinks));
    if (dialect.isWrittenByTemplate() && !tools.tools().isEmpty()) {
      request = request.withTools(tools.tools());
    }
    int[] prompt = chat.tokens(request);
    Optional<String> mark = thinks ? language.thinkingEnd() : Optional.empty();
    boolean begun = mark.isPresent() && endsWithThink(tokenizer, prompt);
    if (!thinks && language.thinkingEnd().isPresent() && !endsThoughts(language, prompt)) {
      prompt = joined(prompt, tokenizer.encode(EMPTY_THOUGHT, false, true));
    }
    Optional<Constraint> constraint = format;
    boolean callsBegun = false;
    if (tools.mayCall()) {
      String open = dialect.form().open();
      if (!isControl(tokenizer, open)) {
        constraint = Optional.of(calls(dialect.form(), tools));
      } else if (tools.required() && mark.isEmpty()) {
        // A mark that is a control token cannot be spelt by others: the prompt has it.
        prompt = joined(prompt, tokenizer.encode(open, false, true));
        CallForm rest = dialect.form();
        constraint =
            Optional.of(
                calls(
                    new CallForm(
                        "",
                        rest.between(),
                        spoken(tokenizer, rest.close()),
                        rest.beforeName(),
                        rest.beforeArguments(),
                        rest.afterArguments()),
                    tools));
        callsBegun = true;
      } else if (tools.required() || tools.strict().isPresent()) {
        throw HttpProblem.ofField(
            "tools",
            "unsupported_value",
            "This model marks calls by a control token, so they can be held to a schema only where"
                + " a call is required and it does not think first.");
      }
    }
    if (mark.isPresent() && constraint.isPresent()) {
      constraint = Optional.of(constraint.get().after(mark.get()));
    }
    return new AnswerPlan(
        model,
        TokenIds.of(prompt),
        language.thinkingEnd(),
        begun,
        tools,
        dialect,
        callsBegun,
        constraint);
  }

  private static Constraint calls(CallForm form, ToolChoice tools) {
    return Constraint.calls(
        form, new CallForm.Calls(tools.functions(), tools.required(), tools.several()));
  }

  private static HttpProblem noTemplate(ServedModel model) {
    return HttpProblem.ofField(
        "model",
        "model_not_for_chat",
        model.name()
            + " has no chat template: it was not made for conversations. Ask /v1/completions.");
  }

  private static boolean endsWithThink(Tokenizer tokenizer, int[] prompt) {
    return tail(tokenizer, prompt).stripTrailing().endsWith(THINK);
  }

  private static boolean endsThoughts(LanguageModel language, int[] prompt) {
    return tail(language.tokenizer(), prompt)
        .stripTrailing()
        .endsWith(language.thinkingEnd().orElseThrow());
  }

  private static String tail(Tokenizer tokenizer, int[] prompt) {
    int from = Math.max(0, prompt.length - 16);
    return tokenizer.decode(Arrays.copyOfRange(prompt, from, prompt.length), false);
  }

  private static int[] joined(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** Whether the mark, or the beginning of it up to a bracket, is a control token. */
  private static boolean isControl(Tokenizer tokenizer, String mark) {
    return controlToken(tokenizer, mark).isPresent();
  }

  private static OptionalInt controlToken(Tokenizer tokenizer, String mark) {
    for (int length = mark.length(); length > 1; length--) {
      OptionalInt id = tokenizer.id(mark.substring(0, length));
      if (id.isPresent() && tokenizer.isSpecial(id.getAsInt())) {
        return id;
      }
    }
    return OptionalInt.empty();
  }

  /** What of the mark behind calls can be spelt: none of a control token. */
  private static String spoken(Tokenizer tokenizer, String close) {
    for (int from = 0; from < close.length(); from++) {
      if (isControl(tokenizer, close.substring(from))) {
        return close.substring(0, from);
      }
    }
    return close;
  }

  /** The text of a token; of a control token that marks calls, its spelling. */
  String spelt(GeneratedToken token) {
    if (!tools.mayCall()) {
      return token.text();
    }
    Tokenizer tokenizer = model.language().tokenizer();
    if (!tokenizer.isSpecial(token.id()) || model.language().isEnd(token.id())) {
      return token.text();
    }
    String spelling = tokenizer.token(token.id());
    CallForm form = dialect.form();
    boolean marks =
        !spelling.isEmpty() && (form.open().contains(spelling) || form.close().contains(spelling));
    return marks ? token.text() + spelling : token.text();
  }

  /** Reads an answer to it. */
  public AnswerReader reader() {
    return new AnswerReader(this);
  }

  /**
   * How many tokens the answer may have.
   *
   * @param asked what the request says
   * @throws HttpProblem 400 {@code context_length_exceeded} with both numbers
   */
  public int maximumTokens(OptionalInt asked) {
    int context = model.contextTokens();
    int room = context - prompt.size();
    if (room < 1 || asked.isPresent() && asked.getAsInt() > room) {
      String wish =
          asked.isPresent()
              ? prompt.size()
                  + " tokens of prompt and asks for "
                  + asked.getAsInt()
                  + " of answer, "
                  + ((long) prompt.size() + asked.getAsInt())
                  + " together"
              : prompt.size() + " tokens of prompt, which leaves no room for an answer";
      throw HttpProblem.ofField(
          "messages",
          "context_length_exceeded",
          "The context of "
              + model.name()
              + " is "
              + context
              + " tokens here. The request has "
              + wish
              + ".");
    }
    return asked.orElse(room);
  }
}
