package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LogitsDigestTest {

  private static float[] anyBits(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    return values;
  }

  private static String digest(float[] row) {
    LogitsDigest digest = new LogitsDigest(row.length);
    digest.row(row, 0);
    return digest.hex();
  }

  /** The example of docs/reference/logits-digest.md; computed by a script of a few lines. */
  @Test
  void isThatOfTheReferencePage() {
    float[] first = new float[11];
    float[] second = new float[11];
    for (int id = 0; id < 11; id++) {
      first[id] = id / 4f - 1;
      second[id] = 3.5f - id;
    }
    LogitsDigest digest = new LogitsDigest(11);
    digest.row(first, 0);
    digest.token(10);
    digest.token(3);
    digest.row(second, 0);
    digest.token(0);
    assertThat(digest.hex())
        .isEqualTo("79d8d3f39f5b295c55878c2193c7fba42e9041f2d92046bfbfec3d226bff9450");
    assertThat(new LogitsDigest(11).hex())
        .isEqualTo("49801fb9e7a285973aebbe72c8fb03a0415c2c957345a3d18ff2502411959428");
  }

  @Test
  void isAsDefinedForEverySizeOfVocabulary() {
    Random random = new Random(1);
    int[] sizes = {
      1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 511, 512, 513, 518, 519, 520, 1023, 1024, 49152, 50001
    };
    for (int vocabulary : sizes) {
      LogitsDigest digest = new LogitsDigest(vocabulary);
      DefinedDigest defined = new DefinedDigest(vocabulary);
      for (int i = 0; i < 5; i++) {
        int at = random.nextInt(20);
        float[] rows = anyBits(random, at + vocabulary + 3);
        int id = random.nextInt(vocabulary);
        digest.row(rows, at);
        digest.token(id);
        defined.row(rows, at).token(id);
      }
      assertThat(digest.hex()).as("vocabulary " + vocabulary).isEqualTo(defined.hex());
    }
  }

  @Test
  void everyBitCounts() {
    float[] row = anyBits(new Random(2), 270);
    Set<String> seen = new HashSet<>(Set.of(digest(row)));
    int digests = 1;
    for (int id = 0; id < row.length; id++) {
      for (int bit = 0; bit < 32; bit++) {
        float kept = row[id];
        row[id] = Float.intBitsToFloat(Float.floatToRawIntBits(kept) ^ 1 << bit);
        seen.add(digest(row));
        row[id] = kept;
        digests++;
      }
    }
    assertThat(seen).hasSize(digests);
  }

  /** Changes of two logits, in one lane or in two, do not undo each other. */
  @Test
  void noPairOfBitsCancels() {
    float[] row = anyBits(new Random(3), 40);
    Set<String> seen = new HashSet<>(Set.of(digest(row)));
    int digests = 1;
    for (int other : new int[] {1, 8, 16, 24, 32}) {
      for (int bits = 0; bits < 1024; bits++) {
        float[] changed = row.clone();
        changed[0] = Float.intBitsToFloat(Float.floatToRawIntBits(row[0]) ^ 1 << (bits % 32));
        changed[other] =
            Float.intBitsToFloat(Float.floatToRawIntBits(row[other]) ^ 1 << (bits / 32));
        seen.add(digest(changed));
        digests++;
      }
    }
    assertThat(seen).hasSize(digests);
  }

  @Test
  void noSetOfSignsCancels() {
    float[] row = anyBits(new Random(6), 8 * 12);
    Set<String> seen = new HashSet<>();
    for (int set = 0; set < 1 << 12; set++) {
      float[] changed = row.clone();
      for (int i = 0; i < 12; i++) {
        changed[8 * i] = (set >> i & 1) == 0 ? row[8 * i] : -row[8 * i];
      }
      seen.add(digest(changed));
    }
    assertThat(seen).hasSize(1 << 12);
  }

  @Test
  void orderCounts() {
    float[] row = anyBits(new Random(4), 24);
    Set<String> seen = new HashSet<>();
    int digests = 0;
    for (int a = 0; a < row.length; a++) {
      for (int b = a + 1; b < row.length; b++) {
        float[] swapped = row.clone();
        swapped[a] = row[b];
        swapped[b] = row[a];
        seen.add(digest(swapped));
        digests++;
      }
    }
    assertThat(seen).hasSize(digests).doesNotContain(digest(row));
    LogitsDigest before = new LogitsDigest(24);
    before.row(row, 0);
    before.token(5);
    LogitsDigest after = new LogitsDigest(24);
    after.token(5);
    after.row(row, 0);
    assertThat(before.hex()).isNotEqualTo(after.hex());
    assertThat(new LogitsDigest(24).hex()).isNotEqualTo(new LogitsDigest(25).hex());
    assertThat(digest(new float[] {0f})).isNotEqualTo(digest(new float[] {-0f}));
  }

  @Test
  void addingAllocatesNothing() {
    float[] row = anyBits(new Random(5), 5000);
    LogitsDigest digest = new LogitsDigest(row.length);
    // What the virtual machine allocates for itself now and then comes once; ours would each time.
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      least = Math.min(least, allocated(digest, row));
    }
    assertThat(least).isBetween(0L, 63L);
  }

  private static long allocated(LogitsDigest digest, float[] row) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 100; i++) {
      digest.row(row, 0);
      digest.token(i);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
