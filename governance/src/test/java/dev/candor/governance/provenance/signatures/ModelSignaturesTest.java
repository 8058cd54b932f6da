package dev.candor.governance.provenance.signatures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.provenance.attestations.Curve;
import dev.candor.governance.provenance.attestations.Envelope;
import dev.candor.governance.provenance.attestations.SigningKey;
import dev.candor.governance.provenance.attestations.Statement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSignaturesTest {

  private static final String DIGEST = "ab".repeat(32);

  @TempDir Path folder;

  private final SigningKey key = SigningKey.generate();
  private final Trust trust = new Trust.Key(key.publicKey());
  private Path model = Path.of("");
  private Path signature = Path.of("");

  @BeforeEach
  void makeModel() throws IOException {
    model = Files.createDirectories(folder.resolve("model"));
    signature = model.resolve("model.sig");
    write("weights.bin", "0123456789");
    write("a.txt", "before the folder a by code points, after it by parts");
    write("a/b", "in a folder");
    write("a/c:1:2", "with colons");
    write("empty", "");
    write("𝄞", "beyond the BMP, after ï");
    write("ﬀ", "its last block, before that");
    write(".git/config", "not the model");
    write("sub/.git", "not git's");
  }

  private Path write(String name, String text) throws IOException {
    Path file = model.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private SigningScope scope(OptionalLong shards, boolean symlinks) {
    return new SigningScope(
        List.of(), List.of(signature), symlinks, shards, SigningScope.Dialect.SPECIFICATION);
  }

  private SignatureBundle signed() {
    return sign(OptionalLong.empty(), false);
  }

  private SignatureBundle sign(OptionalLong shards, boolean symlinks) {
    return ModelSignatures.sign(model, key, scope(shards, symlinks)).bundle();
  }

  private VerifiedModel verify(SignatureBundle bundle) {
    return ModelSignatures.verify(model, bundle, trust, VerificationScope.without(signature));
  }

  @ParameterizedTest
  @CsvSource({"P_256, 0", "P_384, 3", "P_521, 1000"})
  void whatWasSignedIsVerified(Curve curve, long shardBytes) throws IOException {
    SigningKey other = SigningKey.generate(curve);
    OptionalLong shards = shardBytes == 0 ? OptionalLong.empty() : OptionalLong.of(shardBytes);
    ModelSignatures.Signed signed = ModelSignatures.sign(model, other, scope(shards, false));
    Files.write(signature, signed.bundle().json());
    SignatureBundle read = SignatureBundle.read(signature);
    Trust believed = new Trust.Key(other.publicKey());
    VerifiedModel verified =
        ModelSignatures.verify(model, read, believed, VerificationScope.without(signature));
    assertThat(verified.rootDigest()).isEqualTo(signed.rootDigest());
    assertThat(verified.ignored()).containsExactly(".git");
    assertThat(verified.signer()).isEqualTo(other.publicKey());
    if (shardBytes == 0) {
      assertThat(verified.resources().keySet())
          .containsExactly(
              "a.txt", "a/b", "a/c:1:2", "empty", "sub/.git", "weights.bin", "ﬀ", "𝄞");
    }
    if (shardBytes == 3) {
      assertThat(verified.resources().keySet())
          .contains("weights.bin:0:3", "weights.bin:9:10", "a/c:1:2:0:3")
          .noneMatch(name -> name.startsWith("empty"));
    }
    // The signature lies in the model, under its name or another.
    Path elsewhere = Files.move(signature, folder.resolve("elsewhere.sig"));
    assertThat(
            ModelSignatures.verify(model, read, believed, VerificationScope.without(elsewhere))
                .rootDigest())
        .isEqualTo(signed.rootDigest());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4})
  void everyChangeIsFound(long shardBytes) throws IOException {
    SignatureBundle bundle =
        sign(shardBytes == 0 ? OptionalLong.empty() : OptionalLong.of(shardBytes), false);
    mismatch(bundle, "weights.bin", () -> write("weights.bin", "0123456788"));
    mismatch(bundle, "weights.bin", () -> write("weights.bin", "01234567890"));
    mismatch(bundle, "weights.bin", () -> write("weights.bin", "012345678"));
    mismatch(bundle, "weights.bin", () -> Files.delete(model.resolve("weights.bin")));
    mismatch(bundle, "a.exe", () -> write("a.exe", "x"));
    mismatch(bundle, "sub/deep/x", () -> write("sub/deep/x", "x"));
    mismatch(
        bundle, "W", () -> Files.move(model.resolve("weights.bin"), model.resolve("Weights.bin")));
    mismatch(bundle, "sub/.gitignore", () -> write("sub/.gitignore", "x"));
    verify(bundle);
    write(".github/workflow", "left out wherever it comes from");
    verify(bundle);
  }

  private interface Change {
    void make() throws IOException;
  }

  private void mismatch(SignatureBundle bundle, String named, Change change) throws IOException {
    change.make();
    assertThatThrownBy(() -> verify(bundle))
        .isInstanceOfSatisfying(
            GovernanceException.class,
            e -> assertThat(e.code()).isEqualTo("governance.signature-mismatch"))
        .hasMessageContaining(named);
    delete(model);
    makeModel();
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void noBundleWithOneCharacterChangedVerifiesAsSomethingElse() {
    byte[] json = signed().json();
    String root = verify(signed()).rootDigest();
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] altered = json.clone();
      int at = random.nextInt(json.length);
      altered[at] = (byte) (altered[at] ^ 1 << random.nextInt(7));
      try {
        // What is left are changes to what nobody signs and nothing is read from.
        assertThat(verify(SignatureBundle.parse(altered)).rootDigest()).isEqualTo(root);
      } catch (GovernanceException e) {
        assertThat(e.code()).startsWith("governance.");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(380);
  }

  @Test
  void anotherKeyIsRefusedWhateverTheBundleCallsIt() {
    SigningKey other = SigningKey.generate();
    SignatureBundle bundle = signed();
    refused(
        "governance.signature-other-key",
        () ->
            ModelSignatures.verify(
                model,
                bundle,
                new Trust.Key(other.publicKey()),
                VerificationScope.without(signature)));
    SignatureBundle renamed =
        new SignatureBundle(
            new VerificationMaterial.Key(Optional.of(other.publicKey().fingerprint())),
            bundle.envelope());
    refused(
        "governance.signature-invalid",
        () ->
            ModelSignatures.verify(
                model,
                renamed,
                new Trust.Key(other.publicKey()),
                VerificationScope.without(signature)));
    refused(
        "governance.signature-other-method",
        () ->
            ModelSignatures.verify(
                model,
                bundle,
                new Trust.Roots(Set.of(), Instant.EPOCH),
                VerificationScope.without(signature)));
  }

  @Test
  void linksAreRefusedUnlessTheyWereSigned() throws IOException {
    SignatureBundle bundle = signed();
    Path weights = model.resolve("weights.bin");
    Path moved = Files.move(weights, folder.resolve("outside.bin"));
    Files.createSymbolicLink(weights, moved);
    refused("governance.signature-symlink", () -> verify(bundle));
    refused("governance.signature-symlink", this::signed);
    ModelSignatures.Signed followed =
        ModelSignatures.sign(model, key, scope(OptionalLong.empty(), true));
    assertThat(followed.warnings()).singleElement().asString().contains("weights.bin");
    assertThat(verify(followed.bundle()).rootDigest()).isEqualTo(followed.rootDigest());
    Files.createSymbolicLink(model.resolve("a/up"), model);
    refused("governance.signature-symlink", () -> verify(followed.bundle()));
    Files.delete(model.resolve("a/up"));
    Files.createSymbolicLink(model.resolve("nowhere"), folder.resolve("gone"));
    refused("governance.signature-symlink", () -> verify(followed.bundle()));
    Path link = Files.createSymbolicLink(folder.resolve("link"), model);
    refused(
        "governance.signature-symlink",
        () -> ModelSignatures.verify(link, bundle, trust, VerificationScope.without(signature)));
  }

  @Test
  void aFileIsSignedUnderItsOwnNameOrADot() throws IOException {
    Path file = write("weights.bin", "0123456789");
    for (SigningScope.Dialect name : SigningScope.Dialect.values()) {
      for (OptionalLong shards : List.of(OptionalLong.empty(), OptionalLong.of(4))) {
        SignatureBundle bundle =
            ModelSignatures.sign(
                    file, key, new SigningScope(List.of(), List.of(), false, shards, name))
                .bundle();
        VerificationScope scope = VerificationScope.without(signature);
        VerifiedModel verified = ModelSignatures.verify(file, bundle, trust, scope);
        String expected = name == SigningScope.Dialect.SPECIFICATION ? "weights.bin" : ".";
        assertThat(verified.resources().keySet())
            .allMatch(it -> it.equals(expected) || it.startsWith(expected + ":"));
        Path renamed = Files.copy(file, folder.resolve("other" + name + shards.isPresent()));
        assertThat(ModelSignatures.verify(renamed, bundle, trust, scope).rootDigest())
            .isEqualTo(verified.rootDigest());
        refused(
            "governance.signature-mismatch",
            () -> ModelSignatures.verify(model, bundle, trust, scope));
        Path other = write("other", "0123456780");
        refused(
            "governance.signature-mismatch",
            () -> ModelSignatures.verify(other, bundle, trust, scope));
        Files.delete(other);
      }
    }
    refused(
        "governance.signature-mismatch",
        () -> ModelSignatures.verify(file, signed(), trust, VerificationScope.without(signature)));
  }

  /** A packed model: the file that was signed is gone, its digest is known. */
  @Test
  void aDigestIsVerifiedWhereTheFileIsGone() throws IOException {
    Path file = write("weights.bin", "0123456789");
    SignatureBundle bundle = ModelSignatures.sign(file, key, SigningScope.ofAllFiles()).bundle();
    String digest = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";
    assertThat(ModelSignatures.verifyDigest(digest, bundle, trust).resources())
        .containsEntry("weights.bin", digest);
    refused(
        "governance.signature-mismatch", () -> ModelSignatures.verifyDigest(DIGEST, bundle, trust));
    refused(
        "governance.signature-mismatch",
        () -> ModelSignatures.verifyDigest(digest, signed(), trust));
  }

  @Test
  void whatIsLeftOutIsSaidAndNeverWhatWasSigned() throws IOException {
    SignatureBundle bundle = signed();
    write("notes/mine.txt", "x");
    VerificationScope notes = new VerificationScope(List.of("notes"), List.of(), false);
    assertThat(ModelSignatures.verify(model, bundle, trust, notes).ignored())
        .containsExactlyInAnyOrder(".git", "notes");
    VerificationScope unsigned = new VerificationScope(List.of(), List.of(), true);
    assertThat(ModelSignatures.verify(model, bundle, trust, unsigned).unsigned())
        .containsExactly("notes/mine.txt");
    VerificationScope weights =
        new VerificationScope(List.of("notes", "weights.bin"), List.of(), true);
    refused(
        "governance.signature-mismatch",
        () -> ModelSignatures.verify(model, bundle, trust, weights));
  }

  @Test
  void anEmptyModelIsNotSigned() throws IOException {
    Path empty = folder.resolve("empty");
    Files.createDirectories(empty.resolve(".git"));
    refused(
        "governance.signature-empty",
        () -> ModelSignatures.sign(empty, key, SigningScope.ofAllFiles()));
  }

  /** Signed by the right key all the same: whoever signs may be wrong, or made to sign. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "../weights.bin",
        "/etc/passwd",
        "a/../weights.bin",
        "./weights.bin",
        "a//b",
        "a/",
        "..",
        "a/.",
        "w\0"
      })
  void pathsThatLeadElsewhereAreRefused(String path) {
    refused("governance.signature-path", () -> verify(crafted(path, Map.of(), DIGEST)));
    if (!path.equals("./weights.bin") && !path.equals("a/")) {
      Map<String, Object> ignoring = Map.of("ignore_paths", List.of(path));
      refused("governance.signature-path", () -> verify(crafted("a", ignoring, DIGEST)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hash_type, blake2b, unsupported",
    "method, tensors, unsupported",
    "shard_size, 5, malformed",
    "other, 1, malformed",
    "allow_symlinks, yes, malformed"
  })
  void whatIsNotInTheSpecificationIsRefused(String member, String value, String reason) {
    Object given = member.equals("shard_size") ? Long.valueOf(value) : value;
    refused(
        "governance.signature-" + reason,
        () -> verify(crafted("a", Map.of(member, given), DIGEST)));
    refused("governance.signature-malformed", () -> verify(crafted("a", Map.of(), "ab")));
    refused(
        "governance.signature-path",
        () -> verify(crafted("a", Map.of("ignore_paths", List.of("*.bin")), DIGEST)));
  }

  private SignatureBundle crafted(String path, Map<String, Object> serialization, String digest) {
    Map<String, Object> members = new HashMap<>();
    members.put("method", "files");
    members.put("hash_type", "sha256");
    members.put("allow_symlinks", false);
    members.putAll(serialization);
    Map<String, Object> predicate = new HashMap<>();
    predicate.put(
        "resources", List.of(Map.of("name", path, "digest", digest, "algorithm", "sha256")));
    predicate.put("serialization", members);
    String root = ModelManifest.sorted("m", Map.of("x", DIGEST), serialization()).rootDigest();
    Statement statement =
        new Statement(
            List.of(Statement.Subject.sha256("m", root)), ModelManifest.PREDICATE_TYPE, predicate);
    return new SignatureBundle(
        new VerificationMaterial.Key(Optional.empty()), Envelope.sign(statement, key));
  }

  private static Serialization serialization() {
    return new Serialization(OptionalLong.empty(), false, List.of());
  }

  @Test
  void rootAndDoublesAreChecked() {
    Statement wrongRoot =
        new Statement(
            List.of(Statement.Subject.sha256("m", DIGEST)),
            ModelManifest.PREDICATE_TYPE,
            ModelManifest.sorted("m", Map.of("x", DIGEST), serialization())
                .statement(SigningScope.Dialect.SPECIFICATION)
                .predicate());
    refused(
        "governance.signature-malformed",
        () ->
            verify(
                new SignatureBundle(
                    new VerificationMaterial.Key(Optional.empty()),
                    Envelope.sign(wrongRoot, key))));
    String json = new String(signed().envelope().payload(), StandardCharsets.UTF_8);
    String twice = json.replaceFirst("(\\{\"name\":\"a.txt\"[^}]*\\})", "$1,$1");
    assertThat(twice).isNotEqualTo(json);
    refused(
        "governance.signature-malformed",
        () ->
            verify(
                new SignatureBundle(
                    new VerificationMaterial.Key(Optional.empty()),
                    Envelope.sign(Envelope.IN_TOTO, twice.getBytes(StandardCharsets.UTF_8), key))));
  }

  private static void refused(String code, Runnable step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            GovernanceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
