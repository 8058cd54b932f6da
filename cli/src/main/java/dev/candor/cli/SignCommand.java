package dev.candor.cli;

import dev.candor.governance.provenance.attestations.SigningKey;
import dev.candor.governance.provenance.signatures.ModelSignatures;
import dev.candor.governance.provenance.signatures.SigningScope;
import dev.candor.governance.provenance.signatures.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs the files of a model, or makes a key for that. */
@CommandLine.Command(
    name = "sign",
    description = {
      "Signs the files of a model: OpenSSF Model Signing v1.0, in a file beside it. Whoever has the"
          + " public key can verify that the model is what was signed, with 'candor"
          + " verify-signature' or the package model-signing.",
      "",
      "With --new-key it makes a key instead: FILE for you alone, FILE.pub for everybody."
    },
    footer = {
      "",
      "Examples:",
      "  candor sign --new-key release.pem",
      "  candor sign candor-mini --key release.pem",
      "  candor sign folder --key release.pem --out folder.sig --ignore cache",
      "  candor sign model.gguf --key release.pem --for-model-signing"
    })
final class SignCommand extends Command {

  private static final long SHARD_BYTES = 1_000_000_000;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "A name from 'candor models list', or a file or folder.")
  @Nullable String model;

  @Option(
      names = "--key",
      paramLabel = "FILE.pem",
      description = "The private key: PKCS#8 in PEM, on P-256, P-384 or P-521.")
  @Nullable Path key;

  @Option(
      names = "--certificates",
      paramLabel = "FILE.pem",
      description = "The certificate of the key and, after it, those that vouch for it.")
  @Nullable Path certificates;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The signature (default: MODEL.sig in this folder). Must not exist.")
  @Nullable Path out;

  @Option(
      names = "--ignore",
      paramLabel = "PATH",
      description = "Leave this out, relative to the model; several with the option again.")
  List<String> ignored = List.of();

  @Option(names = "--allow-symlinks", description = "Follow symbolic links and sign their targets.")
  boolean allowSymlinks;

  @Option(names = "--shards", description = "Hash pieces of 1 GB instead of whole files.")
  boolean shards;

  @Option(
      names = "--for-model-signing",
      description =
          "Write what the package model-signing up to 1.1.1 expects where it departs from the"
              + " specification: of a single file, and of pieces.")
  boolean forPackage;

  @Option(
      names = "--new-key",
      paramLabel = "FILE",
      description = "Make a key on P-256: FILE, which only you may read, and FILE.pub.")
  @Nullable Path newKey;

  SignCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (newKey != null) {
      if (model != null || key != null) {
        throw usage("--new-key makes a key and signs nothing: leave MODEL and --key out");
      }
      return makeKey(newKey);
    }
    if (model == null || key == null) {
      throw usage("say what to sign and with which key: candor sign MODEL --key FILE.pem");
    }
    return sign(model, key);
  }

  private int makeKey(Path file) {
    SigningKey made = SigningKey.generate();
    try {
      Path beside = made.write(file);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("key", file.toString());
        members.put("publicKey", beside.toString());
        members.put("fingerprint", made.publicKey().fingerprint());
        printJson(members);
      } else {
        streams
            .out()
            .printf(
                "%s is yours alone; give %s to whoever verifies.%nsha256:%s%n",
                file, beside, made.publicKey().fingerprint());
      }
      return OK;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int sign(String name, Path keyFile) {
    SigningKey signingKey = SigningKey.parse(TextFile.bytes(keyFile));
    SignableModel signable = SignableModel.find(streams, name);
    Path file = NewFile.require(out == null ? Path.of(signable.fileName() + ".sig") : out);
    List<String> left = new ArrayList<>(signable.notSigned());
    left.addAll(ignored);
    SigningScope scope =
        new SigningScope(
            left,
            List.of(file),
            allowSymlinks,
            shards ? OptionalLong.of(SHARD_BYTES) : OptionalLong.empty(),
            forPackage
                ? SigningScope.Dialect.MODEL_SIGNING_PACKAGE
                : SigningScope.Dialect.SPECIFICATION);
    ModelSignatures.Signed signed;
    try (ProgressLine progress = new ProgressLine(streams)) {
      progress.draw("hashing " + signable.found().name());
      signed =
          certificates == null
              ? ModelSignatures.sign(signable.path(), signingKey, scope)
              : ModelSignatures.sign(
                  signable.path(),
                  signingKey,
                  Trust.certificates(TextFile.bytes(certificates)),
                  scope);
    }
    NewFile.write(file, signed.bundle().json());
    signed.warnings().forEach(warning -> streams.err().println("Careful: " + warning + "."));
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", signable.found().name());
      members.put("path", signable.path().toString());
      members.put("signature", file.toString());
      members.put("rootDigest", signed.rootDigest());
      members.put("resources", signed.resources());
      members.put("key", signingKey.publicKey().fingerprint());
      members.put("leftOut", signed.ignored());
      members.put("warnings", signed.warnings());
      printJson(members);
    } else {
      streams
          .out()
          .printf(
              "%s signs %s of %s.%nsha256:%s%n",
              file,
              signed.resources() + (signed.resources() == 1 ? " file" : " files"),
              signable.found().name(),
              signed.rootDigest());
    }
    return OK;
  }
}
