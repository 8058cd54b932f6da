package dev.candor.cli.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The models under {@code CANDOR_HOME}, each in {@code models/<name>/} with its weights, what else
 * it came with, and a {@link ModelRecord}. Several processes may use it at once: a model appears by
 * a rename, and disappears by one.
 */
public final class ModelStore {

  /** How the weights of a model are kept. */
  public enum Form {
    /** Byte for byte as they came. */
    AS_IT_CAME,
    /** Laid out as the kernels read them, which decodes faster, in the place of what came. */
    PACKED
  }

  /**
   * What has arrived in the staging folder.
   *
   * @param weights the name of the weights file, or {@code .} if the folder is the checkpoint
   * @param source where it came from, precisely
   */
  record Arrived(String weights, String source) {}

  /** What a promotion leaves beside a model. */
  private static final String EVIDENCE = "evidence.json";

  private final Path home;
  private final Supplier<HubSettings> hub;
  private final Admission admission;

  private ModelStore(Path home, Supplier<HubSettings> hub, Admission admission) {
    this.home = home.toAbsolutePath().normalize();
    this.hub = hub;
    this.admission = admission;
    if (Files.exists(this.home) && !Files.isDirectory(this.home)) {
      throw new StoreException(
          "not-a-folder",
          this.home + ", where models are kept, is not a folder",
          "Set CANDOR_HOME to a folder, or leave it unset for ~/.candor.");
    }
  }

  /**
   * The store of this user: {@code CANDOR_HOME}, else {@code ~/.candor}.
   *
   * @throws StoreException {@code store.not-a-folder} if something else has that name
   */
  public static ModelStore ofUser() {
    String home = System.getenv("CANDOR_HOME");
    return new ModelStore(
        home == null || home.isBlank()
            ? Path.of(System.getProperty("user.home"), ".candor")
            : Path.of(home),
        HubSettings::ofEnvironment,
        Admission.RUNNABLE);
  }

  /** A store elsewhere. */
  public static ModelStore at(Path home, HubSettings hub) {
    return at(home, hub, Admission.RUNNABLE);
  }

  /** The same with other demands. */
  static ModelStore at(Path home, HubSettings hub, Admission admission) {
    return new ModelStore(home, () -> hub, admission);
  }

  /** Where everything of Candor lives. */
  public Path home() {
    return home;
  }

