package dev.candor.governance.policy;

import java.util.HashMap;
import java.util.Map;

/** The variables of the expressions: all that rules may know, each with its type. */
public enum PolicyVariable {
  REQUEST_PURPOSE("request.purpose", Type.STRING, "id of the purpose"),
  REQUEST_PRINCIPAL("request.principal", Type.STRING, "name of who asks"),
  REQUEST_ROLES(
      "request.roles", Type.STRINGS, "roles of who asks: `invoke`, `operate`, `govern`, `audit`"),
  REQUEST_KIND(
      "request.kind",
      Type.STRING,
      "`generate` for text, `choose` for one of several labels, `head` for a trained head, `embed` for a vector"),
  REQUEST_LABELS("request.labels", Type.STRINGS, "labels to choose among; none for text"),
  REQUEST_SUBJECT("request.subject", Type.BOOL, "whether a data subject is named"),
  REQUEST_PROMPT_TOKENS("request.promptTokens", Type.INT, "tokens of the prompt"),
  REQUEST_MAXIMUM_TOKENS("request.maximumTokens", Type.INT, "most tokens of the answer"),
  CONSENT_GIVEN(
      "consent.given",
      Type.BOOL,
      "whether a consent of the data subject for this purpose is alive"),
  CONSENT_PURPOSES(
      "consent.purposes",
      Type.STRINGS,
      "all purposes that consents of the data subject allow now, sorted"),
  MODEL_NAME("model.name", Type.STRING, "name of the model"),
  MODEL_DIGEST("model.digest", Type.STRING, "SHA-256 of its file, 64 hexadecimal digits"),
  MODEL_ARCHITECTURE("model.architecture", Type.STRING, "such as `llama`"),
  MODEL_WEIGHT_BYTES("model.weightBytes", Type.INT, "bytes of its weights in memory"),
  ADAPTER_DIGEST("adapter.digest", Type.STRING, "SHA-256 of the adapter, empty if there is none");

  /** Types of CEL that variables have. */
  public enum Type {
    BOOL("bool"),
    INT("int"),
    STRING("string"),
    STRINGS("list(string)");

    private final String key;

    Type(String key) {
      this.key = key;
    }

    /** As CEL writes it. */
    public String key() {
      return key;
    }
  }

  private final String key;
  private final Type type;
  private final String meaning;

  PolicyVariable(String key, Type type, String meaning) {
    this.key = key;
    this.type = type;
    this.meaning = meaning;
  }

  /** Its name in an expression. */
  public String key() {
    return key;
  }

  /** Its type. */
  public Type type() {
    return type;
  }

  /** For people: what its value is. */
  public String meaning() {
    return meaning;
  }

  /** The values of all, by name. */
  static Map<String, Object> values(PolicyInput input) {
    Map<String, Object> values = HashMap.newHashMap(values().length);
    for (PolicyVariable variable : values()) {
      values.put(variable.key, variable.value(input));
    }
    return values;
  }

  private Object value(PolicyInput input) {
    return switch (this) {
      case REQUEST_PURPOSE -> input.request().purpose();
      case REQUEST_PRINCIPAL -> input.request().principal();
      case REQUEST_ROLES -> input.request().roles();
      case REQUEST_KIND -> input.request().kind();
      case REQUEST_LABELS -> input.request().labels();
      case REQUEST_SUBJECT -> input.request().subject();
      case REQUEST_PROMPT_TOKENS -> input.request().promptTokens();
      case REQUEST_MAXIMUM_TOKENS -> input.request().maximumTokens();
      case CONSENT_GIVEN -> input.consent().given();
      case CONSENT_PURPOSES -> input.consent().purposes();
      case MODEL_NAME -> input.model().name();
      case MODEL_DIGEST -> input.model().digest();
      case MODEL_ARCHITECTURE -> input.model().architecture();
      case MODEL_WEIGHT_BYTES -> input.model().weightBytes();
      case ADAPTER_DIGEST -> input.adapterDigest();
    };
  }

  /** The table of all as Markdown, as docs/reference/policy.md prints it. */
  public static String table() {
    StringBuilder table = new StringBuilder("| variable | type | value |\n|---|---|---|\n");
    for (PolicyVariable variable : values()) {
      table.append("| `").append(variable.key).append("` | `").append(variable.type.key);
      table.append("` | ").append(variable.meaning).append(" |\n");
    }
    return table.toString();
  }
}
