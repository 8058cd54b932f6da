package dev.candor.cli;

import dev.candor.cli.store.StoredModel;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.provenance.attestations.VerificationKey;
import dev.candor.governance.provenance.signatures.ModelSignatures;
import dev.candor.governance.provenance.signatures.SignatureBundle;
import dev.candor.governance.provenance.signatures.Trust;
import dev.candor.governance.provenance.signatures.VerificationScope;
import dev.candor.governance.provenance.signatures.VerifiedModel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verifies that a model is what somebody has signed. */
@CommandLine.Command(
    name = "verify-signature",
    description = {
      "Verifies that a model is what somebody has signed: every file is there, unchanged, and no"
          + " other beside them. It uses no network.",
      "",
      "A packed model of the store is verified by the file that it was packed from, whose digest"
          + " the store has kept."
    },
    footer = {
      "",
      "Examples:",
      "  candor verify-signature candor-mini --signature candor-mini.sig --key release.pem.pub",
      "  candor verify-signature folder --signature folder.sig --certificate-roots root.pem",
      "  candor verify-signature candor-mini --signature candor-mini.sig --key release.pem.pub \\",
      "      --record --as anna.berger:operate"
    })
final class VerifySignatureCommand extends Command {

  @Parameters(
      arity = "1",
      paramLabel = "MODEL",
      description = "A name from 'candor models list', or a file or folder.")
  String model = "";

  @Option(
      names = "--signature",
      required = true,
      paramLabel = "FILE",
      description = "The bundle that the signer has written.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path signature;

  @Option(names = "--key", paramLabel = "FILE.pem", description = "The public key of the signer.")
  @Nullable Path key;

  @Option(
      names = "--certificate-roots",
      paramLabel = "FILE.pem",
      description = "Certificates that are believed, where the signer has one.")
  @Nullable Path roots;

  @Option(
      names = "--ignore",
      paramLabel = "PATH",
      description = "Do not look at this, relative to the model; several with the option again.")
  List<String> ignored = List.of();

  @Option(
      names = "--ignore-unsigned-files",
      description = "Do not mind files that nobody has signed.")
  boolean ignoreUnsigned;

  @Mixin EvidenceArguments evidence = new EvidenceArguments();

  VerifySignatureCommand(Streams streams) {
    super(streams);
  }

  /**
   * What was verified.
   *
   * @param how {@code files}, or {@code packed-from} for the digest of what was packed
   */
  private record Outcome(VerifiedModel verified, String how) {}

  @Override
  public Integer call() {
    if ((key == null) == (roots == null)) {
      throw usage("say who is believed: one of --key and --certificate-roots");
    }
    if (evidence.record && (ignoreUnsigned || !ignored.isEmpty())) {
      throw usage(
          "what is recorded is about all files: --record goes with neither --ignore nor"
              + " --ignore-unsigned-files");
    }
    Trust trust =
        key != null
            ? new Trust.Key(VerificationKey.parse(TextFile.bytes(key)))
            : new Trust.Roots(new HashSet<>(Trust.certificates(rootsFile())), Instant.now());
    byte[] file = TextFile.bytes(signature);
    SignatureBundle bundle = SignatureBundle.parse(file);
    SignableModel signable = SignableModel.find(streams, model);
    Outcome outcome;
    try (ProgressLine progress = new ProgressLine(streams)) {
      progress.draw("hashing " + signable.found().name());
      outcome = verify(signable, bundle, trust);
    }
    OptionalLong entry =
        evidence.record(
            streams,
            model,
            EvidenceKind.SIGNATURE,
            Verdict.PASS,
            SignatureEvidence.json(signable, outcome.verified(), outcome.how(), file));
    tell(signable, outcome, entry);
    return OK;
  }

  private byte[] rootsFile() {
    return roots == null ? new byte[0] : TextFile.bytes(roots);
  }

  private Outcome verify(SignableModel signable, SignatureBundle bundle, Trust trust) {
    List<String> left = new ArrayList<>(signable.notSigned());
    left.addAll(ignored);
    VerificationScope scope = new VerificationScope(left, List.of(signature), ignoreUnsigned);
    try {
      return new Outcome(ModelSignatures.verify(signable.path(), bundle, trust, scope), "files");
    } catch (GovernanceException e) {
      if (!e.code().equals("governance.signature-mismatch")
          || !signable.stored().map(StoredModel::packedHere).orElse(false)) {
        throw e;
      }
      StoredModel stored = signable.stored().orElseThrow();
      // The digest of the original stands for the packed file only as long as that is unaltered.
      stored.requireAsPacked();
      return new Outcome(
          ModelSignatures.verifyDigest(stored.digest(), bundle, trust), "packed-from");
    }
  }

  private void tell(SignableModel signable, Outcome outcome, OptionalLong entry) {
    VerifiedModel verified = outcome.verified();
    verified.warnings().forEach(warning -> streams.err().println("Careful: " + warning + "."));
    verified
        .unsigned()
        .forEach(name -> streams.err().println("Careful: nobody has signed " + name + "."));
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", signable.found().name());
      members.put("digest", signable.digest());
      members.put("verified", true);
      members.put("by", outcome.how());
      members.put("rootDigest", verified.rootDigest());
      members.put("resources", verified.resources().size());
      members.put("key", verified.signer().fingerprint());
      verified.certificate().ifPresent(name -> members.put("certificate", name));
      members.put("leftOut", verified.ignored());
      members.put("unsigned", verified.unsigned());
      members.put("warnings", verified.warnings());
      entry.ifPresent(index -> members.put("entry", index));
      printJson(members);
    } else {
      streams
          .out()
          .printf(
              "%s is what was signed by %s.%nsha256:%s%n",
              signable.found().name(),
              verified.certificate().orElse("the key sha256:" + verified.signer().fingerprint()),
              verified.rootDigest());
      if (outcome.how().equals("packed-from")) {
        streams.out().println("Signed is the file that it was packed from.");
      }
      entry.ifPresent(
          index -> streams.out().println("Entry " + index + " of the ledger records it."));
    }
  }
}
