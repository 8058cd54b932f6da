package dev.candor.governance.provenance.attestations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.GovernanceException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

  private static final String DIGEST = "ab".repeat(32);

  private final SigningKey key = SigningKey.generate();

  private static Statement statement() {
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("verdict", "PASS");
    predicate.put("groups", List.of(Map.of("name", "a", "rows", 120L)));
    return new Statement(
        List.of(Statement.Subject.sha256("model", DIGEST)),
        "https://candor.invalid/bias/v1",
        predicate);
  }

  /** The example of the protocol, in its section on PAE. */
  @Test
  void whatIsSignedIsThePreAuthenticationEncoding() {
    assertThat(
            Envelope.preAuthentication(
                "http://example.com/HelloWorld", "hello world".getBytes(StandardCharsets.UTF_8)))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    assertThat(Envelope.preAuthentication("é", new byte[0]))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("DSSEv1 2 é 0 ");
  }

  @Test
  void aStatementIsReadAsItWasSigned() {
    Statement read =
        Envelope.parse(Envelope.sign(statement(), key).json()).statement(key.publicKey());
    assertThat(read.json()).isEqualTo(statement().json());
    assertThat(read.subjects()).isEqualTo(statement().subjects());
  }

  @Test
  void anotherKeyTypeOrPayloadIsRefused() {
    Envelope signed = Envelope.sign(statement(), key);
    VerificationKey other = SigningKey.generate().publicKey();
    refused("governance.envelope-unsigned", () -> signed.statement(other));
    Envelope retyped = new Envelope("text/plain", signed.payload(), signed.signatures());
    refused("governance.envelope-unsigned", () -> retyped.statement(key.publicKey()));
    byte[] payload = signed.payload().clone();
    payload[payload.length - 5] ^= 1;
    Envelope altered = new Envelope(signed.payloadType(), payload, signed.signatures());
    refused("governance.envelope-unsigned", () -> altered.statement(key.publicKey()));
    Envelope text = Envelope.sign("text/plain", new byte[] {1}, key);
    refused("governance.envelope-type", () -> text.statement(key.publicKey()));
  }

  @Test
  void oneOfSeveralSignaturesSuffices() {
    byte[] json = statement().json();
    Envelope mine = Envelope.sign(Envelope.IN_TOTO, json, key);
    Envelope theirs = Envelope.sign(Envelope.IN_TOTO, json, SigningKey.generate(Curve.P_384));
    Envelope both =
        new Envelope(
            Envelope.IN_TOTO,
            json,
            List.of(theirs.signatures().getFirst(), mine.signatures().getFirst()));
    assertThat(Envelope.parse(both.json()).isSignedBy(key.publicKey())).isTrue();
    assertThat(theirs.isSignedBy(key.publicKey())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}",
        "{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[\"AA==\"]}",
        "{\"payload\":\"A*\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}",
        "{\"payload\":\"AA==\",\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}",
        "{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\",\"x\":1}]}",
        "{\"payload\":\"AA==\",\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}],\"x\":1}"
      })
  void whatIsNoEnvelopeIsRefused(String json) {
    refused(
        "governance.envelope-malformed",
        () -> Envelope.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"subject\":[{\"name\":\"m\",\"digest\":{\"sha256\":\"ab\"}}],\"predicateType\":\"p\",\"predicate\":{}}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"p\",\"predicate\":{}}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"m\",\"digest\":{}}],\"predicateType\":\"p\",\"predicate\":{}}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"m\",\"digest\":{\"sha256\":\"AB\"}}],\"predicateType\":\"p\",\"predicate\":{}}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"m\",\"digest\":{\"sha256\":\"ab\"}}],\"predicateType\":\"p\"}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":\"m\",\"digest\":{\"sha256\":\"ab\"}}],\"predicateType\":\"p\",\"predicate\":{},\"x\":1}"
      })
  void whatIsNoStatementIsRefused(String json) {
    refused(
        "governance.statement-malformed",
        () -> Statement.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static void refused(String code, Runnable step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            GovernanceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
