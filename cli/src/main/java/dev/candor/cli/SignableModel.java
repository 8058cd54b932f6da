package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.StoredModel;
import dev.candor.engine.generation.ModelDigest;
import dev.candor.engine.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model as its files lie there, to sign them or to verify who has.
 *
 * @param found how it was found
 * @param stored what the store says of it, if it is in the store
 */
record SignableModel(LoadedModel.Found found, Optional<StoredModel> stored) {

  /** What the store keeps beside a checkpoint, which is no part of it. */
  private static final List<String> OF_THE_STORE = List.of("model.json", "evidence.json");

  /** Finds it by its name in the store, by its path, or by the name of the embedded model. */
  static SignableModel find(Streams streams, String model) {
    LoadedModel.Found found = LoadedModel.resolve(streams, model);
    Optional<StoredModel> stored =
        ModelStore.ofUser().find(model).filter(it -> it.weights().equals(found.weights()));
    return new SignableModel(found, stored);
  }

  /** The file or folder that is signed. */
  Path path() {
    return found.weights();
  }

  /** As the user calls it, fit for the name of a file. */
  String fileName() {
    return found.name().replaceAll("[^A-Za-z0-9._-]", "-");
  }

  /** What of its folder is not signed. */
  List<String> notSigned() {
    return stored.isPresent() && Files.isDirectory(path()) ? OF_THE_STORE : List.of();
  }

  /** What its records call it: SHA-256 of the file as it came, or of the files of a folder. */
  String digest() {
    if (found.digest().isPresent()) {
      return found.digest().get();
    }
    try (Checkpoint checkpoint = Checkpoint.open(path())) {
      return ModelDigest.of(checkpoint);
    }
  }
}
