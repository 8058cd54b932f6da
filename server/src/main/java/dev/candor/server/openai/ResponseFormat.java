package dev.candor.server.openai;

import dev.candor.engine.EngineException;
import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.json.JsonObject;
import dev.candor.server.HttpProblem;
import dev.candor.server.JsonText;
import dev.candor.server.RequestFields;
import java.util.Optional;

/** The field {@code response_format}: what an answer may be. */
public final class ResponseFormat {

  private ResponseFormat() {}

  /** Reads it; empty for any text. */
  static Optional<Constraint> read(RequestFields fields) {
    Optional<RequestFields> given = fields.object("response_format");
    if (given.isEmpty()) {
      return Optional.empty();
    }
    RequestFields format = given.get();
    String type = format.requiredText("type");
    Optional<Constraint> constraint =
        switch (type) {
          case "text" -> Optional.empty();
          case "json_object" -> Optional.of(Constraint.json());
          case "json_schema" -> Optional.of(schema(format));
          default ->
              throw format.wrong(
                  "type", "is '" + type + "', allowed are text, json_object and json_schema");
        };
    format.requireAllTaken();
    return constraint;
  }

  private static Constraint schema(RequestFields format) {
    RequestFields named =
        format.object("json_schema").orElseThrow(() -> format.missing("json_schema"));
    // What is generated fits the schema whether or not it is asked to be strict.
    named.flag("strict", true);
    named.text("name");
    named.text("description");
    Object schema = named.value("schema").orElseThrow(() -> named.missing("schema"));
    named.requireAllTaken();
    return schema(schema, "response_format.json_schema.schema");
  }

  /**
   * The constraint of a schema; one that is not supported is refused by the name of its keyword.
   */
  public static Constraint schema(Object schema, String field) {
    if (!(schema instanceof JsonObject) && !(schema instanceof Boolean)) {
      throw HttpProblem.ofField(field, "invalid_value", field + " is no schema.");
    }
    try {
      return Constraint.jsonSchema(JsonText.of(schema));
    } catch (EngineException e) {
      throw HttpProblem.ofField(field, e.code(), e.getMessage() + ". " + e.remedy()).causedBy(e);
    }
  }
}
