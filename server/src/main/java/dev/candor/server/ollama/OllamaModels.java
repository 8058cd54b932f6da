package dev.candor.server.ollama;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.server.JsonText;
import dev.candor.server.RequestFields;
import dev.candor.server.access.Gatekeeper;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ModelSource.Offer;
import dev.candor.server.models.ServedModel;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code GET /api/tags}, {@code /api/ps} and {@code /api/version}, {@code POST /api/show}. */
public final class OllamaModels {

  /** What this speaks: the version whose API docs were read. */
  private static final String VERSION = "0.12.0";

  private final ModelPool models;

  /** Tells of these. */
  public OllamaModels(ModelPool models) {
    this.models = models;
  }

  /** All that can be had. */
  public void tags(ServerRequest http, ServerResponse response) {
    send(response, Map.of("models", models.offers().stream().map(OllamaModels::members).toList()));
  }

  /** What is in memory. */
  public void running(ServerRequest http, ServerResponse response) {
    List<Object> running = new ArrayList<>();
    for (ModelPool.Resident resident : models.residents()) {
      Map<String, Object> members = members(models.offer(resident.name()));
      members.put("size_vram", 0);
      resident
          .endsMillis()
          .ifPresent(end -> members.put("expires_at", Instant.ofEpochMilli(end).toString()));
      running.add(members);
    }
    send(response, Map.of("models", running));
  }

  /** Which API. */
  public void version(ServerRequest http, ServerResponse response) {
    send(response, Map.of("version", VERSION));
  }

  /** One model, which is brought into memory for it. */
  public void show(ServerRequest http, ServerResponse response) {
    RequestFields fields = RequestFields.read(http);
    String name =
        OllamaRequest.modelName(
            fields
                .text("model")
                .or(() -> fields.text("name"))
                .orElseThrow(() -> fields.missing("model")));
    if (fields.has("model")) {
      fields.report("name");
    }
    fields.report("verbose", "system", "template", "options");
    fields.requireAllTaken();
    Authority.require(Gatekeeper.callerOf(http).principal(), Action.ASK);
    try (ModelPool.Lease lease = models.use(name)) {
      ServedModel model = lease.model();
      Offer offer = models.offer(name);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("modelfile", "");
      body.put("parameters", "");
      body.put("template", model.chat().map(chat -> chat.template().source()).orElse(""));
      body.put("details", details(model.language().architecture()));
      Map<String, Object> info = new LinkedHashMap<>();
      info.put("general.architecture", model.language().architecture());
      info.put("candor.digest", model.identity().digest());
      info.put(
          model.language().architecture() + ".context_length",
          model.language().model().contextLength());
      info.put("candor.served_context_length", model.contextTokens());
      body.put("model_info", info);
      List<String> capabilities = new ArrayList<>(List.of("completion", "embedding"));
      model.chat().ifPresent(_ -> capabilities.add("tools"));
      model.language().thinkingEnd().ifPresent(_ -> capabilities.add("thinking"));
      body.put("capabilities", capabilities);
      body.put("modified_at", Instant.ofEpochSecond(offer.createdSeconds()).toString());
      send(response, body);
    }
  }

  private static Map<String, Object> members(Offer offer) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", offer.name());
    members.put("model", offer.name());
    members.put("modified_at", Instant.ofEpochSecond(offer.createdSeconds()).toString());
    members.put("size", offer.bytes());
    members.put("digest", offer.digest());
    members.put("details", details(""));
    return members;
  }

  private static Map<String, Object> details(String family) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("parent_model", "");
    details.put("format", "gguf");
    details.put("family", family);
    details.put("families", family.isEmpty() ? List.of() : List.of(family));
    details.put("parameter_size", "");
    details.put("quantization_level", "");
    return details;
  }

  private static void send(ServerResponse response, Object body) {
    response.header("Content-Type", "application/json").send(JsonText.bytes(body));
  }
}
