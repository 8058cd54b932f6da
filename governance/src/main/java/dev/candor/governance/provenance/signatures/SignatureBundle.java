package dev.candor.governance.provenance.signatures;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.provenance.attestations.Envelope;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file of a signature: a Sigstore bundle v0.3 with a DSSE envelope in it (section 4 of the
 * specification).
 *
 * @param material who has signed
 * @param envelope what, and the signature
 */
public record SignatureBundle(VerificationMaterial material, Envelope envelope) {

  private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  /** The same version in the way in which it was first written. */
  private static final String FIRST_MEDIA_TYPE =
      "application/vnd.dev.sigstore.bundle+json;version=0.3";

  private static final Json.Limits LIMITS = new Json.Limits(64L << 20, 32, 1_000_000);

  /** As JSON. */
  public byte[] json() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("mediaType", MEDIA_TYPE);
    members.put("verificationMaterial", material.members());
    members.put("dsseEnvelope", envelope.members());
    return JsonMapper.shared().writeValueAsBytes(members);
  }

  /**
   * Reads a file.
   *
   * @throws GovernanceException {@code governance.signature-malformed}, {@code
   *     governance.signature-unsupported}
   */
  public static SignatureBundle read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(in);
    }
  }

  /** The same of bytes. */
  public static SignatureBundle parse(byte[] json) {
    return parse(new ByteArrayInputStream(json));
  }

  private static SignatureBundle parse(InputStream in) {
    try {
      JsonObject members = Json.parseObject(in, LIMITS, "bundle");
      for (String key : members.members().keySet()) {
        if (!Set.of("mediaType", "verificationMaterial", "dsseEnvelope").contains(key)) {
          throw SignatureErrors.malformed("the bundle has the unknown member " + key);
        }
      }
      String mediaType = members.string("mediaType");
      if (!mediaType.equals(MEDIA_TYPE) && !mediaType.equals(FIRST_MEDIA_TYPE)) {
        throw SignatureErrors.unsupported("mediaType", mediaType, MEDIA_TYPE);
      }
      VerificationMaterial material =
          VerificationMaterial.of(
              members
                  .object("verificationMaterial")
                  .orElseThrow(() -> SignatureErrors.malformed("verificationMaterial is missing")));
      Envelope envelope =
          Envelope.of(
              members
                  .object("dsseEnvelope")
                  .orElseThrow(() -> SignatureErrors.malformed("dsseEnvelope is missing")));
      if (envelope.signatures().size() != 1) {
        throw SignatureErrors.malformed(
            "there are " + envelope.signatures().size() + " signatures, a bundle has one");
      }
      if (!envelope.payloadType().equals(Envelope.IN_TOTO)) {
        throw SignatureErrors.malformed("payloadType is " + envelope.payloadType());
      }
      return new SignatureBundle(material, envelope);
    } catch (ConfigException e) {
      throw SignatureErrors.malformed(String.valueOf(e.getMessage()));
    }
  }
}
