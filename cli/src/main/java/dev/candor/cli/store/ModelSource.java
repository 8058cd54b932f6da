package dev.candor.cli.store;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a model can come from. */
public sealed interface ModelSource {

  /** The name a model gets if the user gives none; see {@link ModelName}. */
  String suggestedName();

  /** One GGUF file of this machine. */
  record WeightsFile(Path file) implements ModelSource {
    @Override
    public String suggestedName() {
      return ModelName.from(fileName(file));
    }
  }

  /** A folder with config.json and safetensors, or with one GGUF. */
  record Folder(Path folder) implements ModelSource {
    @Override
    public String suggestedName() {
      return ModelName.from(fileName(folder.toAbsolutePath().normalize()));
    }
  }

  /**
   * An archive that holds a GGUF, or its first part or its table of contents, the other parts lying
   * in archives beside it.
   */
  record Archive(Path file) implements ModelSource {
    @Override
    public String suggestedName() {
      return ModelName.from(fileName(file));
    }
  }

  /**
   * A repository of the Hugging Face hub, or of a server that speaks its protocol.
   *
   * @param repository {@code organisation/name}
   * @param revision a branch, tag or commit
   * @param file one file of it; if absent, the only GGUF or the safetensors checkpoint
   */
  record HubRepository(String repository, String revision, Optional<String> file)
      implements ModelSource {

    @Override
    public String suggestedName() {
      return ModelName.from(
          file.map(path -> path.substring(path.lastIndexOf('/') + 1))
              .orElse(repository.substring(repository.indexOf('/') + 1)));
    }

    /**
     * Reads {@code organisation/name[@revision][:file]}; nothing if it is of another form.
     *
     * @throws StoreException {@code store.unsafe-name} if the file leads out of the repository
     */
    static Optional<HubRepository> parse(String text) {
      Matcher matcher = HUB.matcher(text);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      return Optional.of(
          new HubRepository(
              matcher.group(1),
              Optional.ofNullable(matcher.group(2)).orElse("main"),
              Optional.ofNullable(matcher.group(3)).map(SafeNames::requireRelative)));
    }

    @Override
    public String toString() {
      return repository
          + (revision.equals("main") ? "" : "@" + revision)
          + file.map(path -> ":" + path).orElse("");
    }
  }

  Pattern HUB =
      Pattern.compile(
          "([A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95})"
              + "(?:@([A-Za-z0-9][A-Za-z0-9._/-]{0,127}))?(?::(.{1,255}))?");

  /**
   * Reads what a user types after {@code models add}. What exists on this machine is a path.
   *
   * @throws StoreException {@code store.unknown-source} if it is none of the four
   */
  static ModelSource parse(String source) {
    Optional<Path> path = path(source);
    if (path.isPresent() && Files.exists(path.get())) {
      Path file = path.get();
      if (Files.isDirectory(file)) {
        return new Folder(file);
      }
      String lower = fileName(file).toLowerCase(Locale.ROOT);
      if (lower.endsWith(".zip") || lower.endsWith(".whl")) {
        return new Archive(file);
      }
      return new WeightsFile(file);
    }
    boolean looksLikePath =
        source.startsWith("/")
            || source.startsWith("./")
            || source.startsWith("../")
            || source.matches("(?i).*\\.(gguf|zip|whl|safetensors)")
                && !source.contains(":")
                && source.chars().filter(c -> c == '/').count() != 1;
    if (looksLikePath) {
      throw new StoreException(
          "missing-file", source + ": no such file or folder", "Check the path.");
    }
    return HubRepository.parse(source)
        .orElseThrow(() ->
            new StoreException(
                "unknown-source",
                source + " is neither a file, nor a folder, nor a Hugging Face id",
                "Give a .gguf, .zip or .whl file, a folder, or"
                    + " organisation/name[@revision][:file]."));
  }

  private static Optional<Path> path(String source) {
    try {
      return Optional.of(Path.of(source));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? "model" : name.toString();
  }
}
