package dev.candor.governance.provenance.signatures;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.provenance.attestations.Envelope;
import dev.candor.governance.provenance.attestations.SigningKey;
import dev.candor.governance.provenance.attestations.VerificationKey;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes and verifies signatures of models: OpenSSF Model Signing v1.0. */
public final class ModelSignatures {

  private static final int MOST_NAMED = 5;

  private ModelSignatures() {}

  /**
   * A signature that was made.
   *
   * @param bundle what is written beside the model
   * @param rootDigest SHA-256 over the digests of all files
   * @param resources how many files, or pieces of files, it covers
   * @param ignored what was there and left out
   * @param warnings links that lead out of the model
   */
  public record Signed(
      SignatureBundle bundle,
      String rootDigest,
      int resources,
      List<String> ignored,
      List<String> warnings) {}

  /**
   * Signs with a key that both sides have.
   *
   * @param model a file or a folder
   * @throws GovernanceException {@code governance.signature-empty}, {@code
   *     governance.signature-symlink}, {@code governance.signature-special-file}, {@code
   *     governance.signature-name}, {@code governance.signature-path}
   */
  public static Signed sign(Path model, SigningKey key, SigningScope scope) {
    return sign(
        model,
        key,
        scope,
        new VerificationMaterial.Key(Optional.of(key.publicKey().fingerprint())));
  }

  /**
   * Signs with a key that a certificate is about.
   *
   * @param chain that of the key first, then those that vouch for it
   * @throws GovernanceException as {@link #sign(Path, SigningKey, SigningScope)}; {@code
   *     governance.signature-certificate} if the first certificate is not about the key
   */
  public static Signed sign(
      Path model, SigningKey key, List<X509Certificate> chain, SigningScope scope) {
    if (chain.isEmpty() || !chain.getFirst().getPublicKey().equals(key.publicKey().key())) {
      throw new GovernanceException(
          "signature-certificate",
          "the first certificate is not about the key that signs",
          "Give the certificate of the key first, then those that vouch for it.");
    }
    return sign(model, key, scope, new VerificationMaterial.Certificates(chain));
  }

  private static Signed sign(
      Path model, SigningKey key, SigningScope scope, VerificationMaterial material) {
    List<String> ignored = new ArrayList<>(Serialization.ALWAYS_IGNORED);
    ignored.addAll(scope.ignoredPaths());
    ignored.addAll(below(model, scope.except()));
    Serialization serialization =
        new Serialization(scope.shardBytes(), scope.allowSymlinks(), ignored);
    ModelFiles files =
        ModelFiles.list(model, scope.allowSymlinks(), serialization.ignoredPaths(), scope.except());
    Map<String, String> digests = files.digests(serialization);
    String name = String.valueOf(model.toAbsolutePath().normalize().getFileName());
    boolean isFile = files.files().size() == 1 && files.files().containsValue(model);
    if (isFile && scope.dialect() == SigningScope.Dialect.MODEL_SIGNING_PACKAGE) {
      digests = withFileName(digests, name, ModelManifest.DOT);
    }
    ModelManifest manifest = ModelManifest.sorted(name, digests, serialization);
    return new Signed(
        new SignatureBundle(material, Envelope.sign(manifest.statement(scope.dialect()), key)),
        manifest.rootDigest(),
        manifest.resources().size(),
        files.ignored(),
        files.warnings());
  }

  /** Where the signature lies in the model, as paths below it. */
  private static List<String> below(Path model, List<Path> files) {
    Path root = model.toAbsolutePath().normalize();
    List<String> below = new ArrayList<>();
    for (Path file : files) {
      Path path = file.toAbsolutePath().normalize();
      if (path.startsWith(root) && !path.equals(root)) {
        below.add(root.relativize(path).toString().replace('\\', '/'));
      }
    }
    return below;
  }

