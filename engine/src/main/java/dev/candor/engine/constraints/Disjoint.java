package dev.candor.engine.constraints;

import dev.candor.engine.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether no value fits two alternatives of a {@code oneOf}: only then is one of them the same as
 * any of them. Seen are alternatives of different types, and objects that require a property with
 * different constants.
 */
final class Disjoint {

  private Disjoint() {}

  /** Throws {@code generation.schema-unsupported} unless each two exclude each other. */
  static void require(List<?> schemas, String where) {
    for (int i = 0; i < schemas.size(); i++) {
      for (int j = i + 1; j < schemas.size(); j++) {
        if (!exclude(schemas.get(i), schemas.get(j))) {
          throw JsonSchema.unsupported(
              where, "oneOf whose alternatives " + i + " and " + j + " may both fit");
        }
      }
    }
  }

  private static boolean exclude(Object one, Object other) {
    if (!(one instanceof JsonObject a) || !(other instanceof JsonObject b)) {
      return false;
    }
    Set<String> types = types(a);
    Set<String> others = types(b);
    if (!types.isEmpty() && !others.isEmpty()) {
      Set<String> common = new HashSet<>(types);
      common.retainAll(others);
      if (common.isEmpty()) {
        return true;
      }
    }
    Set<String> constants = constants(a);
    Set<String> otherConstants = constants(b);
    if (constants != null && otherConstants != null) {
      return constants.stream().noneMatch(otherConstants::contains);
    }
    return isObject(types) && isObject(others) && haveDifferentTags(a, b);
  }

  private static boolean isObject(Set<String> types) {
    return types.equals(Set.of("object"));
  }

  private static boolean haveDifferentTags(JsonObject a, JsonObject b) {
    if (!(a.members().get("properties") instanceof JsonObject properties)
        || !(b.members().get("properties") instanceof JsonObject others)) {
      return false;
    }
    for (Map.Entry<String, Object> property : properties.members().entrySet()) {
      String name = property.getKey();
      Object other = others.members().get(name);
      if (requires(a, name)
          && requires(b, name)
          && property.getValue() instanceof JsonObject mine
          && other instanceof JsonObject theirs) {
        Set<String> values = constants(mine);
        Set<String> otherValues = constants(theirs);
        if (values != null
            && otherValues != null
            && values.stream().noneMatch(otherValues::contains)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean requires(JsonObject schema, String name) {
    return schema.members().get("required") instanceof List<?> names && names.contains(name);
  }

  /** An integer is a number too. */
  private static Set<String> types(JsonObject schema) {
    Object type = schema.members().get("type");
    Set<String> types = new HashSet<>();
    for (Object name :
        type instanceof List<?> several ? several : type == null ? List.of() : List.of(type)) {
      types.add(name.equals("integer") ? "number" : String.valueOf(name));
    }
    return types;
  }

  private static @Nullable Set<String> constants(JsonObject schema) {
    if (schema.members().containsKey("const")) {
      return Set.of(JsonSyntax.write(schema.members().get("const")));
    }
    if (schema.members().get("enum") instanceof List<?> values) {
      Set<String> written = new HashSet<>();
      values.forEach(value -> written.add(JsonSyntax.write(value)));
      return written;
    }
    return null;
  }
}
