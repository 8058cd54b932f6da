package dev.candor.server.ollama;

import dev.candor.server.LongReply;
import dev.candor.server.RequestFields;
import dev.candor.server.openai.Embeddings;
import dev.candor.server.openai.Reply;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code POST /api/embed}, and {@code POST /api/embeddings}, which older clients call. */
public final class OllamaEmbeddings {

  private final Embeddings embeddings;

  /** Has them made as those of OpenAI's clients are. */
  public OllamaEmbeddings(Embeddings embeddings) {
    this.embeddings = embeddings;
  }

  /** A vector for each text. */
  public void embed(ServerRequest http, ServerResponse response) {
    RequestFields fields = RequestFields.read(http);
    // A text that is too long is refused, whatever is said of cutting it.
    if (fields.flag("truncate", false)) {
      fields.report("truncate");
    }
    LongReply reply = new LongReply(response);
    long began = System.nanoTime();
    Embeddings.Asked asked = asked(fields, "input");
    Embeddings.Made made = embeddings.make(http, fields, asked, reply);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", asked.model());
    body.put("embeddings", made.vectors().stream().map(Embeddings::numbers).toList());
    body.put("total_duration", System.nanoTime() - began);
    body.put("load_duration", 0);
    body.put("prompt_eval_count", made.tokens());
    body.put("candor", Reply.candor(made.decisions(), fields.reported()));
    reply.send(body);
  }

  /** The vector of one text. */
  public void embeddings(ServerRequest http, ServerResponse response) {
    RequestFields fields = RequestFields.read(http);
    fields.requiredText("prompt");
    LongReply reply = new LongReply(response);
    Embeddings.Made made = embeddings.make(http, fields, asked(fields, "prompt"), reply);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("embedding", Embeddings.numbers(made.vectors().getFirst()));
    body.put("candor", Reply.candor(made.decisions(), fields.reported()));
    reply.send(body);
  }

  private static Embeddings.Asked asked(RequestFields fields, String texts) {
    fields.report("options");
    String model = OllamaRequest.modelName(fields.requiredText("model"));
    return Embeddings.Asked.read(fields, model, texts);
  }
}
