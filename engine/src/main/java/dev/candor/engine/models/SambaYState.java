package dev.candor.engine.models;

import dev.candor.engine.kernels.BlockFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What SambaY remembers: convolution history and scan state of each Mamba layer, a ring of keys and
 * values of each sliding layer, and one cache of shared keys and values that grows with the
 * sequence.
 */
final class SambaYState extends SequenceState {

  private final Arena arena = Arena.ofShared();
  private final List<MambaLayer.State> mamba = new ArrayList<>(); // of layers 0, 2, … h
  private final List<KeyValueCache> windows = new ArrayList<>(); // of layers 1, 3, … h − 1
  private final KeyValueCache shared;

  SambaYState(SambaYConfig config, int capacity, BlockFormat cacheFormat) {
    super(capacity);
    KeyValueCache.Heads heads = config.cacheHeads();
    for (int i = 0; i <= config.memoryLayer(); i++) {
      if (config.kind(i) == SambaYConfig.LayerKind.MAMBA) {
        mamba.add(new MambaLayer.State(config));
      } else {
        windows.add(new KeyValueCache(arena, cacheFormat, capacity, config.window(), heads));
      }
    }
    shared = new KeyValueCache(arena, cacheFormat, capacity, capacity, heads);
  }

  /** Bytes that the constructor allocates for the same arguments. */
  static long bytes(SambaYConfig config, int capacity, BlockFormat cacheFormat) {
    KeyValueCache.Heads heads = config.cacheHeads();
    int windowLayers = config.memoryLayer() / 2;
    return recurrentBytes(config)
        + windowLayers * KeyValueCache.bytes(cacheFormat, capacity, config.window(), heads)
        + KeyValueCache.bytes(cacheFormat, capacity, capacity, heads);
  }

  @Override
  protected void forget(int tokens) {
    for (MambaLayer.State state : mamba) {
      state.takeBack(tokens);
    }
  }

  /** Bytes of the recurrent states of all Mamba layers. */
  static long recurrentBytes(SambaYConfig config) {
    return (config.memoryLayer() / 2 + 1) * MambaLayer.State.bytes(config);
  }

  /** The state of Mamba layer i. */
  MambaLayer.State mamba(int layer) {
    return mamba.get(layer / 2);
  }

  /** The ring of sliding layer i. */
  KeyValueCache window(int layer) {
    return windows.get(layer / 2);
  }

  /** The keys and values of layer h + 1, which all layers above it read. */
  KeyValueCache shared() {
    return shared;
  }

  @Override
  public List<MemorySegment> snapshot(Arena copies) {
    List<MemorySegment> snapshot = new ArrayList<>();
    for (MambaLayer.State state : mamba) {
      snapshot.addAll(state.segments());
    }
    for (KeyValueCache window : windows) {
      window.addSnapshot(position(), copies, snapshot);
    }
    shared.addSnapshot(position(), copies, snapshot);
    return snapshot;
  }

  @Override
  public List<Long> snapshotBytes(int position) {
    List<Long> bytes = new ArrayList<>();
    for (MambaLayer.State state : mamba) {
      for (MemorySegment segment : state.segments()) {
        bytes.add(segment.byteSize());
      }
    }
    for (KeyValueCache window : windows) {
      window.addSnapshotBytes(position, bytes);
    }
    shared.addSnapshotBytes(position, bytes);
    return bytes;
  }

  @Override
  protected void load(int position, List<MemorySegment> snapshot) {
    int at = 0;
    for (MambaLayer.State state : mamba) {
      for (MemorySegment segment : state.segments()) {
        segment.copyFrom(snapshot.get(at++));
      }
    }
    for (KeyValueCache window : windows) {
      at = window.load(position, snapshot, at);
    }
    shared.load(position, snapshot, at);
  }

  @Override
  protected void copy(SequenceState other) {
    SambaYState from = (SambaYState) other;
    for (int i = 0; i < mamba.size(); i++) {
      mamba.get(i).copy(from.mamba.get(i));
    }
    for (int i = 0; i < windows.size(); i++) {
      windows.get(i).copy(from.windows.get(i), position());
    }
    shared.copy(from.shared, position());
  }

  @Override
  public void close() {
    arena.close();
  }
}
