package dev.candor.ledger.merkle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.LedgerException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The vectors of transparency-dev/merkle: 196 proofs, 184 of which prove nothing. */
class ProofVectorTest {

  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  static List<JsonNode> vectors() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(ProofVectorTest.class.getResourceAsStream("/merkle/proofs.jsonl"))) {
      ObjectMapper json = new ObjectMapper();
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1) // where they come from
          .map(json::readTree)
          .toList();
    }
  }

  @Test
  void theyAreAllThere() throws IOException {
    assertThat(vectors()).hasSize(196);
    assertThat(vectors().stream().filter(vector -> vector.get("wantErr").asBoolean())).hasSize(184);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void eachIsJudgedAsThere(JsonNode vector) {
    boolean inclusion = vector.get("file").asString().startsWith("inclusion/");
    String[] numbers =
        inclusion ? new String[] {"leafIdx", "treeSize"} : new String[] {"size1", "size2"};
    // Theirs have 64 bits without a sign; no tree of ours has as many leaves.
    boolean proven =
        Stream.of(numbers).allMatch(name -> vector.get(name).bigIntegerValue().compareTo(MOST) <= 0)
            && (inclusion ? includes(vector) : grows(vector));
    assertThat(proven)
        .as(vector.get("file").asString())
        .isEqualTo(!vector.get("wantErr").asBoolean());
  }

  private static boolean includes(JsonNode vector) {
    try {
      return new InclusionProof(
              vector.get("leafIdx").asLong(), vector.get("treeSize").asLong(), hashes(vector))
          .proves(bytes(vector.get("leafHash")), bytes(vector.get("root")));
    } catch (LedgerException e) {
      return false;
    }
  }

  private static boolean grows(JsonNode vector) {
    try {
      return new ConsistencyProof(
              vector.get("size1").asLong(), vector.get("size2").asLong(), hashes(vector))
          .proves(bytes(vector.get("root1")), bytes(vector.get("root2")));
    } catch (LedgerException e) {
      return false;
    }
  }

  private static List<byte[]> hashes(JsonNode vector) {
    List<byte[]> hashes = new ArrayList<>();
    for (JsonNode hash : vector.get("proof")) {
      hashes.add(bytes(hash));
    }
    return hashes;
  }

  private static byte[] bytes(JsonNode text) {
    return Base64.getDecoder().decode(text.asString());
  }
}
