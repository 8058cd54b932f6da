package dev.candor.engine.generation;

import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.templates.ChatTemplate;
import dev.candor.engine.templates.RenderedChat;
import dev.candor.engine.tokenizers.LiteralRanges;
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

  /**
   * The tokens of a chat, ready to append to a session. What came from messages and tools is text
   * and nothing else: control tokens that are written out in it are spelt, not obeyed. Where it
   * holds none, the tokens are those of the rendered text.
   */
  public int[] tokens(ChatRequest request) {
    RenderedChat rendered = render(request);
    int[] bounds = new int[2 * rendered.foreign().size()];
    for (int i = 0; i < rendered.foreign().size(); i++) {
      bounds[2 * i] = rendered.foreign().get(i).begin();
      bounds[2 * i + 1] = rendered.foreign().get(i).end();
    }
    return tokenizer.encode(rendered.text(), false, LiteralRanges.of(bounds));
  }
}