  /** All models, by name. */
  public List<StoredModel> list() {
    try (Stream<Path> entries = Files.list(models())) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(Files::isDirectory)
          .sorted()
          .map(ModelStore::read)
          .toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw Staging.failed(e, models());
    }
  }

  /** The model of that name, if there is one. */
  public Optional<StoredModel> find(String name) {
    return isModel(name) ? Optional.of(read(models().resolve(name))) : Optional.empty();
  }

  /**
   * The model of that name.
   *
   * @throws StoreException {@code store.unknown-model}, naming those there are
   */
  public StoredModel require(String name) {
    return find(name).orElseThrow(() -> unknown(name));
  }

  /** The same with the weights as they come. */
  public StoredModel add(ModelSource source, Optional<String> name, Progress progress) {
    return add(source, name, Form.AS_IT_CAME, progress);
  }

  /**
   * Adds a model: complete and verified, or not at all. Adding what is already there under that
   * name, byte for byte, changes nothing.
   *
   * @param name how to call it; if absent, as its file or repository is called
   * @param form packed, if there is something in the weights that can be
   * @throws StoreException if it cannot be had
   * @throws dev.candor.engine.EngineException if it is not a model that can be run
   */
  public StoredModel add(ModelSource source, Optional<String> name, Form form, Progress progress) {
    return add(source, name, form, Optional.empty(), progress);
  }

  /**
   * The same of a model that has evidence, which is kept beside it in {@code evidence.json}.
   *
   * @throws StoreException {@code store.wrong-digest} if what is added is not the model that the
   *     evidence is about; {@code store.exists} if there is a model of that name, whichever it is
   */
  public StoredModel addEndorsed(
      ModelSource source,
      Optional<String> name,
      Form form,
      Endorsement endorsement,
      Progress progress) {
    return add(source, name, form, Optional.of(endorsement), progress);
  }

  /**
   * Evidence about a model.
   *
   * @param digest of the model
   * @param evidence the document
   */
  public record Endorsement(String digest, byte[] evidence) {}

  private StoredModel add(
      ModelSource source,
      Optional<String> name,
      Form form,
      Optional<Endorsement> endorsement,
      Progress progress) {
    String modelName = ModelName.require(name.orElseGet(() -> nameOf(source)));
    downloads().sweep();
    try (Staging staging = Staging.in(models(), modelName)) {
      Arrived arrived =
          switch (source) {
            case ModelSource.WeightsFile(Path file) ->
                new Arrived(copyWeights(staging, file, progress), absolute(file));
            case ModelSource.Folder(Path folder) ->
                new Arrived(copyFolder(staging, folder, progress), absolute(folder));
            case ModelSource.Archive(Path file) ->
                new Arrived(unpack(staging, file, progress), String.valueOf(file.getFileName()));
            case ModelSource.HubRepository repository -> fetch(repository, staging, progress);
          };
      String weights = arrived.weights();
      Path target = models().resolve(modelName);
      if (Files.exists(target) && endorsement.isPresent()) {
        throw Staging.exists(target);
      }
      if (Files.exists(target)) {
        StoredModel present = read(target);
        String digest = ModelRecord.digest(staging.files(), weights);
        if (digest.equals(present.digest()) || digest.equals(present.packedDigest().orElse(""))) {
          return present;
        }
      }
      admission.require(staging.folder().resolve(weights).normalize(), progress);
      endorsement.ifPresent(given -> keep(staging, given.evidence()));
      ModelRecord record = record(staging, modelName, arrived, form, progress);
      if (endorsement.isPresent() && !endorsement.get().digest().equals(record.digest())) {
        throw Digests.wrong(modelName, endorsement.get().digest(), record.digest());
      }
      staging.publish(target);
      return read(target);
    }
  }

  private static void keep(Staging staging, byte[] evidence) {
    staging.write(
        EVIDENCE,
        List.of(new ByteArrayInputStream(evidence)),
        evidence.length,
        evidence.length,
        Progress.SILENT);
  }

  private static ModelRecord record(
      Staging staging, String name, Arrived arrived, Form form, Progress progress) {
    ModelRecord record =
        new ModelRecord(
            name,
            arrived.source(),
            arrived.weights(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            staging.files(),
            Optional.empty());
    if (form == Form.PACKED) {
      record = WeightsPacker.pack(staging.folder(), record, progress);
    }
    record.write(staging.folder());
    try {
      WeightsPacker.sweep(staging.folder(), record);
    } catch (IOException e) {
      throw Staging.failed(e, staging.folder());
    }
    return record;
  }

  private static StoredModel read(Path folder) {
    return ModelRecord.read(folder).model(folder);
  }

  /**
   * Packs the weights of a model that is in the store; changes nothing if they are packed already
   * or there is nothing in them to pack. Whoever uses the model meanwhile goes on with the old
   * file.
   *
   * @throws StoreException {@code store.unknown-model}; {@code store.busy} if another process is
   *     packing it; {@code store.wrong-digest} if its weights are no longer those that were added
   */
  public StoredModel pack(String name, Progress progress) {
    StoredModel model = require(name);
    WeightsPacker.packInPlace(model.folder(), progress);
    return read(model.folder());
  }

  /**
   * Removes a model, and what a broken download of it may have left.
   *
   * @throws StoreException {@code store.unknown-model}
   */
  public void remove(String name) {
    if (!isModel(name)) {
      throw unknown(name);
    }
    Path folder = models().resolve(name);
    Optional<ModelSource.HubRepository> origin = origin(folder);
    // Gone for others at once, whatever happens while the files are deleted; a rest of a crash is
    // swept away by the next addition.
    Path doomed =
        models()
            .resolve(
                Staging.PREFIX
                    + ProcessHandle.current().pid()
                    + "-removed-"
                    + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    try {
      Files.move(folder, doomed, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw Staging.failed(e, folder);
    }
    Staging.delete(doomed);
    origin.ifPresent(downloads()::forget);
  }

  /** The repository that a model was fetched from, if it was. */
  private static Optional<ModelSource.HubRepository> origin(Path folder) {
    try {
      return ModelSource.HubRepository.parse(ModelRecord.read(folder).source());
    } catch (StoreException e) {
      // Its record is damaged, which is why it is removed: a download of it will be swept in time.
      return Optional.empty();
    }
  }

  private Path models() {
    return home.resolve("models");
  }

  private PartialDownloads downloads() {
    return new PartialDownloads(home.resolve("downloads"));
  }

  private boolean isModel(String name) {
    return !name.startsWith(".")
        && !name.contains("/")
        && !name.contains("\\")
        && !name.isEmpty()
        && name.indexOf('\0') < 0
        && Files.isDirectory(models().resolve(name));
  }

  private StoreException unknown(String name) {
    List<String> names = list().stream().map(StoredModel::name).toList();
    return new StoreException(
        "unknown-model",
        "there is no model named '" + SafeNames.printable(name) + "'",
        names.isEmpty()
            ? "Add one with 'candor models add'."
            : "There are: " + String.join(", ", names) + ".");
  }

  /** An archive is called like the weights in it, which say more than a package's name. */
  private static String nameOf(ModelSource source) {
    if (source instanceof ModelSource.Archive(Path file)) {
      try (ArchivedWeights weights = ArchivedWeights.open(file)) {
        return ModelName.from(weights.name());
      }
    }
    return source.suggestedName();
  }

  private Arrived fetch(ModelSource.HubRepository repository, Staging staging, Progress progress) {
    try (Hub remote = new Hub(hub.get(), downloads())) {
      return remote.fetch(repository, staging, progress);
    }
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  private static String unpack(Staging staging, Path file, Progress progress) {
    try (ArchivedWeights weights = ArchivedWeights.open(file)) {
      return weights.unpack(staging, progress).name();
    }
  }

  private static String copyWeights(Staging staging, Path file, Progress progress) {
    String fileName = String.valueOf(file.getFileName());
    if (!isGguf(file)) {
      throw new StoreException(
          "unknown-source",
          fileName + " is not a GGUF file by its name",
          "Give a .gguf, .zip or .whl file, or the folder of a safetensors checkpoint.");
    }
    return copy(staging, file, fileName.replaceAll("[^A-Za-z0-9._+-]", "-"), progress);
  }

  private static String copyFolder(Staging staging, Path folder, Progress progress) {
    List<Path> files = regularFiles(folder);
    List<String> checkpoint =
        SafetensorsFiles.of(files.stream().map(file -> file.getFileName().toString()).toList());
    if (!checkpoint.isEmpty()) {
      for (String name : checkpoint) {
        copy(staging, folder.resolve(name), name, progress);
      }
      return ".";
    }
    List<Path> gguf = files.stream().filter(ModelStore::isGguf).toList();
    if (gguf.size() == 1) {
      return copyWeights(staging, gguf.getFirst(), progress);
    }
    throw new StoreException(
        gguf.isEmpty() ? "no-weights" : "ambiguous",
        folder
            + (gguf.isEmpty()
                ? " holds neither config.json with model.safetensors, whole or in shards, nor a"
                    + " GGUF file"
                : " holds several GGUF files"),
        gguf.isEmpty() ? "Give the folder of a checkpoint." : "Give the file you want.");
  }

  private static List<Path> regularFiles(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw Staging.failed(e, folder);
    }
  }

  private static boolean isGguf(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".gguf");
  }

  private static String copy(Staging staging, Path file, String name, Progress progress) {
    try (InputStream in = Files.newInputStream(file)) {
      long size = Files.size(file);
      return staging.write(name, List.of(in), Long.MAX_VALUE, size, progress).name();
    } catch (IOException e) {
      throw Staging.failed(e, file);
    }
  }
}
