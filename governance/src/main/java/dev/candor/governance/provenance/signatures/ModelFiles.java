package dev.candor.governance.provenance.signatures;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of a model as they lie on the disk (section 6.1 of the specification).
 *
 * @param files names below the model to where they are; a single file by its own name
 * @param ignored what was left out, the topmost of each
 * @param warnings what a reader of the report should know: links that lead out of the model
 */
record ModelFiles(SortedMap<String, Path> files, List<String> ignored, List<String> warnings) {

  private static final int MOST_DEPTH = 64;
  private static final int BUFFER_BYTES = 1 << 20;

  /**
   * Lists them.
   *
   * @param model a file or a folder
   * @param ignoredPaths left out besides what is always left out
   * @param except files that are left out wherever they lie: the signature itself
   * @throws GovernanceException {@code governance.signature-symlink}, {@code
   *     governance.signature-special-file}, {@code governance.signature-name}
   */
  static ModelFiles list(
      Path model, boolean allowSymlinks, Collection<String> ignoredPaths, Collection<Path> except) {
    if (!allowSymlinks && Files.isSymbolicLink(model)) {
      throw symlink(String.valueOf(model.getFileName()));
    }
    if (!Files.isDirectory(model)) {
      SortedMap<String, Path> one = new TreeMap<>(RelativePaths.ORDER);
      one.put(name(model.toAbsolutePath().normalize().getFileName()), requireRegular(model));
      return new ModelFiles(one, List.of(), List.of());
    }
    Walk walk = new Walk(model, allowSymlinks, ignoredPaths, except);
    try {
      Files.walkFileTree(
          model,
          allowSymlinks ? EnumSet.of(FileVisitOption.FOLLOW_LINKS) : Set.of(),
          MOST_DEPTH,
          walk);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ModelFiles(walk.files, List.copyOf(walk.ignored), List.copyOf(walk.warnings));
  }

  private static final class Walk extends SimpleFileVisitor<Path> {

    final SortedMap<String, Path> files = new TreeMap<>(RelativePaths.ORDER);
    final List<String> ignored = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    private final Path model;
    private final Path real;
    private final boolean allowSymlinks;
    private final Collection<String> ignoredPaths;
    private final List<Path> except = new ArrayList<>();

    Walk(
        Path model,
        boolean allowSymlinks,
        Collection<String> ignoredPaths,
        Collection<Path> except) {
      this.model = model;
      this.allowSymlinks = allowSymlinks;
      this.ignoredPaths = ignoredPaths;
      this.real = realPath(model);
      except.stream().filter(Files::exists).map(Walk::realPath).forEach(this.except::add);
    }

    private static Path realPath(Path path) {
      try {
        return path.toRealPath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.equals(model)) {
        return FileVisitResult.CONTINUE;
      }
      String name = relative(folder);
      if (isIgnored(name)) {
        ignored.add(name);
        return FileVisitResult.SKIP_SUBTREE;
      }
      warnOfLink(folder, name);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = relative(file);
      if (!except.isEmpty() && !Files.isSymbolicLink(file) && except.contains(realPath(file))) {
        return FileVisitResult.CONTINUE;
      }
      if (isIgnored(name)) {
        ignored.add(name);
        return FileVisitResult.CONTINUE;
      }
      if (attributes.isSymbolicLink() || !allowSymlinks && Files.isSymbolicLink(file)) {
        // With links followed, one that is left leads nowhere.
        throw symlink(name);
      }
      if (!attributes.isRegularFile()) {
        throw special(name);
      }
      warnOfLink(file, name);
      files.put(name, file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof FileSystemLoopException) {
        throw symlink(relative(file));
      }
      throw e;
    }

    private void warnOfLink(Path path, String name) {
      if (allowSymlinks && Files.isSymbolicLink(path) && !realPath(path).startsWith(real)) {
        warnings.add(name + " is a link that leads out of the model");
      }
    }

    private boolean isIgnored(String name) {
      return Serialization.ALWAYS_IGNORED.stream().anyMatch(it -> RelativePaths.isBelow(name, it))
          || ignoredPaths.stream().anyMatch(it -> RelativePaths.isBelow(name, it));
    }

    private String relative(Path path) {
      List<String> parts = new ArrayList<>();
      model.relativize(path).forEach(part -> parts.add(name(part)));
      return String.join("/", parts);
    }
  }

  /**
   * The digests of all files, or of their pieces.
   *
   * @return names as a manifest has them, to SHA-256
   */
  Map<String, String> digests(Serialization serialization) {
    Map<String, String> digests = new LinkedHashMap<>();
    files.forEach((name, file) -> {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        long size = channel.size();
        if (serialization.shardBytes().isEmpty()) {
          digests.put(name, digest(channel, Long.MAX_VALUE));
          return;
        }
        long step = serialization.shardBytes().getAsLong();
        for (long start = 0; start < size; start += step) {
          long length = Math.min(step, size - start);
          digests.put(Shard.name(name, start, start + length), digest(channel, length));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    return digests;
  }

  private static String digest(FileChannel channel, long bytes) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(bytes, BUFFER_BYTES));
    long left = bytes;
    while (left > 0) {
      buffer.clear().limit((int) Math.min(left, buffer.capacity()));
      int read = channel.read(buffer);
      if (read < 0) {
        break;
      }
      digest.update(buffer.flip());
      left -= read;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static Path requireRegular(Path file) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new UncheckedIOException(new NoSuchFileException(file.toString()));
    }
    if (!Files.isRegularFile(file)) {
      throw special(String.valueOf(file.getFileName()));
    }
    return file;
  }

  /** A name that is not UTF-8 on the disk cannot be written into JSON without loss. */
  private static String name(Path part) {
    String text = part.toString();
    if (!part.getFileSystem().getPath(text).equals(part) || text.indexOf('\uFFFD') >= 0) {
      throw new GovernanceException(
          "signature-name",
          "the name of the file '" + PlainText.shown(text) + "' is not UTF-8",
          "Rename the file: its name could not be signed without loss.");
    }
    return text;
  }

  private static GovernanceException symlink(String name) {
    return new GovernanceException(
        "signature-symlink",
        PlainText.shown(name) + " is a symbolic link that is not followed, or leads nowhere",
        "Put the file itself there, or sign with --allow-symlinks.");
  }

  private static GovernanceException special(String name) {
    return new GovernanceException(
        "signature-special-file",
        PlainText.shown(name) + " is neither a file nor a folder",
        "Remove it from the model.");
  }
}
