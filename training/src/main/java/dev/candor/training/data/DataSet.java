package dev.candor.training.data;

import dev.candor.training.ContentDigest;
import dev.candor.training.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Rows with their manifest: the folder that holds {@code dataset.json} and the file with the rows.
 * What does not fit its manifest in any way is refused as a whole.
 */
public final class DataSet {

  /** A purpose: weights are made from the rows. */
  public static final String MODEL_TRAINING = "model-training";

  /** A purpose: models are measured on the rows. */
  public static final String MODEL_EVALUATION = "model-evaluation";

  /** Largest file of rows. */
  private static final long MOST_BYTES = 1L << 30;

  private final Path folder;
  private final DataSetManifest manifest;
  private final String digest;
  private final List<DataRow> rows;

  private DataSet(Path folder, DataSetManifest manifest, String digest, List<DataRow> rows) {
    this.folder = folder;
    this.manifest = manifest;
    this.digest = digest;
    this.rows = List.copyOf(rows);
  }

  /**
   * Opens a set for a purpose.
   *
   * @param path its folder, or the file with the rows in it
   * @param purpose what the rows will be used for
   * @throws TrainingException {@code training.no-consent} if that is not among the purposes of the
   *     manifest; {@code training.wrong-digest} if the rows are not those it was made for; {@code
   *     training.row-unfit} and others, naming row and column, if they are not what it says
   */
  public static DataSet open(Path path, String purpose) {
    Path folder = folderOf(path);
    Manifest read = manifest(folder);
    if (!read.manifest.purposes().contains(purpose)) {
      throw new TrainingException(
          "no-consent",
          "the data set "
              + read.manifest.name()
              + " may not be used for "
              + purpose
              + ", only for "
              + (read.manifest.purposes().isEmpty() ? "nothing" : read.manifest.purposes()),
          "Use another set, or have those who can consent add the purpose to "
              + DataSetManifest.FILE
              + ".");
    }
    return open(folder, path, read);
  }

  /**
   * Opens a set to look after the set itself: to report on it, or to compare its rows with those of
   * another. Never to train or measure a model with it.
   */
  public static DataSet inspect(Path path) {
    Path folder = folderOf(path);
    return open(folder, path, manifest(folder));
  }

  private static DataSet open(Path folder, Path path, Manifest read) {
    DataSetManifest manifest = read.manifest;
    Path file = folder.resolve(manifest.rows());
    if (!Files.isDirectory(path) && !String.valueOf(path.getFileName()).equals(manifest.rows())) {
      throw new TrainingException(
          "no-manifest",
          "the " + DataSetManifest.FILE + " beside " + path + " is for " + manifest.rows(),
          "Make a data set of the file with 'candor data prepare'.");
    }
    byte[] content = content(file, MOST_BYTES);
    String actual = ContentDigest.of(content);
    if (!actual.equals(manifest.rowsDigest())) {
      throw new TrainingException(
          "wrong-digest",
          file + " has the digest " + actual + ", its manifest names " + manifest.rowsDigest(),
          "Get the rows again that belong to the manifest, or make the set again.");
    }
    List<DataRow> rows = new RowReader(manifest, manifest.rows()).read(content);
    if (rows.size() != manifest.count()) {
      throw new TrainingException(
          "manifest-unfit",
          file + " has " + rows.size() + " rows, its manifest says " + manifest.count(),
          "Correct rows.count in the manifest.");
    }
    return new DataSet(folder, manifest, read.digest, rows);
  }

  private record Manifest(DataSetManifest manifest, String digest) {}

  private static Manifest manifest(Path folder) {
    Path file = folder.resolve(DataSetManifest.FILE);
    byte[] content = content(file, 16 << 20);
    return new Manifest(DataSetManifest.read(content, file.toString()), ContentDigest.of(content));
  }

  private static Path folderOf(Path path) {
    Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().normalize().getParent();
    if (folder == null || !Files.exists(path)) {
      throw new TrainingException(
          "no-data-set", path + ": no such folder or file", "Check the path.");
    }
    if (!Files.isRegularFile(folder.resolve(DataSetManifest.FILE))) {
      throw new TrainingException(
          "no-manifest",
          folder + " has no " + DataSetManifest.FILE,
          "Make a data set with 'candor data prepare'; without a manifest nobody knows what the"
              + " rows may be used for.");
    }
    return folder;
  }

  private static byte[] content(Path file, long most) {
    try {
      long size = Files.size(file);
      if (size > most) {
        throw new TrainingException(
            "too-large", file + " has " + size + " bytes, allowed are " + most, "Divide the set.");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new TrainingException(
          "no-rows", file + " is missing", "Put the rows beside their manifest.");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it lies. */
  public Path folder() {
    return folder;
  }

  /** What it says of itself. */
  public DataSetManifest manifest() {
    return manifest;
  }

  /** What records call it: SHA-256 of {@code dataset.json}, which names that of the rows. */
  public String digest() {
    return digest;
  }

  /** All rows, in the order of the file. */
  public List<DataRow> rows() {
    return rows;
  }

  /** The rows of some splits, in the order of the file. */
  public List<DataRow> rows(DataSplit... splits) {
    List<DataSplit> wanted = Arrays.asList(splits);
    return rows.stream().filter(row -> wanted.contains(row.split())).toList();
  }
}
