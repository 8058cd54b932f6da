package dev.candor.training.data;

import dev.candor.training.ContentDigest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Which split the rows of a family belong to. */
public sealed interface SplitRule {

  /**
   * By a hash: the first 8 bytes of SHA-256 of the UTF-8 text {@code "<seed>\n<family>"}, read as
   * an unsigned big-endian number, modulo 100, falls into one of the shares.
   *
   * @param seed another seed divides otherwise
   * @param train percent of the families
   * @param validation percent of the families
   * @param test percent of the families; the three sum to 100
   */
  record ByFamily(long seed, int train, int validation, int test) implements SplitRule {

    public ByFamily {
      if (train < 0 || validation < 0 || test < 0 || train + validation + test != 100) {
        throw new IllegalArgumentException("shares must sum to 100");
      }
    }

    /** The split of all rows of that family. */
    public DataSplit splitOf(String family) {
      byte[] hash =
          ContentDigest.sha256().digest((seed + "\n" + family).getBytes(StandardCharsets.UTF_8));
      long percent = Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), 100);
      if (percent < train) {
        return DataSplit.TRAIN;
      }
      return percent < train + validation ? DataSplit.VALIDATION : DataSplit.TEST;
    }
  }

  /**
   * By what each row says; the rows of one family must say the same.
   *
   * @param column holds {@code train}, {@code validation} or {@code test}
   */
  record ByColumn(String column) implements SplitRule {}
}
