package dev.candor.engine.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One safetensors file without anything beside it: mapped, never copied. */
public final class SafetensorsFile implements AutoCloseable {

  /**
   * What a file holds.
   *
   * @param tensors by their names, in the order of the file
   * @param unread tensors of types no kernel computes with, such as buffers of position ids: name
   *     to type
   */
  record Contents(Map<String, Tensor> tensors, Map<String, String> unread) {

    /** Maps a file for as long as the arena lives. */
    static Contents map(Path path, Arena arena) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      Map<String, String> unread = new LinkedHashMap<>();
      try (WeightsFile file = WeightsFile.open(path)) {
        SafetensorsHeader header = SafetensorsHeader.read(file);
        MemorySegment data =
            file.map(header.dataOffset(), file.size() - header.dataOffset(), arena);
        for (SafetensorsHeader.Entry entry : header.entries()) {
          String name = entry.name();
          entry
              .format()
              .ifPresentOrElse(
                  format ->
                      tensors.put(
                          name,
                          new Tensor(
                              name,
                              format,
                              entry.shape(),
                              data.asSlice(entry.begin(), entry.end() - entry.begin()))),
                  () -> unread.put(name, entry.type()));
        }
      }
      return new Contents(tensors, unread);
    }
  }

  private final Arena arena;
  private final Map<String, Tensor> tensors;

  private SafetensorsFile(Arena arena, Map<String, Tensor> tensors) {
    this.arena = arena;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Opens a file.
   *
   * @throws dev.candor.engine.WeightsException if it is missing, malformed or too large
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as this, see close()
  public static SafetensorsFile open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      return new SafetensorsFile(arena, Contents.map(path, arena).tensors());
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** The tensor of this name, if the file has one of a type that is computed with. */
  public Optional<Tensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** All tensors of types that are computed with, in the order of the file. */
  public Collection<Tensor> tensors() {
    return tensors.values();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
