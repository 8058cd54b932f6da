package dev.candor.server.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What memory this process takes. */
final class ProcessMemory {

  /** Where Linux says it (proc(5)); elsewhere it is not there. */
  private static final Path STATUS = Path.of("/proc/self/status");

  private static final String RESIDENT = "VmRSS:";

  /** Bytes in memory, mapped files included; −1 if the system does not say. */
  long residentBytes() {
    if (!Files.isReadable(STATUS)) {
      return -1;
    }
    try {
      return Files.readString(STATUS, StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> line.startsWith(RESIDENT))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1_024)
          .findFirst()
          .orElse(-1L);
    } catch (IOException e) {
      return -1;
    }
  }

  /** Bytes that objects take. */
  long heapBytes() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
