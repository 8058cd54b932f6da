package dev.candor.engine.constraints;

import dev.candor.engine.GenerationException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema (2020-12, and what earlier drafts write alike) as the language of texts that
 * validate against it. Not all such texts: members come in the order of {@code properties}, what a
 * schema does not mention is not generated, and {@link JsonSyntax} says how texts are written. All
 * that is generated validates.
 *
 * <p>A keyword that is not supported is an error that names it and where it is.
 */
final class JsonSchema {

  /** Keywords that assert nothing. */
  static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$id",
          "$anchor",
          "$comment",
          "$defs",
          "definitions",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "contentMediaType",
          "contentEncoding");

  private static final Set<String> OBJECT =
      Set.of("properties", "required", "additionalProperties");
  private static final Set<String> ARRAY = Set.of("items", "prefixItems", "minItems", "maxItems");
  private static final Set<String> STRING = Set.of("minLength", "maxLength", "pattern", "format");
  static final Set<String> NUMBER =
      Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");
  private static final Set<String> ANY =
      Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref");
  private static final List<String> TYPES =
      List.of("object", "array", "string", "integer", "number", "boolean", "null");

  /** Deepest nesting of schemas. */
  private static final int DEEPEST = 64;

  /** Most items, characters or members that a bound may name. */
  private static final int MOST = 100_000;

  private final Expressions e;
  private final JsonSyntax json;
  private final NumberRanges numbers;
  private final JsonStrings strings;
  private final Object root;
  private final Map<String, Integer> references = new HashMap<>();
  private int depth;

  private JsonSchema(Expressions e, Object root) {
    this.e = e;
    this.root = root;
    json = new JsonSyntax(e);
    numbers = new NumberRanges(e, json);
    strings = new JsonStrings(e, json);
  }

  /**
   * @param schema as {@link Json#parse} gives it: an object or a boolean
   */
  static int compile(Expressions e, Object schema) {
    return new JsonSchema(e, schema).value(schema, "#");
  }

  /** Any JSON object. */
  static int anyObject(Expressions e) {
    return new JsonSyntax(e).anyObject();
  }

  private int value(Object schema, String where) {
    if (schema instanceof Boolean isAny) {
      return isAny ? json.anyValue() : Expressions.NONE;
    }
    if (!(schema instanceof JsonObject object)) {
      throw malformed(where, "is no schema: an object or a boolean");
    }
    if (++depth > DEEPEST) {
      throw malformed(where, "is nested deeper than " + DEEPEST + " schemas");
    }
    int expression = object(object, where);
    depth--;
    return expression;
  }

  /** What all keywords of a schema allow together. */
  private int object(JsonObject schema, String where) {
    requireKnown(schema, where);
    Map<String, Object> rest = new LinkedHashMap<>(schema.members());
    rest.keySet().removeAll(ANNOTATIONS);
    if (rest.containsKey("allOf")) {
      return object(AllOf.merged(schema, where), where);
    }
    for (String single : List.of("$ref", "anyOf", "oneOf")) {
      if (rest.containsKey(single)) {
        Object value = rest.remove(single);
        if (!rest.isEmpty()) {
          throw unsupported(where, single + " beside " + rest.keySet().iterator().next());
        }
        return single.equals("$ref") ? reference(value, where) : choice(single, value, where);
      }
    }
    if (rest.containsKey("const") || rest.containsKey("enum")) {
      return constants(rest, where);
    }
    return typed(new JsonObject(rest, where), where);
  }

  private static void requireKnown(JsonObject schema, String where) {
    for (String keyword : schema.members().keySet()) {
      boolean isKnown =
          ANNOTATIONS.contains(keyword)
              || ANY.contains(keyword)
              || OBJECT.contains(keyword)
              || ARRAY.contains(keyword)
              || STRING.contains(keyword)
              || NUMBER.contains(keyword);
      if (!isKnown) {
        throw unsupported(where, keyword);
      }
    }
  }

  // Combinations.

  private int reference(Object value, String where) {
    if (!(value instanceof String pointer) || !pointer.startsWith("#")) {
      throw unsupported(where, "$ref " + value + ", only references within the schema (#/…)");
    }
    Integer known = references.get(pointer);
    if (known != null) {
      return known;
    }
    int rule = e.rule("the schema " + pointer);
    references.put(pointer, rule);
    e.define(rule, value(find(pointer, where), pointer));
    return rule;
  }

  /** RFC 6901. */
  private Object find(String pointer, String where) {
    Object at = root;
    String path = pointer.substring(1);
    if (!path.isEmpty() && !path.startsWith("/")) {
      throw unsupported(where, "$ref " + pointer + ", only paths (#/…)");
    }
    for (String step : path.isEmpty() ? List.<String>of() : List.of(path.substring(1).split("/"))) {
      String name =
          URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8)
              .replace("~1", "/")
              .replace("~0", "~");
      Object next = null;
      if (at instanceof JsonObject object) {
        next = object.members().get(name);
      } else if (at instanceof List<?> list && name.matches("\\d{1,6}")) {
        int index = Integer.parseInt(name);
        next = index < list.size() ? list.get(index) : null;
      }
      if (next == null) {
        throw malformed(where, "refers to " + pointer + ", which is not there");
      }
      at = next;
    }
    return at;
  }

  private int choice(String keyword, Object value, String where) {
    List<Integer> alternatives = new ArrayList<>();
    List<?> schemas = list(keyword, value, where);
    for (int i = 0; i < schemas.size(); i++) {
      alternatives.add(value(schemas.get(i), where + "/" + keyword + "/" + i));
    }
    if (keyword.equals("oneOf")) {
      Disjoint.require(schemas, where);
    }
    return e.either(alternatives);
  }

  /** Values that are listed, as far as the other keywords allow them. */
  private int constants(Map<String, Object> keywords, String where) {
    Map<String, Object> others = new LinkedHashMap<>(keywords);
    List<Object> values = new ArrayList<>();
    Object listed = others.remove("enum");
    boolean hasConst = others.containsKey("const");
    Object one = others.remove("const");
    if (hasConst) {
      values.add(one);
      if (listed != null) {
        throw unsupported(where, "const beside enum");
      }
    } else {
      values.addAll(list("enum", listed, where));
    }
    int expression =
        e.either(values.stream().map(value -> json.literal(JsonSyntax.write(value))).toList());
    if (!others.isEmpty()) {
      for (Object value : values) {
        if (value instanceof JsonObject || value instanceof List) {
          throw unsupported(where, "enum of objects or arrays beside " + others.keySet());
        }
      }
      expression = e.both(expression, typed(new JsonObject(others, where), where));
    }
    return expression;
  }

  // Types.

  private int typed(JsonObject schema, String where) {
    Set<String> types = types(schema, where);
    List<Integer> alternatives = new ArrayList<>();
    for (String type : types) {
      alternatives.add(
          switch (type) {
            case "object" -> members(schema, where);
            case "array" -> items(schema, where);
            case "string" -> strings.of(schema, where);
            case "integer" -> numbers.of(schema, true, where);
            case "number" -> numbers.of(schema, false, where);
            case "boolean" -> e.either(json.literal("true"), json.literal("false"));
            default -> json.literal("null");
          });
    }
    return e.either(alternatives);
  }

  /** The declared types, or those that the keywords speak of, or all. */
  private static Set<String> types(JsonObject schema, String where) {
    Object declared = schema.members().get("type");
    Set<String> types = new TreeSet<>();
    if (declared != null) {
      for (Object type : declared instanceof List<?> several ? several : List.of(declared)) {
        if (!(type instanceof String name) || !TYPES.contains(name)) {
          throw malformed(where, "has the type " + type + ", allowed are " + TYPES);
        }
        types.add(name);
      }
      return types;
    }
    for (String keyword : schema.members().keySet()) {
      if (OBJECT.contains(keyword)) {
        types.add("object");
      } else if (ARRAY.contains(keyword)) {
        types.add("array");
      } else if (STRING.contains(keyword)) {
        types.add("string");
      } else if (NUMBER.contains(keyword)) {
        types.add("number");
      }
    }
    return types.isEmpty() ? new TreeSet<>(TYPES) : types;
  }

  static int count(JsonObject schema, String keyword, int absent, String where) {
    Object value = schema.members().get(keyword);
    if (value == null) {
      return absent;
    }
    double count = value instanceof Number number ? number.doubleValue() : -1;
    if (count < 0 || count > MOST || count != Math.rint(count)) {
      throw malformed(
          where, "has the " + keyword + " " + value + ", allowed are whole numbers to " + MOST);
    }
    return (int) count;
  }

  private int items(JsonObject schema, String where) {
    int least = count(schema, "minItems", 0, where);
    int most = count(schema, "maxItems", Expressions.UNBOUNDED, where);
    if (least > most) {
      return Expressions.NONE;
    }
    List<Integer> first = new ArrayList<>();
    Object prefix = schema.members().get("prefixItems");
    if (prefix != null) {
      List<?> schemas = list("prefixItems", prefix, where);
      for (int i = 0; i < schemas.size(); i++) {
        first.add(value(schemas.get(i), where + "/prefixItems/" + i));
      }
    }
    Object items = schema.members().get("items");
    if (items instanceof List) {
      throw unsupported(where, "items as a list (prefixItems since 2020-12)");
    }
    int item = items == null ? json.anyValue() : value(items, where + "/items");
    // From the last item back: what may follow once i items are there.
    int inPrefix = Math.min(first.size(), most);
    int more =
        most <= inPrefix || (prefix != null && items == null)
            ? Expressions.EMPTY
            : e.repeat(
                e.sequence(json.separator(), item),
                Math.max(0, least - inPrefix),
                most == Expressions.UNBOUNDED ? most : most - inPrefix);
    if (prefix != null && items == null && least > inPrefix) {
      throw unsupported(where, "minItems beyond prefixItems without items");
    }
    if (inPrefix == 0) {
      int list =
          most == 0
              ? Expressions.EMPTY
              : e.sequence(
                  item,
                  e.repeat(
                      e.sequence(json.separator(), item),
                      Math.max(0, least - 1),
                      most == Expressions.UNBOUNDED ? most : most - 1));
      return json.brackets(least == 0 ? e.optional(list) : list);
    }
    int rest = more;
    for (int i = inPrefix - 1; i >= 0; i--) {
      rest = e.sequence(i == 0 ? Expressions.EMPTY : json.separator(), first.get(i), rest);
      rest = i >= least ? e.optional(rest) : rest;
    }
    return json.brackets(rest);
  }

  // Objects.

  private int members(JsonObject schema, String where) {
    Map<String, Object> properties = new LinkedHashMap<>();
    Object declared = schema.members().get("properties");
    if (declared instanceof JsonObject object) {
      properties.putAll(object.members());
    } else if (declared != null) {
      throw malformed(where, "has properties that are no object");
    }
    Object additional = schema.members().get("additionalProperties");
    Object required = schema.members().get("required");
    Set<String> names = new LinkedHashSet<>();
    for (Object name : required == null ? List.of() : list("required", required, where)) {
      if (!(name instanceof String text)) {
        throw malformed(where, "requires " + name + ", which is no name");
      }
      names.add(text);
      properties.putIfAbsent(text, additional == null ? Boolean.TRUE : additional);
    }
    if (properties.isEmpty() && additional == null) {
      return json.anyObject();
    }
    int more = Expressions.NONE;
    if (additional != null && !Boolean.FALSE.equals(additional)) {
      int declaredKeys =
          e.either(
              properties.keySet().stream()
                  .map(name -> json.literal(JsonSyntax.write(name)))
                  .toList());
      int key = e.both(json.anyKey(), e.not(declaredKeys));
      more = e.sequence(key, json.colon(), value(additional, where + "/additionalProperties"));
    }
    return json.braces(chain(properties, names, more, where));
  }

  /**
   * Members in order, separated; optional ones may be left out. From the last one back, what may
   * follow if there is nothing before it, and if there is.
   */
  private int chain(Map<String, Object> properties, Set<String> required, int more, String where) {
    int separated = e.sequence(json.separator(), more);
    int first = e.optional(more == Expressions.NONE ? more : json.list(more));
    int later = e.repeat(separated, 0, Expressions.UNBOUNDED);
    for (Map.Entry<String, Object> property : List.copyOf(properties.entrySet()).reversed()) {
      String name = property.getKey();
      int member =
          e.sequence(json.key(name), value(property.getValue(), where + "/properties/" + name));
      boolean isRequired = required.contains(name);
      int alone = e.sequence(member, later);
      int following = e.sequence(json.separator(), member, later);
      first = isRequired ? alone : e.either(alone, first);
      later = isRequired ? following : e.either(following, later);
    }
    return first;
  }

  // Errors.

  static List<?> list(String keyword, @Nullable Object value, String where) {
    if (!(value instanceof List<?> list) || (list.isEmpty() && !keyword.equals("required"))) {
      throw malformed(where, "has a " + keyword + " that is no list, or an empty one");
    }
    return list;
  }

  static GenerationException malformed(String where, String what) {
    return new GenerationException(
        "schema-malformed", "the schema at " + where + " " + what, "Correct the schema.");
  }

  static GenerationException unsupported(String where, String what) {
    return new GenerationException(
        "schema-unsupported",
        "the schema at " + where + " uses " + what + ", which is not supported",
        "Leave it out or write it differently; docs/reference/output-constraints.md lists what is"
            + " supported.");
  }
}
