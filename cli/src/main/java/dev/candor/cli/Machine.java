package dev.candor.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What this machine is, as far as its operating system says. */
final class Machine {

  /** What the kernels can make use of, as Linux calls it on x86 and on ARM. */
  private static final List<String> USEFUL_FEATURES =
      List.of(
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512vl",
          "avx512_vnni",
          "avx512_bf16",
          "amx_int8",
          "amx_bf16",
          "asimd",
          "asimddp",
          "asimdhp",
          "i8mm",
          "bf16",
          "sve",
          "sve2");

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path GROUP = Path.of("/sys/fs/cgroup");

  private Machine() {}

  /** The processor's name, or the architecture if nobody says more. */
  static String processor() {
    return field(PROCESSORS, "model name").orElse(System.getProperty("os.arch"));
  }

  /** The instruction sets that matter here, in the words of Linux; empty elsewhere. */
  static List<String> processorFeatures() {
    String all = field(PROCESSORS, "flags").or(() -> field(PROCESSORS, "Features")).orElse("");
    List<String> present = List.of(all.split(" "));
    return USEFUL_FEATURES.stream().filter(present::contains).toList();
  }

  /** Memory of the machine in bytes. */
  static OptionalLong memoryBytes() {
    return kibibytes(Path.of("/proc/meminfo"), "MemTotal");
  }

  /** Memory that can be had without swapping, in bytes. */
  static OptionalLong availableMemoryBytes() {
    return kibibytes(Path.of("/proc/meminfo"), "MemAvailable");
  }

  /** The most that this process's control group may use, in bytes, if it is limited. */
  static OptionalLong groupMemoryBytes() {
    OptionalLong bytes =
        firstLine(GROUP.resolve("memory.max"))
            .or(() -> firstLine(GROUP.resolve("memory/memory.limit_in_bytes")))
            .map(Machine::number)
            .orElse(OptionalLong.empty());
    // Version 1 says "none" by a number near 2^63.
    return bytes.isPresent() && bytes.getAsLong() < 1L << 60 ? bytes : OptionalLong.empty();
  }

  /** How many processors' time this process's control group may use, if it is limited. */
  static Optional<Double> groupProcessors() {
    String[] parts = firstLine(GROUP.resolve("cpu.max")).orElse("").split(" ");
    if (parts.length != 2) {
      return Optional.empty();
    }
    OptionalLong quota = number(parts[0]);
    OptionalLong period = number(parts[1]);
    return quota.isPresent() && period.isPresent() && period.getAsLong() > 0
        ? Optional.of((double) quota.getAsLong() / period.getAsLong())
        : Optional.empty();
  }

  /** The most memory this process has had resident at a time, in bytes; mapped weights count. */
  static OptionalLong peakResidentBytes() {
    return kibibytes(Path.of("/proc/self/status"), "VmHWM");
  }

  /** Processor time that all threads of this process have used, in nanoseconds. */
  static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** The heap's limit in bytes. */
  static long heapBytes() {
    return Runtime.getRuntime().maxMemory();
  }

  private static OptionalLong kibibytes(Path file, String key) {
    OptionalLong kibibytes =
        field(file, key)
            .map(value -> number(value.replace(" kB", "")))
            .orElse(OptionalLong.empty());
    return kibibytes.isPresent() ? OptionalLong.of(kibibytes.getAsLong() << 10) : kibibytes;
  }

  private static Optional<String> firstLine(Path file) {
    return lines(file).stream().findFirst();
  }

  private static Optional<String> field(Path file, String key) {
    for (String line : lines(file)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
        return Optional.of(line.substring(colon + 1).strip());
      }
    }
    return Optional.empty();
  }

  /** Nothing if the system has no such file: what it would say is then not known. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private static OptionalLong number(String text) {
    return text.strip().matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(text.strip()))
        : OptionalLong.empty();
  }
}
