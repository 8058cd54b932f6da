package dev.candor.governance.provenance.attestations;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * A payload with its signatures: DSSE v1.0.2. The signature is over the type and the payload
 * together, so that nobody can have one taken for another.
 *
 * @param payloadType what the payload is
 * @param payload its bytes, as they were signed
 * @param signatures at least one
 */
public record Envelope(String payloadType, byte[] payload, List<byte[]> signatures) {

  /** The payload type of {@link Statement}. */
  public static final String IN_TOTO = "application/vnd.in-toto+json";

  /** What one envelope may at most be: a hundred thousand files of a model. */
  static final Json.Limits LIMITS = new Json.Limits(32L << 20, 32, 1_000_000);

  public Envelope {
    signatures = List.copyOf(signatures);
  }

  /** Signs a statement. */
  public static Envelope sign(Statement statement, SigningKey key) {
    return sign(IN_TOTO, statement.json(), key);
  }

  /** Signs any payload. */
  public static Envelope sign(String payloadType, byte[] payload, SigningKey key) {
    return new Envelope(
        payloadType, payload, List.of(key.sign(preAuthentication(payloadType, payload))));
  }

  /** PAE of the protocol: lengths in front of what they count, in decimal. */
  static byte[] preAuthentication(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(type);
    out.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(payload);
    return out.toByteArray();
  }

  /** Whether one of the signatures is this key's. */
  public boolean isSignedBy(VerificationKey key) {
    byte[] signed = preAuthentication(payloadType, payload);
    return signatures.stream().anyMatch(signature -> key.verifies(signed, signature));
  }

  /**
   * What an envelope says that this key has signed.
   *
   * @throws GovernanceException {@code governance.envelope-unsigned} if it has not; {@code
   *     governance.envelope-type} if the payload is no statement; {@code
   *     governance.statement-malformed}
   */
  public Statement statement(VerificationKey key) {
    if (!isSignedBy(key)) {
      throw new GovernanceException(
          "envelope-unsigned",
          "no signature of the envelope is of the key " + key.fingerprint(),
          "Verify with the key of who has signed, or trust nothing in it.");
    }
    if (!payloadType.equals(IN_TOTO)) {
      throw new GovernanceException(
          "envelope-type",
          "the payload is of the type '"
              + PlainText.shown(payloadType)
              + "', expected is "
              + IN_TOTO,
          "Give an envelope with an in-toto statement.");
    }
    return Statement.parse(payload);
  }

  /** As members of a JSON object. */
  public Map<String, Object> members() {
    Base64.Encoder base64 = Base64.getEncoder();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("payload", base64.encodeToString(payload));
    members.put("payloadType", payloadType);
    members.put(
        "signatures",
        signatures.stream()
            .map(signature -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("sig", base64.encodeToString(signature));
              one.put("keyid", "");
              return one;
            })
            .toList());
    return members;
  }

  /** As JSON. */
  public byte[] json() {
    return JsonMapper.shared().writeValueAsBytes(members());
  }

  /**
   * Reads an envelope.
   *
   * @throws GovernanceException {@code governance.envelope-malformed}
   */
  public static Envelope parse(byte[] json) {
    try {
      return of(Json.parseObject(new ByteArrayInputStream(json), LIMITS, "envelope"));
    } catch (ConfigException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads an envelope that is part of a document.
   *
   * @throws GovernanceException {@code governance.envelope-malformed}
   */
  public static Envelope of(JsonObject members) {
    requireKnown(members, Set.of("payload", "payloadType", "signatures"));
    try {
      List<byte[]> signatures = new ArrayList<>();
      for (Object value : members.list("signatures").orElse(List.of())) {
        if (!(value instanceof JsonObject signature)) {
          throw malformed("signatures holds something that is no object");
        }
        requireKnown(signature, Set.of("sig", "keyid"));
        signatures.add(base64("signatures.sig", signature.string("sig")));
      }
      if (signatures.isEmpty()) {
        throw malformed("signatures is empty");
      }
      byte[] payload = base64("payload", members.string("payload"));
      if (payload.length == 0) {
        throw malformed("payload is empty");
      }
      return new Envelope(members.string("payloadType"), payload, signatures);
    } catch (ConfigException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static void requireKnown(JsonObject object, Set<String> known) {
    for (String key : object.members().keySet()) {
      if (!known.contains(key)) {
        throw malformed("it has the unknown member '" + PlainText.shown(key) + "'");
      }
    }
  }

  /** Either alphabet of RFC 4648, as the protocol demands of readers. */
  private static byte[] base64(String field, String text) {
    try {
      return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      throw malformed(field + " is not Base64");
    }
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "envelope-malformed",
        "this is not a signed envelope: " + PlainText.shown(why),
        "Give a DSSE envelope as it was written.");
  }
}
