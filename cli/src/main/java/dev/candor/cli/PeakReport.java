package dev.candor.cli;

import dev.candor.engine.kernels.MachinePeaks;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the machine can do at most with so many threads.
 *
 * @param readBytes of memory, a second
 * @param int8MultiplyAdds a second
 * @param floatMultiplyAdds of float32, a second
 */
record PeakReport(
    int threads, double readBytes, double int8MultiplyAdds, double floatMultiplyAdds) {

  /** Measures it, which takes about half a second; empty where it cannot be measured. */
  static Optional<PeakReport> measure(int threads, ProgressLine progress) {
    String with = " with " + threads + (threads == 1 ? " thread" : " threads");
    try (WorkerPool pool = new PersistentWorkerPool(threads)) {
      return MachinePeaks.of(pool)
          .map(peaks -> {
            try (peaks) {
              progress.draw("reading memory" + with);
              double readBytes = peaks.readBytesPerSecond();
              progress.draw("multiplying int8" + with);
              double int8 = peaks.int8MultiplyAddsPerSecond();
              progress.draw("multiplying float32" + with);
              return new PeakReport(threads, readBytes, int8, peaks.floatMultiplyAddsPerSecond());
            }
          });
    }
  }

  Map<String, Object> json() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("threads", threads);
    members.put("readBytesPerSecond", Math.round(readBytes));
    members.put("int8MultiplyAddsPerSecond", Math.round(int8MultiplyAdds));
    members.put("floatMultiplyAddsPerSecond", Math.round(floatMultiplyAdds));
    return members;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.1f GB/s read, %.0f billion int8 and %.0f billion float32 multiply-adds/s",
        readBytes / 1e9,
        int8MultiplyAdds / 1e9,
        floatMultiplyAdds / 1e9);
  }
}