  /**
   * Verifies that a model is what was signed, by somebody who is believed.
   *
   * @param model a file or a folder
   * @throws GovernanceException {@code governance.signature-keyless}, {@code
   *     governance.signature-other-method}, {@code governance.signature-other-key}, {@code
   *     governance.signature-certificate}, {@code governance.signature-invalid}, {@code
   *     governance.signature-malformed}, {@code governance.signature-unsupported}, {@code
   *     governance.signature-path}, {@code governance.signature-symlink}, {@code
   *     governance.signature-mismatch}
   */
  public static VerifiedModel verify(
      Path model, SignatureBundle bundle, Trust trust, VerificationScope scope) {
    VerificationKey signer = trust.signer(bundle.material());
    ModelManifest manifest = manifest(bundle, signer);
    Serialization serialization = manifest.serialization();
    List<String> ignored = new ArrayList<>(serialization.ignoredPaths());
    scope.ignoredPaths().forEach(path -> ignored.add(RelativePaths.requireIgnored(path)));
    ModelFiles files =
        ModelFiles.list(model, serialization.allowSymlinks(), ignored, scope.except());
    boolean isFile = files.files().size() == 1 && files.files().containsValue(model);
    Map<String, String> expected = manifest.resources();
    if (isFile) {
      // A file is what is in it: what it was called where it was signed does not count.
      expected = withFileName(expected, onlyFile(manifest), files.files().firstKey());
    }
    List<String> unsigned = new ArrayList<>();
    if (scope.ignoreUnsigned()) {
      SortedMap<String, Path> signed = new TreeMap<>(files.files());
      signed.keySet().removeIf(name -> !isFile && !manifest.files().contains(name));
      files.files().keySet().stream()
          .filter(name -> !signed.containsKey(name))
          .forEach(unsigned::add);
      files = new ModelFiles(signed, files.ignored(), files.warnings());
    }
    requireSame(expected, files.digests(serialization));
    return verified(manifest, signer, bundle, files.ignored(), unsigned, files.warnings());
  }

  /**
   * Verifies that a single file of this digest is what was signed: for a file that is no longer
   * there in the form that was signed, but whose digest somebody has recorded.
   *
   * @param digest SHA-256, 64 lower-case hexadecimal digits
   * @throws GovernanceException as {@link #verify}; {@code governance.signature-unsupported} if the
   *     signature is over pieces of it
   */
  public static VerifiedModel verifyDigest(String digest, SignatureBundle bundle, Trust trust) {
    VerificationKey signer = trust.signer(bundle.material());
    ModelManifest manifest = manifest(bundle, signer);
    if (manifest.serialization().shardBytes().isPresent()) {
      throw SignatureErrors.unsupported("method", "shards", "files, to verify by a digest");
    }
    String name = onlyFile(manifest);
    requireSame(manifest.resources(), Map.of(name, digest));
    return verified(manifest, signer, bundle, List.of(), List.of(), List.of());
  }

  private static ModelManifest manifest(SignatureBundle bundle, VerificationKey signer) {
    if (!bundle.envelope().isSignedBy(signer)) {
      throw new GovernanceException(
          "signature-invalid",
          "the signature does not belong to what is said to be signed, or is of another key",
          "Do not use the model: ask its maker for the signature, or for the right key.");
    }
    return ModelManifest.of(bundle.envelope().statement(signer));
  }

  private static VerifiedModel verified(
      ModelManifest manifest,
      VerificationKey signer,
      SignatureBundle bundle,
      List<String> ignored,
      List<String> unsigned,
      List<String> warnings) {
    Optional<String> certificate =
        bundle.material() instanceof VerificationMaterial.Certificates(List<X509Certificate> chain)
            ? Optional.of(chain.getFirst().getSubjectX500Principal().getName())
            : Optional.empty();
    return new VerifiedModel(
        manifest.subject(),
        manifest.rootDigest(),
        manifest.resources(),
        signer,
        certificate,
        ignored,
        unsigned,
        warnings);
  }

  private static String onlyFile(ModelManifest manifest) {
    if (manifest.files().size() != 1) {
      throw new GovernanceException(
          "signature-mismatch",
          "the signature covers " + manifest.files().size() + " files, the model is one",
          "Give the folder that was signed.");
    }
    return manifest.files().iterator().next();
  }

  /** The same resources with another name of their only file. */
  private static Map<String, String> withFileName(
      Map<String, String> resources, String from, String to) {
    Map<String, String> renamed = new HashMap<>();
    resources.forEach((name, digest) -> renamed.put(to + name.substring(from.length()), digest));
    return renamed;
  }

  private static void requireSame(Map<String, String> expected, Map<String, String> found) {
    SortedMap<String, String> differences = new TreeMap<>(RelativePaths.ORDER);
    expected.forEach((name, digest) -> {
      String there = found.get(name);
      if (there == null) {
        differences.put(name, "missing");
      } else if (!there.equals(digest)) {
        differences.put(name, "changed");
      }
    });
    found.keySet().stream()
        .filter(name -> !expected.containsKey(name))
        .forEach(name -> differences.put(name, "not signed"));
    if (differences.isEmpty()) {
      return;
    }
    List<String> named =
        differences.entrySet().stream()
            .limit(MOST_NAMED)
            .map(it -> PlainText.shown(it.getKey()) + " (" + it.getValue() + ")")
            .toList();
    throw new GovernanceException(
        "signature-mismatch",
        "the model is not what was signed: "
            + String.join(", ", named)
            + (differences.size() > MOST_NAMED
                ? " and " + (differences.size() - MOST_NAMED) + " more"
                : ""),
        "Get the model again from its maker.");
  }
}
