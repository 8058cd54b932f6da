package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.ExecutableMemory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** Code by its parameters, written when it is first asked for and kept. */
final class CodeCache {

  /** Writes the code for three parameters, each from 0 to 2^20 − 1. */
  @FunctionalInterface
  interface Writer {
    byte[] write(int first, int second, int third);
  }

  private record Entry(long key, MemorySegment code) {}

  private final Writer writer;
  private final AtomicReference<Entry[]> entries = new AtomicReference<>(new Entry[0]);

  CodeCache(Writer writer) {
    this.writer = writer;
  }

  /** A model uses a handful of codes, a server some tens: they are looked for one by one. */
  MemorySegment code(int first, int second, int third) {
    long key = (long) first << 40 | (long) second << 20 | third;
    for (Entry entry : entries.get()) {
      if (entry.key == key) {
        return entry.code;
      }
    }
    return write(key, first, second, third);
  }

  private synchronized MemorySegment write(long key, int first, int second, int third) {
    Entry[] old = entries.get();
    for (Entry entry : old) {
      if (entry.key == key) {
        return entry.code;
      }
    }
    Entry[] all = Arrays.copyOf(old, old.length + 1);
    all[old.length] = new Entry(key, ExecutableMemory.place(writer.write(first, second, third)));
    entries.set(all);
    return all[old.length].code;
  }
}
