package dev.candor.engine.constraints;

import dev.candor.engine.json.JsonObject;
import java.util.List;
import java.util.Map;

/** Strings of a JSON schema: their length, their pattern, their format. */
final class JsonStrings {

  private static final String DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
  private static final String TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
  private static final String ZONE = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?";
  private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

  /**
   * Texts that are of a format beyond doubt (RFC 3339, 5321, 1123, 2673, 9562): days from 29 on and
   * quoted mailboxes are among what is left out.
   */
  private static final Map<String, String> FORMATS =
      Map.of(
          "date", DATE,
          "time", TIME + ZONE,
          "date-time", DATE + "T" + TIME + ZONE,
          "email",
              "[A-Za-z0-9_+-]{1,20}(\\.[A-Za-z0-9_+-]{1,20}){0,2}@("
                  + LABEL
                  + "\\.){1,4}[a-z]{2,12}",
          "hostname", "(" + LABEL + "\\.){0,5}[a-z]{2,12}",
          "ipv4", BYTE + "(\\." + BYTE + "){3}",
          "uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Expressions e;
  private final JsonSyntax json;

  JsonStrings(Expressions e, JsonSyntax json) {
    this.e = e;
    this.json = json;
  }

  int of(JsonObject schema, String where) {
    Object pattern = schema.members().get("pattern");
    Object format = schema.members().get("format");
    int least = JsonSchema.count(schema, "minLength", 0, where);
    int most = JsonSchema.count(schema, "maxLength", Expressions.UNBOUNDED, where);
    if (least > most) {
      return Expressions.NONE;
    }
    int content = -1;
    if (pattern != null) {
      if (!(pattern instanceof String text)) {
        throw JsonSchema.malformed(where, "has a pattern that is no string");
      }
      content = new Regex(e, text, json::characters).found();
    }
    if (format != null) {
      String regex = format instanceof String name ? FORMATS.get(name) : null;
      if (regex == null) {
        throw JsonSchema.unsupported(where, "the format " + format);
      }
      int formatted = new Regex(e, regex, json::characters).whole();
      content = content < 0 ? formatted : e.both(content, formatted);
    }
    if (content < 0) {
      return json.quoted(e.repeat(json.character(), least, most));
    }
    if (least > 0 || most != Expressions.UNBOUNDED) {
      int any = json.characters(List.of(new Characters.Range(0, Characters.LARGEST)));
      content = e.both(content, e.repeat(any, least, most));
    }
    return json.quoted(content);
  }
}
