package dev.candor.governance.provenance.attestations;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * That something is so of some artefacts: in-toto Attestation Framework, Statement v1.
 *
 * @param subjects what it is about, at least one
 * @param predicateType an address that says what the predicate means
 * @param predicate what is said: maps, lists, text, numbers and truth values
 */
public record Statement(
    List<Subject> subjects, String predicateType, Map<String, Object> predicate) {

  private static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final Set<String> MEMBERS =
      Set.of("_type", "subject", "predicateType", "predicate");

  /**
   * An artefact.
   *
   * @param name what people call it
   * @param digests algorithm to lower-case hexadecimal digits, such as {@code sha256}
   */
  public record Subject(String name, SortedMap<String, String> digests) {

    public Subject {
      digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
      if (digests.isEmpty() || !digests.values().stream().allMatch(it -> it.matches("[0-9a-f]+"))) {
        throw malformed("a subject has no digest in lower-case hexadecimal digits");
      }
    }

    /** An artefact that is known by its SHA-256. */
    public static Subject sha256(String name, String digest) {
      return new Subject(name, new TreeMap<>(Map.of("sha256", digest)));
    }
  }

  public Statement {
    subjects = List.copyOf(subjects);
    predicate = Collections.unmodifiableMap(new LinkedHashMap<>(predicate));
    if (subjects.isEmpty()) {
      throw malformed("subject is empty");
    }
  }

  /** As JSON, the members in the order of the specification. */
  public byte[] json() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("_type", TYPE);
    List<Object> list = new ArrayList<>();
    for (Subject subject : subjects) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", subject.name());
      one.put("digest", subject.digests());
      list.add(one);
    }
    members.put("subject", list);
    members.put("predicateType", predicateType);
    members.put("predicate", plain(predicate));
    return JsonMapper.shared().writeValueAsBytes(members);
  }

  /** What was read is written as it was: an object of the reader is a map. */
  private static Object plain(Object value) {
    return switch (value) {
      case JsonObject object -> plain(object.members());
      case Map<?, ?> map -> {
        Map<Object, Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> members.put(key, plain(member)));
        yield members;
      }
      case List<?> list -> list.stream().map(Statement::plain).toList();
      default -> value;
    };
  }

  /**
   * Reads a statement.
   *
   * @throws GovernanceException {@code governance.statement-malformed}
   */
  public static Statement parse(byte[] json) {
    try {
      JsonObject members =
          Json.parseObject(new ByteArrayInputStream(json), Envelope.LIMITS, "statement");
      for (String key : members.members().keySet()) {
        if (!MEMBERS.contains(key)) {
          throw malformed("it has the unknown member '" + key + "'");
        }
      }
      if (!members.string("_type").equals(TYPE)) {
        throw malformed("its _type is '" + members.string("_type") + "', expected is " + TYPE);
      }
      List<Subject> subjects = new ArrayList<>();
      for (Object value : members.list("subject").orElse(List.of())) {
        if (!(value instanceof JsonObject subject)) {
          throw malformed("subject holds something that is no object");
        }
        subjects.add(subject(subject));
      }
      JsonObject predicate =
          members.object("predicate").orElseThrow(() -> malformed("predicate is missing"));
      return new Statement(subjects, members.string("predicateType"), predicate.members());
    } catch (ConfigException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Subject subject(JsonObject subject) {
    String name = subject.string("name");
    if (name.isEmpty()) {
      throw malformed("the name of a subject is empty");
    }
    SortedMap<String, String> digests = new TreeMap<>();
    JsonObject given =
        subject.object("digest").orElseThrow(() -> malformed("a subject has no digest"));
    given.members().keySet().forEach(algorithm -> digests.put(algorithm, given.string(algorithm)));
    return new Subject(name, digests);
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "statement-malformed",
        "this is not an in-toto statement: " + PlainText.shown(why),
        "Give a statement of version 1 as it was signed.");
  }
}
