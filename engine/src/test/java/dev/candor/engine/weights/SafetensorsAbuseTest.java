package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Abuse cases A4, A5, A8, A10 and A13 of the house's list, for safetensors. */
class SafetensorsAbuseTest {

  private static final String VALID =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
          + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[8,12]}}";

  @TempDir private Path folder;

  @BeforeEach
  void config() throws IOException {
    SafetensorsText.folder(folder, "model.safetensors", new byte[0]);
  }

  private String refusal(String what, byte[] bytes) throws IOException {
    Files.write(folder.resolve("model.safetensors"), bytes);
    return Refusal.of(what, () -> Checkpoint.open(folder).close());
  }

  private String refusal(String header, int dataBytes) throws IOException {
    return refusal(header, SafetensorsText.file(header, new byte[dataBytes]));
  }

  private static String tensor(String shape, String offsets) {
    return "{\"a\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
  }

  @Test
  void a13LengthOfTheHeader() throws IOException {
    for (long length : new long[] {0, 1, (8 << 20) + 1, 100_000_001, 1L << 62, -1}) {
      byte[] bytes = new byte[64];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      assertThat(refusal("length " + length, bytes)).isEqualTo("weights.too-large");
    }
    byte[] bytes = new byte[64];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(57);
    assertThat(refusal("beyond the end", bytes)).isEqualTo("weights.truncated");
  }

  @Test
  void a13AHundredThousandEntries() throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < 100_000; i++) {
      header
          .append("\"t")
          .append(i)
          .append("\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[");
      header.append(i).append(',').append(i + 1).append("]},");
    }
    header.setCharAt(header.length() - 1, '}');
    assertThat(refusal("entries", SafetensorsText.file(header.toString(), new byte[100_000])))
        .isEqualTo("config.too-large");
  }

  @Test
  void a13DeepJson() throws IOException {
    String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThat(refusal(deep, 0)).isEqualTo("config.too-large");
    assertThat(refusal("{\"__metadata__\":" + "{\"a\":".repeat(9) + "1" + "}".repeat(10), 0))
        .isEqualTo("config.too-large");
  }

  @Test
  void a13HolesTailsAndOtherFilesWithin() throws IOException {
    assertThat(refusal(VALID, 13)).isEqualTo("weights.malformed");
    assertThat(refusal(VALID, 11)).isEqualTo("weights.truncated");
    assertThat(refusal(VALID.replace("[8,12]", "[12,16]"), 16)).isEqualTo("weights.malformed");
    assertThat(refusal(VALID.replace("[8,12]", "[4,8]"), 8)).isEqualTo("weights.malformed");
    assertThat(refusal("{}", 5)).isEqualTo("weights.malformed");
    assertThat(refusal(" " + VALID, 12)).isEqualTo("weights.malformed");
    assertThat(refusal(VALID + "{}", 12)).isEqualTo("config.malformed");
    // A zip archive is read from its end: nothing may follow the tensors.
    byte[] valid = SafetensorsText.file(VALID, new byte[12]);
    byte[] zip = Arrays.copyOf(valid, valid.length + 22);
    System.arraycopy(new byte[] {'P', 'K', 5, 6}, 0, zip, valid.length, 4);
    assertThat(refusal("polyglot", zip)).isEqualTo("weights.malformed");
  }

  @Test
  void a4AndA5ShapesAndOffsets() throws IOException {
    for (String shape :
        new String[] {
          "[0]",
          "[-2]",
          "[2.5]",
          "[\"2\"]",
          "[4294967296]",
          "[18446744073709551618]",
          "[1,1,1,1,2]",
          "[2147483647,2147483647,2147483647,2147483647]",
          "[3]",
          "[[2]]",
          "2",
          "null"
        }) {
      assertThat(refusal(tensor(shape, "[0,8]"), 8))
          .as(shape)
          .isIn("weights.malformed", "config.wrong-type");
    }
    for (String offsets :
        new String[] {
          "[8,0]",
          "[-8,0]",
          "[0]",
          "[0,8,16]",
          "[0,9223372036854775807]",
          "[0,18446744073709551615]",
          "[0.5,8]",
          "[0,9]",
          "null"
        }) {
      assertThat(refusal(tensor("[2]", offsets), 8))
          .as(offsets)
          .isIn("weights.malformed", "weights.truncated");
    }
    assertThat(
            refusal(
                VALID
                    .replace("\"F32\",\"shape\":[2]", "\"U8\",\"shape\":[7]")
                    .replace("[0,8]", "[0,7]")
                    .replace("[8,12]", "[7,11]"),
                11))
        .as("unaligned")
        .isEqualTo("weights.malformed");
  }

  @Test
  void a8NamesAndTypes() throws IOException {
    assertThat(refusal(VALID.replace("\"b\"", "\"a\""), 12)).isEqualTo("config.malformed");
    assertThat(refusal(VALID.replace("\"b\"", "\"A\""), 12)).isEqualTo("weights.malformed");
    assertThat(refusal(VALID.replace("\"b\"", "\"\""), 12)).isEqualTo("weights.malformed");
    assertThat(refusal(VALID.replace("\"b\"", "\"\\u001b[2J\""), 12))
        .isEqualTo("weights.malformed");
    assertThat(refusal(VALID.replace("\"b\"", "\"" + "b".repeat(300) + "\""), 12))
        .isEqualTo("weights.malformed");
    assertThat(refusal(VALID.replace("BF16", "Q4"), 12)).isEqualTo("weights.malformed");
    assertThat(refusal(VALID.replace("\"BF16\"", "16"), 12)).isEqualTo("config.wrong-type");
    assertThat(refusal("{\"a\": 1}", 0)).isEqualTo("weights.malformed");
  }

  @Test
  void a10TruncatedAtEveryByteAndEveryBitFlipped() throws IOException {
    byte[] whole = SafetensorsText.file(VALID, new byte[12]);
    for (int length = 0; length < whole.length; length++) {
      assertThat(refusal("length " + length, Arrays.copyOf(whole, length)))
          .isIn("weights.truncated", "weights.malformed");
    }
    int refused = 0;
    for (int bit = 0; bit < 8 * (whole.length - 12); bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(folder.resolve("model.safetensors"), flipped);
      try (Checkpoint checkpoint = Checkpoint.open(folder)) {
        checkpoint.tensors().forEach(Tensor::floats);
      } catch (EngineException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  @Test
  void refusesWhatIsNoModel() throws IOException {
    Files.delete(folder.resolve("model.safetensors"));
    assertThat(TestFiles.code(() -> Checkpoint.open(folder))).isEqualTo("weights.unrecognised");
    for (Map.Entry<String, String> file :
        Map.of("empty", "", "archive", "PK\3\4 and so on", "text", "no weights here").entrySet()) {
      Path path = Files.writeString(folder.resolve(file.getKey()), file.getValue());
      assertThat(TestFiles.code(() -> Checkpoint.open(path))).isEqualTo("weights.unrecognised");
    }
    assertThat(TestFiles.code(() -> Checkpoint.open(folder.resolve("none"))))
        .isEqualTo("weights.missing-file");
    assertThat(TestFiles.code(() -> Checkpoint.open(Path.of("/dev/zero"))))
        .isEqualTo("weights.not-a-file");
  }
}
