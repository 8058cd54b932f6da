package dev.candor.cli;

import dev.candor.governance.provenance.signatures.VerifiedModel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The document that records a verified signature: enough for somebody else to verify it again with
 * nothing but the model.
 */
final class SignatureEvidence {

  private static final String FORMAT = "candor-signature-evidence/1";

  private SignatureEvidence() {}

  static byte[] json(SignableModel signable, VerifiedModel verified, String how, byte[] bundle) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("format", FORMAT);
    members.put("model", signable.found().name());
    members.put("digest", signable.digest());
    members.put("by", how);
    members.put("rootDigest", verified.rootDigest());
    members.put("key", verified.signer().fingerprint());
    members.put("publicKey", verified.signer().pem());
    verified.certificate().ifPresent(name -> members.put("certificate", name));
    members.put("leftOut", verified.ignored());
    members.put("unsigned", verified.unsigned());
    members.put("bundle", new String(bundle, StandardCharsets.UTF_8));
    return JsonMapper.shared().writeValueAsBytes(members);
  }
}
