package dev.candor.engine.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * How much memory this process can still get on Linux: what the kernel says is available, or what
 * the control groups around it (version 2 or 1) leave of their limits, whichever is less. Cached
 * file pages, such as those of mapped weights, count as available: the kernel gives them up.
 *
 * @param root where proc and sys are; {@code /} but in tests
 */
record AvailableMemory(Path root) {

  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  /** Bytes; empty if the system does not say. */
  OptionalLong bytes() {
    OptionalLong least = field("proc/meminfo", "MemAvailable:", 1024);
    for (String line : lines("proc/self/cgroup")) {
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      if (parts[1].isEmpty()) {
        least =
            smaller(
                least,
                groups("sys/fs/cgroup", parts[2], "memory.max", "memory.current", "inactive_file"));
      } else if (List.of(parts[1].split(",")).contains("memory")) {
        least =
            smaller(
                least,
                groups(
                    "sys/fs/cgroup/memory",
                    parts[2],
                    "memory.limit_in_bytes",
                    "memory.usage_in_bytes",
                    "total_inactive_file"));
      }
    }
    return least;
  }

  /** The least that the group, or one around it, leaves. */
  private OptionalLong groups(
      String mount, String group, String limit, String usage, String cached) {
    OptionalLong least = UNKNOWN;
    Path top = root.resolve(mount).normalize();
    // Within a container the path may be that of the host; then only the top is there.
    Path folder = top.resolve(group.replaceFirst("^/+", "")).normalize();
    while (folder != null && folder.startsWith(top)) {
      OptionalLong maximum = number(folder.resolve(limit));
      OptionalLong used = number(folder.resolve(usage));
      if (maximum.isPresent() && used.isPresent()) {
        OptionalLong reclaimable =
            field(root.relativize(folder.resolve("memory.stat")).toString(), cached + " ", 1);
        long left = maximum.getAsLong() - used.getAsLong() + reclaimable.orElse(0);
        least = smaller(least, OptionalLong.of(Math.max(left, 0)));
      }
      folder = folder.getParent();
    }
    return least;
  }

  private static OptionalLong smaller(OptionalLong a, OptionalLong b) {
    return a.isEmpty() || (b.isPresent() && b.getAsLong() < a.getAsLong()) ? b : a;
  }

  private OptionalLong field(String file, String prefix, long unit) {
    for (String line : lines(file)) {
      if (line.startsWith(prefix)) {
        OptionalLong value = parse(line.substring(prefix.length()).replace("kB", "").strip());
        return value.isPresent() ? OptionalLong.of(value.getAsLong() * unit) : UNKNOWN;
      }
    }
    return UNKNOWN;
  }

  private OptionalLong number(Path file) {
    List<String> lines = lines(root.relativize(file).toString());
    return lines.isEmpty() ? UNKNOWN : parse(lines.getFirst().strip());
  }

  /** Version 2 says "max" and version 1 a number beyond all memory where there is no limit. */
  private static OptionalLong parse(String text) {
    return text.matches("\\d{1,17}") ? OptionalLong.of(Long.parseLong(text)) : UNKNOWN;
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(root.resolve(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      // The file is not there: another system, or no such control group.
      return List.of();
    }
  }
}
