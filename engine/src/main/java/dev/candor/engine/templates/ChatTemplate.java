package dev.candor.engine.templates;

import dev.candor.engine.TemplateException;
import dev.candor.engine.templates.RenderedChat.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's chat template: Jinja as Hugging Face's {@code apply_chat_template} runs it ({@code
 * trim_blocks}, {@code lstrip_blocks}, loop controls, {@code tojson} without escapes for HTML,
 * {@code raise_exception}, {@code strftime_now}, {@code generation} tags). Immutable and safe for
 * use by many threads.
 *
 * <h2>Security guarantees</h2>
 *
 * A template comes with a model from anywhere. It can read the request and nothing else: no
 * reflection, no files, no environment, no other template. It takes at most the steps, depth and
 * memory of its limits.
 *
 * <h2>Restrictions</h2>
 *
 * What is not supported is refused by name, most of it when the template is parsed: {@code
 * include}, {@code import}, {@code extends}, {@code block}, {@code call}, {@code filter}, {@code
 * with}, {@code do}, recursive loops, argument unpacking, formatting with {@code %}, integers
 * beyond 64 bits, mapping keys other than strings.
 */
public final class ChatTemplate {

  private final String source;
  private final List<Statement> statements;
  private final TemplateLimits limits;

  private ChatTemplate(String source, List<Statement> statements, TemplateLimits limits) {
    this.source = source;
    this.statements = statements;
    this.limits = limits;
  }

  /** Parses a template with the usual limits; see {@link #parse(String, TemplateLimits)}. */
  public static ChatTemplate parse(String source) {
    return parse(source, TemplateLimits.DEFAULT);
  }

  /**
   * Parses a template.
   *
   * @throws TemplateException {@code template.syntax}, {@code template.unsupported}, {@code
   *     template.too-deep} or {@code template.too-large}, each naming the line
   */
  public static ChatTemplate parse(String source, TemplateLimits limits) {
    if (source.length() > TemplateLimits.SOURCE_CHARACTERS) {
      throw new TemplateException(
          "too-large",
          "the chat template has "
              + source.length()
              + " characters, allowed are "
              + TemplateLimits.SOURCE_CHARACTERS,
          "Use another template; this one may be malicious.");
    }
    return new ChatTemplate(source, TemplateParser.parse(source, limits.depth()), limits);
  }

  /** The template as written. */
  public String source() {
    return source;
  }

  /**
   * The prompt of a chat.
   *
   * @throws TemplateException {@code template.raised} if the template itself refuses the messages,
   *     {@code template.type} if they are not of the form it expects, {@code template.unsupported},
   *     or one of {@code template.too-many-steps}, {@code template.too-deep}, {@code
   *     template.output-too-large}
   */
  public RenderedChat render(ChatRequest request) {
    Execution run = new Execution(limits, request.now());
    Scope scope = new Scope();
    Interpreter.define(scope);
    scope.set("tools", Values.NONE);
    scope.set("documents", Values.NONE);
    request.variables().forEach((name, value) -> scope.set(name, Values.of(value, false)));
    List<Object> messages = new ArrayList<>();
    for (ChatMessage message : request.messages()) {
      messages.add(message(message));
    }
    scope.set("messages", messages);
    scope.set("add_generation_prompt", request.addGenerationPrompt());
    if (!request.tools().isEmpty()) {
      scope.set("tools", Values.of(request.tools(), true));
    }
    Text text = new Interpreter(run).render(statements, scope);
    int[] ranges = text.foreignRanges();
    List<Range> foreign = new ArrayList<>();
    for (int i = 0; i < ranges.length; i += 2) {
      foreign.add(new Range(ranges[i], ranges[i + 1]));
    }
    return new RenderedChat(text.chars(), foreign);
  }

  /** Roles are the application's words, checked to be plain names; all else is the user's. */
  private static Map<Text, Object> message(ChatMessage message) {
    Map<Text, Object> members = new LinkedHashMap<>();
    message
        .fields()
        .forEach(
            (name, value) -> members.put(Text.of(name), Values.of(value, !name.equals("role"))));
    return members;
  }
}
