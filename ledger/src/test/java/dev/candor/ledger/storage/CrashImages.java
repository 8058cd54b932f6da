package dev.candor.ledger.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FaultDisk} may hold after a loss of power. All of it if that is not too much, or a
 * sample: always that nothing and that everything got through, then by chance. At most one sector
 * is torn: its beginning is of one content and its end of another.
 */
final class CrashImages {

  private final FaultDisk disk;
  private final int most;
  private final SplittableRandom random;
  private final List<Axis> axes = new ArrayList<>();
  private final Map<Object, List<Integer>> axesOf = new IdentityHashMap<>();
  private boolean sampled;

  /** Something that is one way or another, independent of everything else. The last is as seen. */
  private sealed interface Axis {
    int count();
  }

  private record ChangeAxis() implements Axis {
    @Override
    public int count() {
      return 2;
    }
  }

  private record SizeAxis(List<Integer> sizes) implements Axis {
    @Override
    public int count() {
      return sizes.size();
    }
  }

  private record SectorAxis(int index, List<byte[]> contents) implements Axis {
    @Override
    public int count() {
      return contents.size();
    }
  }

  private record CoarseAxis(List<byte[]> contents) implements Axis {
    @Override
    public int count() {
      return contents.size();
    }
  }

  /** A sector whose bytes up to a place are of one content and from there on of another. */
  private record Tear(int axis, byte[] content) {}

  /**
   * @param most images of which no sector is torn, and as many again for all that are
   */
  CrashImages(FaultDisk disk, int most, SplittableRandom random) {
    this.disk = disk;
    this.most = most;
    this.random = random;
    collect(disk.root);
  }

  /** Whether these are not all. */
  boolean sampled() {
    return sampled;
  }

  /** Gives each image, and whether a sector of it is torn; returns how many. */
  long forEach(BiConsumer<FaultDisk, Boolean> visitor) {
    long count = product(-1, most, choices -> visitor.accept(image(choices, null), false));
    List<Tear> tears = tears();
    if (tears.isEmpty()) {
      return count;
    }
    int each = Math.max(1, most / tears.size());
    for (Tear tear : tears) {
      count += product(tear.axis(), each, choices -> visitor.accept(image(choices, tear), true));
    }
    return count;
  }

  /** The image in which nothing got through that was not forced. */
  FaultDisk least() {
    return image(new int[axes.size()], null);
  }

  private long product(int fixed, int limit, Consumer<int[]> visitor) {
    long total = 1;
    for (int i = 0; i < axes.size() && total <= limit; i++) {
      total *= i == fixed ? 1 : axes.get(i).count();
    }
    int[] choices = new int[axes.size()];
    if (total > limit) {
      sampled = true;
      for (int n = 0; n < limit; n++) {
        for (int i = 0; i < choices.length; i++) {
          int count = axes.get(i).count();
          choices[i] = n == 0 ? 0 : n == 1 ? count - 1 : random.nextInt(count);
        }
        visitor.accept(choices);
      }
      return limit;
    }
    for (long n = 0; n < total; n++) {
      long rest = n;
      for (int i = 0; i < choices.length; i++) {
        int count = i == fixed ? 1 : axes.get(i).count();
        choices[i] = (int) (rest % count);
        rest /= count;
      }
      visitor.accept(choices);
    }
    return total;
  }

