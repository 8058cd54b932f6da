package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.candor.engine.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code candor sign}, {@code verify-signature}, {@code card}, {@code datasheet}, {@code bom}. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ProvenanceCommandsTest {

  private static final Path EMBEDDED = Path.of("..", "models", "candor-mini");
  private static final String MINI = EMBEDDED.resolve("candor-mini.gguf").toString();

  @TempDir Path folder;

  private static String candor(int exitCode, String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
    return run.out() + run.err();
  }

  private String in(String name) {
    return folder.resolve(name).toString();
  }

  private static List<String> judged(String bom) throws IOException {
    Map<String, String> schemas = new HashMap<>();
    for (String name : List.of("bom-1.7", "spdx", "jsf-0.82", "cryptography-defs")) {
      schemas.put(
          "http://cyclonedx.org/schema/" + name + ".schema.json",
          Files.readString(
              Path.of(
                  "..",
                  "governance",
                  "src",
                  "test",
                  "resources",
                  "cyclonedx",
                  name + ".schema.json")));
    }
    return SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_7, builder -> builder.schemas(schemas))
        .getSchema(SchemaLocation.of("http://cyclonedx.org/schema/bom-1.7.schema.json"))
        .validate(bom, InputFormat.JSON)
        .stream()
        .map(String::valueOf)
        .toList();
  }

  /** Whoever trains it anew has to say anew what it is: card.yaml names its digest. */
  @Test
  void theEmbeddedModelHasItsCardItsDatasheetAndItsBill() throws IOException {
    String digest;
    try (Checkpoint checkpoint = Checkpoint.open(Path.of(MINI))) {
      digest = checkpoint.sourceDigest().orElseThrow();
    }
    assertThat(Files.readString(EMBEDDED.resolve("card.yaml"))).contains("digest: " + digest);
    JsonNode card = JsonMapper.shared().readTree(CommandRun.of("card", MINI, "--json").out());
    assertThat(card.at("/verdict").asString()).isEqualTo("PASS");
    assertThat(card.at("/answers/model-details/licence").asString()).isEqualTo("apache-2.0");
    assertThat(card.at("/answers/model-details/type").asString()).contains("3,196,800 parameters");
    assertThat(card.at("/sources/type").asString()).isEqualTo("program");
    candor(0, "card", MINI, "--out", in("README.md"));
    assertThat(candor(0, "card", "check", in("README.md"))).contains("18 of 18 headings");
    assertThat(candor(0, "datasheet", EMBEDDED.resolve("datasheet.yaml").toString(), "--json"))
        .contains("\"verdict\" : \"PASS\"");
    candor(0, "bom", MINI, "--out", in("bom.json"));
    String bom = Files.readString(folder.resolve("bom.json"));
    assertThat(judged(bom)).isEmpty();
    assertThat(JsonMapper.shared().readTree(bom).at("/components/0/hashes/0/content").asString())
        .isEqualTo(digest);
    assertThat(bom).contains("pkg:maven/tools.jackson.core/jackson-databind@", "\"Apache-2.0\"");
    assertThat(candor(1, "bom", MINI, "--out", in("bom.json"))).contains("is there already");
  }

  @Test
  void aModelOfOthersSaysWhatIsUnknown() throws IOException {
    String model = TestData.fixture("llama-smol").toString();
    String bom = CommandRun.of("bom", model).out();
    assertThat(judged(bom)).isEmpty();
    assertThat(bom).contains("\"candor:licence\"").contains("UNKNOWN");
    assertThat(candor(0, "card", model)).contains("Nothing known of: ", "answers are UNKNOWN");
    Files.writeString(
        folder.resolve("answers.yaml"),
        """
        format: candor-document/1
        template: model-card
        answers:
          limitations: {technical-limitations: "", trade-offs: none}
        """);
    assertThat(candor(1, "card", "check", in("answers.yaml"))).contains("Empty headings: Limit");
    assertThat(candor(0, "card", model, "--answers", in("answers.yaml"), "--json"))
        .contains("\"verdict\" : \"FAIL\"");
  }

  @Test
  void aDataSetHasItsDatasheetAndIsInTheBill() throws IOException {
    StringBuilder rows = new StringBuilder("text,team\n");
    for (int i = 0; i < 20; i++) {
      rows.append("message number ").append(i * i).append(i % 2 == 0 ? ",a\n" : ",b\n");
    }
    Files.writeString(folder.resolve("rows.csv"), rows);
    candor(
        0,
        "data",
        "prepare",
        in("rows.csv"),
        "--text",
        "text",
        "--label",
        "team",
        "--out",
        in("set"),
        "--purpose",
        "model-training",
        "--source",
        "our desk",
        "--licence",
        "internal",
        "--collected-by",
        "A. Miller",
        "--collected-at",
        "2026-11-01");
    String sheet = candor(0, "datasheet", in("set"), "--json");
    assertThat(sheet).contains("our desk", "A. Miller", "20 rows", "INSUFFICIENT_DATA");
    String bom = CommandRun.of("bom", MINI, "--data", in("set")).out();
    assertThat(judged(bom)).isEmpty();
    assertThat(bom).contains("\"dataset\"", "\"our desk\"", "\"A. Miller\"");
  }

  @Test
  void whatWasVerifiedAndWrittenIsRecorded() {
    candor(0, "sign", "--new-key", in("key.pem"));
    candor(0, "sign", MINI, "--key", in("key.pem"), "--out", in("mini.sig"));
    recorded(
        "signature",
        candor(
            0,
            "verify-signature",
            MINI,
            "--signature",
            in("mini.sig"),
            "--key",
            in("key.pem.pub"),
            "--record"));
    // Evidence of a signature covers all that is used.
    assertThat(
            candor(
                2,
                "verify-signature",
                MINI,
                "--signature",
                in("mini.sig"),
                "--key",
                in("key.pem.pub"),
                "--ignore-unsigned-files",
                "--record"))
        .contains("--record goes with neither");
    recorded("card", candor(0, "card", MINI, "--record"));
    recorded("bom", candor(0, "bom", MINI, "--out", in("bom.json"), "--record"));
    recorded(
        "datasheet",
        candor(
            0,
            "datasheet",
            EMBEDDED.resolve("datasheet.yaml").toString(),
            "--model",
            MINI,
            "--record"));
    assertThat(candor(1, "card", MINI, "--record", "--as", "mallory:audit"))
        .contains("may not record evidence");
  }

  /** The entry that a command says it has made is one of this kind. */
  private static void recorded(String kind, String printed) {
    Matcher entry = Pattern.compile("Entry (\\d+) of the ledger records it").matcher(printed);
    assertThat(entry.find()).as(printed).isTrue();
    assertThat(candor(0, "audit", "show", entry.group(1), "--json"))
        .contains("\"evidence-recorded\"", "\"" + kind + "\"", "\"pass\"");
  }

  @Test
  void whatTheInventorySaysIsInTheCard() throws Exception {
    Path home = folder.resolve("home");
    String model = TestData.fixture("sambay-tiny").toString();
    Path record = folder.resolve("record.yaml");
    assertThat(
            CandorProcess.run(home, "inventory", "init", model, "--out", record.toString())
                .exitCode())
        .isZero();
    String filled =
        Files.readString(record)
            .replaceFirst("(?m)^owner:.*$", "owner: Triage desk")
            .replaceFirst("(?m)^developer:.*$", "developer: A. Miller")
            .replaceFirst("(?m)^name:.*$", "name: a tiny model")
            .replaceFirst("(?m)^origin:.*$", "origin: internal")
            .replaceFirst("(?m)^limitations:.*$", "limitations: [reads English alone]");
    Files.writeString(record, filled);
    CommandRun added = CandorProcess.run(home, "inventory", "add", record.toString());
    assertThat(added.exitCode()).as(filled + added.err()).isZero();
    JsonNode card =
        JsonMapper.shared().readTree(CandorProcess.run(home, "card", model, "--json").out());
    assertThat(card.at("/answers/model-details/developed-by").asString()).isEqualTo("A. Miller");
    assertThat(card.at("/answers/model-details/contact").asString()).isEqualTo("Triage desk");
    assertThat(card.at("/answers/limitations/technical-limitations").asString())
        .isEqualTo("reads English alone");
    assertThat(card.at("/sources/contact").asString()).isEqualTo("inventory");
  }

  /** The file that was signed is gone; the store knows its digest, and packed it itself. */
  @Test
  void aPackedModelIsVerifiedByWhatItWasPackedFrom() throws Exception {
    Path home = folder.resolve("home");
    String file = in("smol.gguf");
    candor(
        0,
        "models",
        "convert",
        TestData.fixture("sambay-tiny").toString(),
        file,
        "--format",
        "Q8_0");
    candor(0, "sign", "--new-key", in("key.pem"));
    candor(0, "sign", file, "--key", in("key.pem"), "--out", in("smol.sig"));
    assertThat(CandorProcess.run(home, "models", "add", file, "--name", "smol").exitCode())
        .isZero();
    String[] verify = {
      "verify-signature",
      "smol",
      "--signature",
      in("smol.sig"),
      "--key",
      in("key.pem.pub"),
      "--json"
    };
    CommandRun verified = CandorProcess.run(home, verify);
    assertThat(verified.exitCode()).as(verified.out()).isZero();
    assertThat(verified.out()).contains("\"by\" : \"packed-from\"");
    Path packed;
    try (var files = Files.list(home.resolve("models/smol"))) {
      packed = files.filter(it -> it.toString().endsWith(".gguf")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(packed);
    bytes[bytes.length - 100] ^= 1;
    Files.write(packed, bytes);
    CommandRun altered = CandorProcess.run(home, verify);
    assertThat(altered.exitCode()).isEqualTo(1);
    assertThat(altered.out()).contains("store.wrong-digest");
  }
}
