package dev.candor.ledger.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.ledger.LedgerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProofTest {

  /** The leaves of the reference tree of transparency-dev/merkle, Apache-2.0. */
  private static final ReferenceTree EIGHT =
      new ReferenceTree(
          Stream.of(
                  "",
                  "00",
                  "10",
                  "2021",
                  "3031",
                  "40414243",
                  "5051525354555657",
                  "606162636465666768696a6b6c6d6e6f")
              .map(HexFormat.of()::parseHex)
              .toList());

  /** Hashes as transparency-dev/merkle has them in its tests. */
  @Test
  void hashesAreThoseOfTheStandard() {
    assertThat(TreeHash.empty())
        .asHexString()
        .isEqualToIgnoringCase("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(TreeHash.leaf(new byte[0]))
        .asHexString()
        .isEqualToIgnoringCase("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assertThat(TreeHash.leaf("L123456".getBytes(StandardCharsets.US_ASCII)))
        .asHexString()
        .isEqualToIgnoringCase("395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    assertThat(
            TreeHash.node(
                "N123".getBytes(StandardCharsets.US_ASCII),
                "N456".getBytes(StandardCharsets.US_ASCII)))
        .asHexString()
        .isEqualToIgnoringCase("aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
  }

  @ParameterizedTest
  @CsvSource({
    "0, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "1, 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "2, fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "3, aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "4, d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "5, 4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "6, 76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "7, ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "8, 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
  })
  void rootsAreThoseOfTheReferenceTree(int size, String root) {
    assertThat(MerkleRoot.of(size, EIGHT)).isEqualTo(HexFormat.of().parseHex(root));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void inclusionIsProvenAndNothingElse(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int size = seed == 1 ? 1 + random.nextInt(9) : 1 + random.nextInt(1_000);
    ReferenceTree tree = ReferenceTree.random(size, random);
    HashSource source = new KeptHashes(tree, size);
    byte[] root = MerkleRoot.of(size, source);
    assertThat(root).isEqualTo(tree.root(size));
    for (int index = 0; index < size; index++) {
      InclusionProof proof = InclusionProof.of(index, size, source);
      assertThat(proof)
          .as("seed %d, leaf %d of %d", seed, index, size)
          .isEqualTo(new InclusionProof(index, size, tree.path(index, size)));
      assertThat(proof.proves(tree.leaf(index), root)).isTrue();

      assertThat(proof.proves(altered(tree.leaf(index), random), root)).isFalse();
      assertThat(proof.proves(tree.leaf(index), altered(root, random))).isFalse();
      assertThat(proof.proves(tree.leaf(index), Arrays.copyOf(root, 31))).isFalse();
      for (List<byte[]> hashes : altered(proof.hashes(), random)) {
        assertThat(new InclusionProof(index, size, hashes).proves(tree.leaf(index), root))
            .isFalse();
      }
      for (int other = random.nextInt(7); other < size; other += 1 + random.nextInt(17)) {
        if (other != index) {
          assertThat(new InclusionProof(other, size, proof.hashes()).proves(tree.leaf(index), root))
              .isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7, 8})
  void growthIsProvenAndNothingElse(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int most = seed == 5 ? 1 + random.nextInt(9) : 1 + random.nextInt(1_000);
    ReferenceTree tree = ReferenceTree.random(most, random);
    HashSource source = new KeptHashes(tree, most);
    for (int to = most; to > 0; to -= 1 + random.nextInt(most < 10 ? 1 : 400)) {
      byte[] toRoot = MerkleRoot.of(to, source);
      for (int from = 1; from <= to; from++) {
        byte[] fromRoot = MerkleRoot.of(from, source);
        ConsistencyProof proof = ConsistencyProof.of(from, to, source);
        assertThat(proof)
            .as("seed %d, from %d to %d", seed, from, to)
            .isEqualTo(new ConsistencyProof(from, to, tree.consistency(from, to)));
        assertThat(proof.proves(fromRoot, toRoot)).isTrue();

        assertThat(proof.proves(altered(fromRoot, random), toRoot)).isFalse();
        assertThat(proof.proves(fromRoot, altered(toRoot, random))).isFalse();
        if (from != to) {
          assertThat(proof.proves(toRoot, fromRoot)).isFalse();
        }
        for (List<byte[]> hashes : altered(proof.hashes(), random)) {
          assertThat(new ConsistencyProof(from, to, hashes).proves(fromRoot, toRoot)).isFalse();
        }
        int other = 1 + random.nextInt(to);
        if (other != from) {
          assertThat(new ConsistencyProof(other, to, proof.hashes()).proves(fromRoot, toRoot))
              .isFalse();
        }
      }
    }
  }

  /** The largest trees there can be: sizes do not overflow, and proofs stay within their limit. */
  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, (1L << 62) + 1, 1L << 62, (1L << 33) - 1})
  void treesMayBeAsLargeAsANumber(long size) {
    HashSource source =
        (level, index) -> {
          assertThat(index).isBetween(0L, (size >>> level) - 1);
          return TreeHash.leaf((level + "/" + index).getBytes(StandardCharsets.US_ASCII));
        };
    byte[] root = MerkleRoot.of(size, source);
    for (long index : new long[] {0, 1, size / 2, size - 2, size - 1}) {
      assertThat(InclusionProof.of(index, size, source).hashes())
          .hasSizeLessThanOrEqualTo(Hashes.MOST);
    }
    // All hashes of the last leaf's proof are the source's own, so it holds whatever they are.
    InclusionProof last = InclusionProof.of(size - 1, size, source);
    if (size % 2 == 1) {
      assertThat(last.proves(source.hash(0, size - 1), root)).isTrue();
    }
    ConsistencyProof growth = ConsistencyProof.of(size - 1, size, source);
    if (size % 2 == 1) {
      assertThat(growth.proves(MerkleRoot.of(size - 1, source), root)).isTrue();
    }
    assertThat(growth.proves(root, root)).isFalse();
  }

  @Test
  void whatNoTreeHasIsRefused() {
    for (long[] pair : new long[][] {{0, 0}, {1, 1}, {-1, 8}, {8, 8}, {0, -1}, {9, 8}}) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> InclusionProof.of(pair[0], pair[1], EIGHT))
          .matches(e -> e.code().equals("ledger.tree-range"));
    }
    for (long[] pair : new long[][] {{0, 0}, {0, 8}, {-1, 8}, {8, 7}, {-2, -1}}) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ConsistencyProof.of(pair[0], pair[1], EIGHT))
          .matches(e -> e.code().equals("ledger.tree-range"));
    }
    assertThatExceptionOfType(LedgerException.class).isThrownBy(() -> MerkleRoot.of(-1, EIGHT));
    for (int length : new int[] {0, 31, 33, 64}) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> new InclusionProof(0, 2, List.of(new byte[length])))
          .withMessageContaining(length + " bytes");
    }
    List<byte[]> many = new ArrayList<>();
    for (int i = 0; i <= Hashes.MOST; i++) {
      many.add(new byte[TreeHash.BYTES]);
    }
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> new ConsistencyProof(1, 2, many))
        .withMessageContaining("65")
        .withMessageContaining("64");
  }

  private static byte[] altered(byte[] hash, SplittableRandom random) {
    byte[] other = hash.clone();
    other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
    return other;
  }

  /** One bit of each hash, one hash less at either end, one more at either end. */
  private static List<List<byte[]>> altered(List<byte[]> hashes, SplittableRandom random) {
    List<List<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < hashes.size(); i++) {
      List<byte[]> other = new ArrayList<>(hashes);
      other.set(i, altered(hashes.get(i), random));
      all.add(other);
    }
    byte[] garbage = new byte[TreeHash.BYTES];
    random.nextBytes(garbage);
    all.add(Stream.concat(Stream.of(garbage), hashes.stream()).toList());
    all.add(Stream.concat(hashes.stream(), Stream.of(garbage)).toList());
    if (!hashes.isEmpty()) {
      all.add(hashes.subList(1, hashes.size()));
      all.add(hashes.subList(0, hashes.size() - 1));
    }
    return all;
  }

  /** The whole subtrees of a tree, computed once. */
  private record KeptHashes(List<List<byte[]>> levels) implements HashSource {

    KeptHashes(ReferenceTree tree, int size) {
      this(new ArrayList<>());
      List<byte[]> level = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        level.add(tree.leaf(i));
      }
      while (!level.isEmpty()) {
        levels.add(level);
        List<byte[]> above = new ArrayList<>();
        for (int i = 0; i + 1 < level.size(); i += 2) {
          above.add(TreeHash.node(level.get(i), level.get(i + 1)));
        }
        level = above;
      }
    }

    @Override
    public byte[] hash(int level, long index) {
      return levels.get(level).get((int) index);
    }
  }
}