  private List<Tear> tears() {
    List<Tear> tears = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) instanceof SectorAxis sector) {
        for (byte[] begin : sector.contents()) {
          for (byte[] end : sector.contents()) {
            int first = Arrays.mismatch(begin, end);
            for (int at = first + 1; first >= 0 && at < FaultDisk.SECTOR; at++) {
              byte[] content = end.clone();
              System.arraycopy(begin, 0, content, 0, at);
              if (!Arrays.equals(content, begin)) {
                tears.add(new Tear(i, content));
              }
            }
          }
        }
      }
    }
    while (tears.size() > most) {
      sampled = true;
      tears.set(random.nextInt(tears.size()), tears.getLast());
      tears.removeLast();
    }
    return tears;
  }

  private void collect(FaultDisk.FolderNode folder) {
    if (axesOf.containsKey(folder)) {
      return;
    }
    List<Integer> own = new ArrayList<>();
    axesOf.put(folder, own);
    for (int i = 0; i < folder.changes.size(); i++) {
      own.add(axes.size());
      axes.add(new ChangeAxis());
    }
    for (NavigableMap<String, FaultDisk.Node> names : List.of(folder.durable, folder.names)) {
      for (FaultDisk.Node node : names.values()) {
        switch (node) {
          case FaultDisk.FolderNode inner -> collect(inner);
          case FaultDisk.FileNode file -> collect(file);
        }
      }
    }
  }

  private void collect(FaultDisk.FileNode file) {
    if (axesOf.containsKey(file) || file.others.isEmpty() && file.otherSizes.isEmpty()) {
      return;
    }
    List<Integer> own = new ArrayList<>();
    axesOf.put(file, own);
    if (file.coarse) {
      byte[] zeros = Arrays.copyOf(file.durable, file.bytes.length);
      byte[] half = file.bytes.clone();
      Arrays.fill(half, (file.durable.length + half.length) / 2, half.length, (byte) 0);
      own.add(axes.size());
      axes.add(new CoarseAxis(List.of(file.durable, zeros, half, file.bytes)));
      return;
    }
    List<Integer> sizes = new ArrayList<>(file.otherSizes);
    sizes.remove((Integer) file.bytes.length);
    sizes.add(file.bytes.length);
    own.add(axes.size());
    axes.add(new SizeAxis(sizes.stream().distinct().toList()));
    file.others.forEach((index, others) -> {
      List<byte[]> contents = new ArrayList<>(others);
      contents.removeIf(other -> Arrays.equals(other, file.sector(index)));
      contents.add(file.sector(index));
      own.add(axes.size());
      axes.add(new SectorAxis(index, contents));
    });
  }

  private FaultDisk image(int[] choices, @Nullable Tear tear) {
    return new FaultDisk(image(disk.root, choices, tear));
  }

  private FaultDisk.FolderNode image(
      FaultDisk.FolderNode folder, int[] choices, @Nullable Tear tear) {
    NavigableMap<String, FaultDisk.Node> names = new TreeMap<>(folder.durable);
    List<Integer> own = axesOf.getOrDefault(folder, List.of());
    for (int i = 0; i < own.size(); i++) {
      if (choices[own.get(i)] == 1) {
        folder.changes.get(i).apply(names);
      }
    }
    FaultDisk.FolderNode image = new FaultDisk.FolderNode();
    names.forEach((name, node) ->
        image.names.put(
            name,
            switch (node) {
              case FaultDisk.FolderNode inner -> image(inner, choices, tear);
              case FaultDisk.FileNode file ->
                  new FaultDisk.FileNode(bytes(file, choices, tear), file.coarse);
            }));
    image.force();
    return image;
  }

  private byte[] bytes(FaultDisk.FileNode file, int[] choices, @Nullable Tear tear) {
    List<Integer> own = axesOf.getOrDefault(file, List.of());
    byte[] bytes = file.bytes;
    int size = bytes.length;
    for (int number : own) {
      switch (axes.get(number)) {
        case CoarseAxis coarse -> {
          return coarse.contents().get(choices[number]);
        }
        case SizeAxis sizes -> {
          size = sizes.sizes().get(choices[number]);
          bytes = Arrays.copyOf(bytes, Math.max(size, bytes.length));
        }
        case SectorAxis sector -> {
          byte[] content =
              tear != null && tear.axis() == number
                  ? tear.content()
                  : sector.contents().get(choices[number]);
          int from = sector.index() * FaultDisk.SECTOR;
          if (from < bytes.length) {
            System.arraycopy(
                content, 0, bytes, from, Math.min(FaultDisk.SECTOR, bytes.length - from));
          }
        }
        case ChangeAxis change -> throw new IllegalStateException("a file has none");
      }
    }
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }
}
