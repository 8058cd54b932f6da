package dev.candor.governance.policy;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.KebabCase;
import dev.candor.governance.PlainText;
import dev.candor.statistics.NearestWord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads a policy file token by token, for each error is to name its line. A tree of values would
 * have lost the lines, and takes longer to load.
 */
final class PolicyReader {

  static final int MOST_BYTES = 256 * 1024;
  static final int MOST_RULES = 256;
  static final int MOST_REFUSED = 256;

  private static final int VERSION = 1;
  private static final int MOST_NAME = 128;
  private static final int MOST_REASON = 400;
  private static final String DEFAULT_BASIS = "firm policy";
  private static final Set<String> RESERVED =
      Set.of(PolicyVerdict.REFUSED_USE, PolicyVerdict.DEFAULT_DENY, PolicyVerdict.EVIDENCE_GATE);

  private final JsonParser parser;
  private final Set<String> ids = new HashSet<>();

  /** A scalar and where it began. */
  private record Text(String value, int line) {}

  private PolicyReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a file.
   *
   * @throws GovernanceException {@code governance.policy-too-large}, {@code
   *     governance.policy-malformed} or {@code governance.policy-key}
   */
  static PolicyDocument read(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw tooLarge(bytes.length);
    }
    try (JsonParser parser =
        YAMLFactory.builder().build().createParser(ObjectReadContext.empty(), bytes)) {
      return new PolicyReader(parser).document();
    } catch (JacksonException e) {
      throw malformed(e.getLocation().getLineNr(), "not YAML: " + e.getOriginalMessage());
    }
  }

  /**
   * The bytes of a file.
   *
   * @throws GovernanceException {@code governance.policy-too-large}; no more than that is read
   */
  static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] yaml = in.readNBytes(MOST_BYTES + 1);
      if (yaml.length > MOST_BYTES) {
        throw tooLarge(Math.max(yaml.length, Files.size(file)));
      }
      return yaml;
    }
  }

  private static GovernanceException tooLarge(long bytes) {
    return new GovernanceException(
        "policy-too-large",
        "the policy has " + bytes + " bytes, allowed are " + MOST_BYTES,
        "Write fewer or shorter rules.");
  }

  private PolicyDocument document() {
    next();
    int start = line();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw malformed(start, "it does not consist of keys and values");
    }
    Optional<Text> version = Optional.empty();
    Optional<Text> name = Optional.empty();
    List<RefusedUse> refused = new ArrayList<>();
    List<PolicyRule> deny = new ArrayList<>();
    List<PolicyRule> allow = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (next() == JsonToken.PROPERTY_NAME) {
      String key = key(seen, "the policy", List.of("version", "name", "refused", "deny", "allow"));
      seen.add(key);
      next();
      switch (key) {
        case "version" -> version = Optional.of(text(key));
        case "name" -> name = Optional.of(text(key));
        case "refused" -> refused(refused);
        case "deny" -> rules(RuleEffect.DENY, deny);
        default -> rules(RuleEffect.ALLOW, allow);
      }
    }
    if (next() != null) {
      throw malformed(line(), "there is a second document");
    }
    Text given = version.orElseThrow(() -> malformed(start, "version is missing"));
    if (!given.value().equals(Integer.toString(VERSION))) {
      throw malformed(
          given.line(),
          "version is " + PlainText.shown(given.value()) + ", this program reads " + VERSION);
    }
    Text title = name.orElseThrow(() -> malformed(start, "name is missing"));
    within(title, "name", MOST_NAME);
    if (deny.size() + allow.size() > MOST_RULES) {
      throw malformed(start, "it has more than " + MOST_RULES + " rules");
    }
    List<PolicyRule> rules = new ArrayList<>(deny);
    rules.addAll(allow);
    return new PolicyDocument(title.value(), List.copyOf(refused), List.copyOf(rules));
  }

  private void refused(List<RefusedUse> uses) {
    for (Map<String, Text> use :
        list("refused", List.of("purpose", "reason", "basis"), MOST_REFUSED)) {
      Text purpose = required(use, "a refused use", "purpose");
      id(purpose, "a refused purpose");
      if (uses.stream().anyMatch(other -> other.purpose().equals(purpose.value()))) {
        throw malformed(purpose.line(), "the purpose " + purpose.value() + " is refused twice");
      }
      Text reason = within(required(use, "a refused use", "reason"), "reason", MOST_REASON);
      Text basis = use.getOrDefault("basis", new Text(DEFAULT_BASIS, purpose.line()));
      uses.add(
          new RefusedUse(
              purpose.value(), reason.value(), within(basis, "basis", MOST_NAME).value()));
    }
  }

  private void rules(RuleEffect effect, List<PolicyRule> rules) {
    for (Map<String, Text> rule : list(effect.key(), List.of("id", "when", "reason"), MOST_RULES)) {
      Text id = required(rule, "a rule", "id");
      id(id, "id of a rule");
      if (RESERVED.contains(id.value()) || !ids.add(id.value())) {
        throw malformed(
            id.line(),
            "the id "
                + id.value()
                + (RESERVED.contains(id.value()) ? " is reserved" : " is there twice"));
      }
      String what = "rule " + id.value();
      Text when = required(rule, what, "when");
      Text reason = within(required(rule, what, "reason"), what + ": reason", MOST_REASON);
      rules.add(new PolicyRule(id.value(), effect, when.value(), reason.value(), when.line()));
    }
  }

  /** A list of mappings of scalars. */
  private List<Map<String, Text>> list(String name, List<String> known, int most) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw malformed(line(), name + " is not a list");
    }
    List<Map<String, Text>> elements = new ArrayList<>();
    while (next() == JsonToken.START_OBJECT) {
      if (elements.size() == most) {
        throw malformed(line(), name + " has more than " + most + " elements");
      }
      Map<String, Text> element = new LinkedHashMap<>();
      while (next() == JsonToken.PROPERTY_NAME) {
        String key = key(element.keySet(), "an element of " + name, known);
        next();
        element.put(key, text(key));
      }
      elements.add(element);
    }
    if (parser.currentToken() != JsonToken.END_ARRAY) {
      throw malformed(line(), "an element of " + name + " does not consist of keys and values");
    }
    return elements;
  }

  private String key(Set<String> seen, String where, List<String> known) {
    String key = parser.currentName();
    if (!known.contains(key)) {
      throw new GovernanceException(
          "policy-key",
          "line " + line() + ": " + where + " has no key '" + PlainText.shown(key) + "'",
          "Did you mean '"
              + NearestWord.to(key, known)
              + "'? There are: "
              + String.join(", ", known)
              + ".");
    }
    if (seen.contains(key)) {
      throw malformed(line(), key + " is there twice");
    }
    return key;
  }

  private Text text(String key) {
    JsonToken token = parser.currentToken();
    if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
      throw malformed(line(), key + " is not a text");
    }
    return new Text(parser.getString(), line());
  }

  private static Text required(Map<String, Text> element, String what, String key) {
    Text text = element.get(key);
    if (text == null) {
      int line = element.values().stream().mapToInt(Text::line).min().orElse(1);
      throw malformed(line, what + " has no " + key);
    }
    return text;
  }

  private static void id(Text text, String what) {
    if (!KebabCase.is(text.value())) {
      throw malformed(
          text.line(),
          what
              + " is '"
              + PlainText.shown(text.value())
              + "', allowed are 1 to "
              + KebabCase.MOST
              + " of a-z, 0-9 and single dashes, beginning with a letter");
    }
  }

  private static Text within(Text text, String what, int most) {
    if (text.value().isBlank()
        || text.value().length() > most
        || !PlainText.isPlain(text.value())) {
      throw malformed(
          text.line(), what + " is not 1 to " + most + " visible characters on one line");
    }
    return text;
  }

  /** The next token, of which none is an alias: what stands in a file is what it says. */
  private JsonToken next() {
    JsonToken token = parser.nextToken();
    if (token != null && (isAlias() || parser.getObjectId() != null)) {
      throw malformed(line(), "it has an anchor or an alias");
    }
    return token;
  }

  private boolean isAlias() {
    return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private static GovernanceException malformed(int line, String why) {
    return new GovernanceException(
        "policy-malformed",
        "line " + line + ": " + why,
        "Correct the policy; docs/reference/policy.md describes it.");
  }
}
