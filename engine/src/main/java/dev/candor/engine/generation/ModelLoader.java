package dev.candor.engine.generation;

import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.Compute;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.GgufFile;
import dev.candor.engine.weights.GgufValues;
import dev.candor.engine.weights.Packing;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Opens all parts of a model that a file or folder holds. */
final class ModelLoader {

  private ModelLoader() {}

  static ModelParts load(Path path, LoadOptions options) {
    FileStamps stamps = FileStamps.of(path);
    Checkpoint checkpoint = Checkpoint.open(path);
    try {
      WorkerPool pool = new PersistentWorkerPool(options.threads());
      try {
        return load(checkpoint, stamps, options, pool);
      } catch (RuntimeException | Error e) {
        pool.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
  }

  private static ModelParts load(
      Checkpoint checkpoint, FileStamps stamps, LoadOptions options, WorkerPool pool) {
    KernelSelector.Choice choice = options.chooseKernels(checkpoint.formats());
    Kernels kernels = choice.kernels();
    CausalModel model = Architectures.load(checkpoint, new Compute(kernels, pool));
    Tokenizer tokenizer = CheckpointTokenizer.of(checkpoint);
    ChatFiles chat =
        checkpoint instanceof GgufFile gguf
            ? chat(gguf.values(), tokenizer)
            : ChatFiles.of(CheckpointTokenizer.folder(checkpoint));
    return new ModelParts(
        model,
        tokenizer,
        chat.template(),
        chat.variables(),
        GenerationDefaults.thinkingEnd(checkpoint, tokenizer, chat.template()),
        GenerationDefaults.endTokens(
            checkpoint.config(), checkpoint.generationConfig(), tokenizer, model.vocabularySize()),
        GenerationDefaults.sampling(checkpoint.generationConfig()),
        choice,
        checkpoint.weightBytes(),
        Packing.packableBytes(checkpoint),
        () ->
            options
                .digest()
                .or(checkpoint::sourceDigest)
                .orElseGet(() -> ModelDigest.of(checkpoint.path())),
        Optional.of(new ModelFingerprints(checkpoint, chat, stamps)),
        () -> {
          pool.close();
          checkpoint.close();
        });
  }

  private static ChatFiles chat(GgufValues values, Tokenizer tokenizer) {
    Map<String, Object> variables = new HashMap<>();
    Map<String, String> keys =
        Map.of(
            "bos_token", "tokenizer.ggml.bos_token_id",
            "eos_token", "tokenizer.ggml.eos_token_id",
            "unk_token", "tokenizer.ggml.unknown_token_id",
            "pad_token", "tokenizer.ggml.padding_token_id");
    keys.forEach((name, key) -> {
      OptionalLong id = values.integer(key);
      if (id.isPresent() && id.getAsLong() >= 0 && id.getAsLong() < tokenizer.vocabularySize()) {
        variables.put(name, tokenizer.token((int) id.getAsLong()));
      }
    });
    return new ChatFiles(values.string("tokenizer.chat_template"), variables);
  }
}
