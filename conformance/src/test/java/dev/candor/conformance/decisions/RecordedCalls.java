package dev.candor.conformance.decisions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@code strace -f -y -xx} has written of one process as changes to a folder, in the
 * order in which the calls returned. What a call of one thread needs of another's had returned
 * before it began, so that the changes of each beginning of the list are what a kill could leave.
 */
final class RecordedCalls {

  /** What strace must show for this to be complete. */
  static final String CALLS =
      "open,openat,creat,close,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,truncate,"
          + "fallocate,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,"
          + "fsync,fdatasync,sync_file_range,copy_file_range,sendfile";

  private static final Set<String> FORCES = Set.of("fsync", "fdatasync");

  private static final Pattern LINE = Pattern.compile("(\\d+) +(\\w+)\\((.*)");
  private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. (\\w+) resumed>(.*)");
  private static final Pattern RESULT = Pattern.compile("(.*?)\\) += (-?\\w+).*");
  private static final Pattern HEXADECIMAL = Pattern.compile("(?:\\\\x[0-9a-f]{2})+");
  private static final Pattern DESCRIPTOR = Pattern.compile("(\\d+)<(.*)>(\\(deleted\\))?");
  private static final String UNFINISHED = " <unfinished ...>";

  private final String folder;
  private final Map<String, String> unfinished = new HashMap<>();
  private final Map<Integer, Long> offsets = new HashMap<>();
  private final List<DiskChange> changes = new ArrayList<>();

  private RecordedCalls(Path folder) {
    this.folder = folder.toString();
  }

  /**
   * @param log what strace has written
   * @param folder changes elsewhere are not reported
   */
  static List<DiskChange> read(Path log, Path folder) throws IOException {
    RecordedCalls calls = new RecordedCalls(folder);
    try (BufferedReader lines = Files.newBufferedReader(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        calls.line(line);
      }
    }
    return calls.changes;
  }

  private void line(String line) {
    Matcher resumed = RESUMED.matcher(line);
    if (resumed.matches()) {
      String begun = unfinished.remove(resumed.group(1));
      if (begun != null) {
        line(begun + resumed.group(3));
      }
      return;
    }
    Matcher call = LINE.matcher(line);
    if (!call.matches()) {
      return; // A thread or the process has ended, or a signal came.
    }
    if (line.endsWith(UNFINISHED)) {
      String begun = line.substring(0, line.length() - UNFINISHED.length());
      unfinished.put(call.group(1), begun);
      if (FORCES.contains(call.group(2))) {
        String argument = begun.substring(begun.indexOf('(') + 1);
        file(argument).ifPresent(path -> add(new DiskChange.ForceBegun(call.group(1), path)));
      }
      return;
    }
    Matcher result = RESULT.matcher(call.group(3));
    if (result.matches() && !result.group(2).startsWith("-")) {
      // strace does not print addresses in hexadecimal for these calls.
      String[] arguments = result.group(1).split(", ?");
      if (FORCES.contains(call.group(2))) {
        file(arguments[0]).ifPresent(path -> add(new DiskChange.Forced(call.group(1), path)));
      } else {
        call(call.group(2), arguments, Long.parseLong(result.group(2)));
      }
    }
  }

  private void call(String name, String[] arguments, long result) {
    switch (name) {
      case "openat" -> opened(path(arguments[1]), arguments[2], (int) result);
      case "close" -> offsets.remove(descriptor(arguments[0]));
      case "lseek" -> offsets.put(descriptor(arguments[0]), result);
      case "write" -> written(arguments, result);
      case "pwrite64" ->
          file(arguments[0])
              .ifPresent(
                  path -> write(path, Long.parseLong(arguments[3]), bytes(arguments[1]), result));
      case "ftruncate" ->
          file(arguments[0])
              .ifPresent(path -> add(new DiskChange.Cut(path, Long.parseLong(arguments[1]))));
      case "mkdir" ->
          within(path(arguments[0])).map(DiskChange.FolderMade::new).ifPresent(this::add);
      case "rename" ->
          within(path(arguments[0]))
              .ifPresent(from -> add(new DiskChange.Renamed(from, path(arguments[1]))));
      case "link" ->
          within(path(arguments[0]))
              .ifPresent(from -> add(new DiskChange.Linked(from, path(arguments[1]))));
      case "unlink" -> within(path(arguments[0])).map(DiskChange.Removed::new).ifPresent(this::add);
      default -> {
        if (Arrays.stream(arguments).anyMatch(it -> decoded(it).contains(folder))) {
          throw new AssertionError("no rule says what " + name + " does to a file");
        }
      }
    }
  }

  private void opened(String path, String flags, int descriptor) {
    offsets.put(descriptor, 0L);
    if (within(path).isEmpty()) {
      return;
    }
    if (flags.contains("O_APPEND")) {
      throw new AssertionError("no rule says where a file opened to append is written");
    }
    boolean isEmptied = flags.contains("O_TRUNC");
    if (flags.contains("O_CREAT") || isEmptied) {
      add(new DiskChange.Opened(path, isEmptied));
    }
  }

  private void written(String[] arguments, long count) {
    int descriptor = descriptor(arguments[0]);
    Optional<String> path = file(arguments[0]);
    if (path.isPresent()) {
      long offset = offsets.getOrDefault(descriptor, 0L);
      write(path.get(), offset, bytes(arguments[1]), count);
      offsets.put(descriptor, offset + count);
    } else if (descriptor == 1) {
      add(new DiskChange.Told(new String(bytes(arguments[1]), UTF_8)));
    }
  }

  private void write(String path, long offset, byte[] bytes, long count) {
    if (bytes.length < count) {
      throw new AssertionError("strace has cut what was written to " + path);
    }
    add(new DiskChange.Written(path, offset, Arrays.copyOf(bytes, (int) count)));
  }

  private void add(DiskChange change) {
    changes.add(change);
  }

  private static int descriptor(String argument) {
    Matcher matcher = DESCRIPTOR.matcher(argument);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : Integer.parseInt(argument);
  }

  /** The file of a descriptor, if it is in the folder and has a name. */
  private Optional<String> file(String argument) {
    Matcher matcher = DESCRIPTOR.matcher(argument);
    return matcher.matches() && matcher.group(3) == null
        ? within(decoded(matcher.group(2)))
        : Optional.empty();
  }

  private Optional<String> within(String path) {
    return path.equals(folder) || path.startsWith(folder + "/")
        ? Optional.of(path)
        : Optional.empty();
  }

  private static String path(String argument) {
    return new String(bytes(argument), UTF_8);
  }

  private static byte[] bytes(String quoted) {
    if (!quoted.endsWith("\"")) {
      throw new AssertionError("strace has cut what it shows: " + quoted);
    }
    return hexadecimal(quoted.substring(1, quoted.length() - 1));
  }

  private static byte[] hexadecimal(String escaped) {
    return HexFormat.of().parseHex(escaped.replace("\\x", ""));
  }

  private static String decoded(String text) {
    return HEXADECIMAL
        .matcher(text)
        .replaceAll(it -> Matcher.quoteReplacement(new String(hexadecimal(it.group()), UTF_8)));
  }
}
