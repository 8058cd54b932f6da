package dev.candor.training.lessons;

/** Hashes that are the same everywhere: what is kept back today is kept back tomorrow. */
final class StableHash {

  /** One value in so many is kept back. */
  private static final int VALUES_PER_KEPT_BACK = 8;

  private StableHash() {}

  /** FNV-1a over UTF-16 units, then mixed. */
  static long of(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** The finaliser of SplitMix64 (Steele et al. 2014). */
  static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Whether a value is kept back from training. */
  static boolean keptBack(String value) {
    return Long.remainderUnsigned(of(value), VALUES_PER_KEPT_BACK) == 0;
  }
}
