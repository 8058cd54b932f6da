package dev.candor.server.openai;

import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ModelSource.Offer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code GET /v1/models} and {@code GET /v1/models/{id}}. */
public final class ModelList {

  private final ModelPool models;

  /** Tells of these. */
  public ModelList(ModelPool models) {
    this.models = models;
  }

  /** All of them. */
  public void list(ServerRequest http, ServerResponse response) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", models.offers().stream().map(ModelList::members).toList());
    ChatCompletions.send(response, body);
  }

  /** One of them. */
  public void one(ServerRequest http, ServerResponse response) {
    ChatCompletions.send(response, members(models.offer(http.path().pathParameters().get("id"))));
  }

  private static Map<String, Object> members(Offer offer) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", offer.name());
    members.put("object", "model");
    members.put("created", offer.createdSeconds());
    members.put("owned_by", "candor");
    return members;
  }
}
