package dev.candor.engine.generation;

import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.templates.ChatTemplate;
import dev.candor.engine.templates.RenderedChat;
import dev.candor.engine.tokenizers.Tokenizer;
import java.util.HashMap;
import java.util.Map;

/** How a model wants to be spoken to: chats as text and as tokens. Immutable. */
public final class ChatFormat {

  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final Map<String, Object> variables;

  ChatFormat(ChatTemplate template, Tokenizer tokenizer, Map<String, Object> variables) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.variables = variables;
  }

  /** The template itself. */
  public ChatTemplate template() {
    return template;
  }

  /**
   * The text of a chat. The model's own variables, such as {@code bos_token}, are there unless the
   * request gives others.
   */
  public RenderedChat render(ChatRequest request) {
    Map<String, Object> all = new HashMap<>(variables);
    all.putAll(request.variables());
    return template.render(request.withVariables(all));
  }

  /** The tokens of a chat, ready to append to a session. */
  public int[] tokens(ChatRequest request) {
    return tokenizer.encode(render(request).text(), false, true);
  }
}
