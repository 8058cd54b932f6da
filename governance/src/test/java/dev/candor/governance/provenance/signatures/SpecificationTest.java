package dev.candor.governance.provenance.signatures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.provenance.attestations.SigningKey;
import dev.candor.governance.provenance.attestations.Statement;
import dev.candor.governance.provenance.attestations.VerificationKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors and schemas of the specification, and signatures by released versions of others. */
class SpecificationTest {

  private static final Path VECTORS = Path.of("src/test/resources/model-signing");
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  @TempDir Path folder;

  private static Trust key() throws IOException {
    return new Trust.Key(
        VerificationKey.parse(Files.readAllBytes(VECTORS.resolve("keys/signing-key-pub.pem"))));
  }

  private static Trust roots() throws IOException {
    return new Trust.Roots(
        new HashSet<>(Trust.certificates(Files.readAllBytes(VECTORS.resolve("keys/ca-cert.pem")))),
        NOW);
  }

  private Path model(String released) throws IOException {
    Path model = Files.createDirectories(folder.resolve(released));
    for (String name : List.of("signme-1", "signme-2")) {
      Files.copy(VECTORS.resolve("released").resolve(released).resolve(name), model.resolve(name));
    }
    return model;
  }

  private static SignatureBundle bundle(String path) throws IOException {
    return SignatureBundle.read(VECTORS.resolve(path));
  }

  @Test
  void theValidVectorsAreValid() throws IOException {
    VerifiedModel byKey =
        ModelSignatures.verify(
            model("v1.1.0-elliptic-key"),
            bundle("valid/key.bundle.json"),
            key(),
            new VerificationScope(List.of(), List.of(), false));
    assertThat(byKey.resources()).hasSize(2).containsKeys("signme-1", "signme-2");
    assertThat(byKey.certificate()).isEmpty();
    VerifiedModel byCertificate =
        ModelSignatures.verify(
            folder.resolve("v1.1.0-elliptic-key"),
            bundle("valid/certificate.bundle.json"),
            roots(),
            new VerificationScope(List.of(), List.of(), false));
    assertThat(byCertificate.rootDigest()).isEqualTo(byKey.rootDigest());
    assertThat(byCertificate.certificate()).contains("CN=intermediate-ca");
    SignatureBundle keyless = bundle("valid/sigstore.bundle.json");
    assertThat(keyless.material()).isInstanceOf(VerificationMaterial.Keyless.class);
    refused(
        "governance.signature-keyless",
        () -> ModelSignatures.verify(folder, keyless, roots(), VerificationScope.without(folder)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty",
        "missing-envelope",
        "missing-tlog-entries",
        "missing-verification-material",
        "wrong-predicate"
      })
  void theInvalidVectorsAreNot(String name) {
    refused(
        "governance.signature-malformed",
        () -> {
          SignatureBundle bundle = bundle("invalid/" + name + ".bundle.json");
          // What has a bundle's form is refused for what is signed in it, whoever has signed.
          ModelManifest.of(Statement.parse(bundle.envelope().payload()));
        });
  }

  /** Section 11 of the specification: what released versions have written. */
  @ParameterizedTest
  @CsvSource({
    "v0.3.1-certificate, certificate",
    "v1.0.0-certificate, certificate",
    "v1.0.1-certificate, certificate",
    "v1.1.0-certificate, certificate",
    "v0.3.1-elliptic-key, file",
    "v1.0.0-elliptic-key, file",
    "v1.0.1-elliptic-key, key",
    "v1.1.0-elliptic-key, key"
  })
  void whatOthersHaveReleasedIsVerified(String version, String method) throws IOException {
    Path released = VECTORS.resolve("released").resolve(version);
    Path signature = released.resolve("model.sig");
    SignatureBundle bundle = SignatureBundle.read(signature);
    VerifiedModel verified =
        ModelSignatures.verify(
            method.equals("file") ? released.resolve("signme-1") : released,
            bundle,
            method.equals("certificate") ? roots() : key(),
            new VerificationScope(
                version.contains("1.0.1") ? List.of("ignore-me") : List.of(),
                List.of(signature),
                false));
    assertThat(verified.resources()).hasSize(method.equals("file") ? 1 : 2);
  }

  @Test
  void theFirstFormIsRefusedByName() throws IOException {
    Path released = VECTORS.resolve("released/v0.2.0-certificate");
    SignatureBundle bundle = SignatureBundle.read(released.resolve("model.sig"));
    assertThatThrownBy(() -> ModelManifest.of(Statement.parse(bundle.envelope().payload())))
        .isInstanceOfSatisfying(
            GovernanceException.class,
            e -> assertThat(e.code()).isEqualTo("governance.signature-unsupported"))
        .hasMessageContaining("Digests/v0.1");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 7, 1_000_000_000})
  void whatIsWrittenHereHasTheFormOfTheSchemas(long shardBytes) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model/sub"));
    Files.writeString(model.resolve("a:b"), "some weights");
    Files.writeString(model.resolveSibling("config.json"), "{}");
    SigningScope scope =
        new SigningScope(
            List.of("cache"),
            List.of(),
            false,
            shardBytes == 0 ? OptionalLong.empty() : OptionalLong.of(shardBytes),
            SigningScope.Dialect.SPECIFICATION);
    SignatureBundle bundle =
        ModelSignatures.sign(folder.resolve("model"), SigningKey.generate(), scope).bundle();
    valid("bundle", bundle.json());
    valid("statement", bundle.envelope().payload());
  }

  private static void valid(String name, byte[] json) throws IOException {
    Map<String, String> schemas = new HashMap<>();
    for (String schema : List.of("bundle", "envelope", "statement", "predicate")) {
      schemas.put(
          "https://model_signing/" + schema + "/v1.0/schema",
          Files.readString(VECTORS.resolve("schemas/" + schema + ".schema.json")));
    }
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(schemas));
    assertThat(
            registry
                .getSchema(SchemaLocation.of("https://model_signing/" + name + "/v1.0/schema"))
                .validate(new String(json, StandardCharsets.UTF_8), InputFormat.JSON))
        .isEmpty();
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void refused(String code, Step step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            GovernanceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
