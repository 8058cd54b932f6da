package dev.candor.engine.constraints;

import dev.candor.engine.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One schema of the parts of an {@code allOf}, where their keywords can stand beside each other.
 */
final class AllOf {

  /** Keywords whose meaning depends on those beside them in the very same schema. */
  private static final Set<String> OF_SIBLINGS = Set.of("additionalProperties", "prefixItems");

  private AllOf() {}

  /** The schema with the members of its allOf, where they do not speak of the same keyword. */
  static JsonObject merged(JsonObject schema, String where) {
    Map<String, Object> all = new LinkedHashMap<>(schema.members());
    all.keySet().removeAll(JsonSchema.ANNOTATIONS);
    Object parts = all.remove("allOf");
    for (String keyword : OF_SIBLINGS) {
      if (all.containsKey(keyword)) {
        throw JsonSchema.unsupported(where, keyword + " beside allOf");
      }
    }
    for (Object part : JsonSchema.list("allOf", parts, where)) {
      if (!(part instanceof JsonObject object)) {
        throw JsonSchema.unsupported(where, "allOf with a boolean");
      }
      for (Map.Entry<String, Object> member : object.members().entrySet()) {
        String keyword = member.getKey();
        if (JsonSchema.ANNOTATIONS.contains(keyword)) {
          continue;
        }
        if (OF_SIBLINGS.contains(keyword)) {
          throw JsonSchema.unsupported(where, keyword + " in a part of allOf");
        }
        Object before = all.get(keyword);
        if (before == null
            || JsonSyntax.write(before).equals(JsonSyntax.write(member.getValue()))) {
          all.put(keyword, member.getValue());
        } else if (keyword.equals("properties")) {
          all.put(keyword, union(before, member.getValue(), where));
        } else if (keyword.equals("required")) {
          Set<Object> names = new LinkedHashSet<>(JsonSchema.list(keyword, before, where));
          names.addAll(JsonSchema.list(keyword, member.getValue(), where));
          all.put(keyword, List.copyOf(names));
        } else {
          throw JsonSchema.unsupported(where, "allOf whose parts both have " + keyword);
        }
      }
    }
    return new JsonObject(all, where);
  }

  private static JsonObject union(Object one, Object other, String where) {
    Map<String, Object> members = new LinkedHashMap<>(((JsonObject) one).members());
    for (Map.Entry<String, Object> member : ((JsonObject) other).members().entrySet()) {
      if (members.putIfAbsent(member.getKey(), member.getValue()) != null) {
        throw JsonSchema.unsupported(
            where, "allOf whose parts both have the property " + member.getKey());
      }
    }
    return new JsonObject(members, where);
  }
}
