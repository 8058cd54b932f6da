package dev.candor.conformance.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.CommandRun;
import dev.candor.conformance.TestData;
import dev.candor.server.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is signed here is verified by the package model-signing, and what it signs is here. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class ModelSigningInteroperabilityTest {

  @TempDir Path folder;

  private Path key = Path.of("");
  private Path model = Path.of("");

  @BeforeEach
  void makeModelAndKey() throws IOException {
    key = folder.resolve("key.pem");
    candor(0, "sign", "--new-key", key.toString());
    model = Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(TestData.fixture("llama-smol"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    // Before and after a file of the same beginning: paths and code points sort them differently.
    Files.createDirectories(model.resolve("config"));
    Files.writeString(model.resolve("config/more"), "é");
    Files.createDirectories(model.resolve(".git"));
    Files.writeString(model.resolve(".git/HEAD"), "not the model");
  }

  private static String candor(int exitCode, String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
    return run.out() + run.err();
  }

  private void theirs(int status, String... arguments) throws Exception {
    ProgramRun run = ModelSigningProgram.run(folder, arguments);
    assertThat(run.status()).as(run.output()).isEqualTo(status);
  }

  @Test
  void theyVerifyWhatIsSignedHere() throws Exception {
    String signature = signed("our.sig");
    theirs(0, "verify", "key", "--signature", signature, "--public_key", "key.pem.pub", "model");
    Files.writeString(model.resolve("config/more"), "e");
    theirs(1, "verify", "key", "--signature", signature, "--public_key", "key.pem.pub", "model");
    Files.writeString(model.resolve("config/more"), "é");
    Files.writeString(model.resolve("extra"), "");
    theirs(1, "verify", "key", "--signature", signature, "--public_key", "key.pem.pub", "model");
  }

  private String signed(String name, String... options) {
    String signature = folder.resolve(name).toString();
    Stream<String> command =
        Stream.of("sign", model.toString(), "--key", key.toString(), "--out", signature);
    candor(0, Stream.concat(command, Stream.of(options)).toArray(String[]::new));
    return signature;
  }

  /** Their commands know whole files alone, their library pieces too. */
  @Test
  void piecesGoBothWays() throws Exception {
    signed("our.sig", "--shards", "--for-model-signing");
    ProgramRun run =
        ModelSigningProgram.python(
            folder,
            """
            import model_signing
            model_signing.verifying.Config().use_elliptic_key_verifier(
                public_key="key.pem.pub").verify("model", "our.sig")
            model_signing.signing.Config().use_elliptic_key_signer(private_key="key.pem") \\
                .set_hashing_config(
                    model_signing.hashing.Config().use_shard_serialization(shard_size=1000)) \\
                .sign("model", "their.sig")
            """);
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(verify(0, model, "their.sig")).contains("\"verified\" : true");
    Path weights = model.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[1500] ^= 1;
    Files.write(weights, bytes);
    assertThat(verify(1, model, "their.sig")).contains("model.safetensors:1000:2000 (changed)");
  }

  /** One GGUF file; they call it by a dot, whatever the specification says. */
  @Test
  void oneFileGoesBothWays() throws Exception {
    Path file = folder.resolve("model.gguf");
    Files.copy(Path.of("..", "models", "candor-mini", "candor-mini.gguf"), file);
    candor(
        0,
        "sign",
        file.toString(),
        "--key",
        key.toString(),
        "--for-model-signing",
        "--out",
        folder.resolve("our.sig").toString());
    theirs(
        0,
        "verify",
        "key",
        "--signature",
        "our.sig",
        "--public_key",
        "key.pem.pub",
        file.toString());
    theirs(
        0, "sign", "key", "--private_key", "key.pem", "--signature", "their.sig", file.toString());
    verify(0, file, "their.sig");
    Files.writeString(file, "altered");
    theirs(
        1,
        "verify",
        "key",
        "--signature",
        "our.sig",
        "--public_key",
        "key.pem.pub",
        file.toString());
    assertThat(verify(1, file, "their.sig")).contains("model.gguf (changed)");
  }

  @Test
  void whatTheySignIsVerifiedHere() throws Exception {
    Files.createDirectories(model.resolve("cache"));
    Files.writeString(model.resolve("cache/x"), "left out");
    theirs(
        0,
        "sign",
        "key",
        "--private_key",
        "key.pem",
        "--signature",
        "model/model.sig",
        "--ignore-paths",
        "model/cache",
        "model");
    assertThat(verify(0, model, "model/model.sig")).contains("\"leftOut\" : [ ", "\"cache\"");
    Files.writeString(model.resolve("config/more"), "e");
    assertThat(verify(1, model, "model/model.sig")).contains("config/more (changed)");
    Files.delete(model.resolve("config/more"));
    assertThat(verify(1, model, "model/model.sig")).contains("config/more (missing)");
    Files.writeString(model.resolve("config/more"), "é");
    Files.writeString(model.resolve("config/extra"), "");
    assertThat(verify(1, model, "model/model.sig")).contains("config/extra (not signed)");
  }

  private String verify(int exitCode, Path signed, String signature) {
    return candor(
        exitCode,
        "verify-signature",
        signed.toString(),
        "--signature",
        folder.resolve(signature).toString(),
        "--key",
        key + ".pub",
        "--json");
  }
}
