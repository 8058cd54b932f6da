package dev.candor.ledger.merkle;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The definitions of RFC 6962, sections 2.1 to 2.1.2, word for word: slow, and plainly right. */
final class ReferenceTree implements HashSource {

  private final List<byte[]> leaves;

  ReferenceTree(List<byte[]> entries) {
    leaves = entries.stream().map(TreeHash::leaf).toList();
  }

  static ReferenceTree random(int size, SplittableRandom random) {
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      byte[] entry = new byte[random.nextInt(9)];
      random.nextBytes(entry);
      entries.add(entry);
    }
    return new ReferenceTree(entries);
  }

  byte[] leaf(int index) {
    return leaves.get(index);
  }

  @Override
  public byte[] hash(int level, long index) {
    return root(leaves.subList((int) (index << level), (int) ((index + 1) << level)));
  }

  byte[] root(int size) {
    return root(leaves.subList(0, size));
  }

  List<byte[]> path(int index, int size) {
    return path(index, leaves.subList(0, size));
  }

  List<byte[]> consistency(int from, int to) {
    return consistency(from, leaves.subList(0, to), true);
  }

  private static byte[] root(List<byte[]> d) {
    if (d.isEmpty()) {
      return TreeHash.empty();
    }
    if (d.size() == 1) {
      return d.getFirst();
    }
    int k = split(d.size());
    return TreeHash.node(root(d.subList(0, k)), root(d.subList(k, d.size())));
  }

  private static List<byte[]> path(int m, List<byte[]> d) {
    if (d.size() == 1) {
      return List.of();
    }
    int k = split(d.size());
    List<byte[]> left = d.subList(0, k);
    List<byte[]> right = d.subList(k, d.size());
    return m < k ? with(path(m, left), root(right)) : with(path(m - k, right), root(left));
  }

  private static List<byte[]> consistency(int m, List<byte[]> d, boolean known) {
    if (m == d.size()) {
      return known ? List.of() : List.of(root(d));
    }
    int k = split(d.size());
    List<byte[]> left = d.subList(0, k);
    List<byte[]> right = d.subList(k, d.size());
    return m <= k
        ? with(consistency(m, left, known), root(right))
        : with(consistency(m - k, right, false), root(left));
  }

  private static int split(int n) {
    int k = 1;
    while (2 * k < n) {
      k *= 2;
    }
    return k;
  }

  private static List<byte[]> with(List<byte[]> hashes, byte[] last) {
    List<byte[]> all = new ArrayList<>(hashes);
    all.add(last);
    return all;
  }
}
