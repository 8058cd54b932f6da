package dev.candor.engine.generation;

import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.GgufFile;
import dev.candor.engine.weights.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * By what a model that was opened can be told from every other: digests of its parts, each computed
 * when it is first asked for and kept. Safe for use by many threads.
 *
 * <p>Digests of several things are taken as {@link ModelDigest} takes that of a folder: SHA-256 of
 * what {@code sha256sum} would print for them, in the order of their names.
 */
public final class ModelFingerprints {

  private final Checkpoint checkpoint;
  private final ChatFiles chat;
  private final FileStamps stamps;
  private Optional<String> weights = Optional.empty();
  private Optional<String> tokenizer = Optional.empty();

  ModelFingerprints(Checkpoint checkpoint, ChatFiles chat, FileStamps stamps) {
    this.checkpoint = checkpoint;
    this.chat = chat;
    this.stamps = stamps;
  }

  /**
   * SHA-256 of the bytes that it computes with. Of one GGUF file those that are mapped, packed or
   * not, whatever has become of the file's name; of a folder those of its files, as {@link
   * ModelDigest} takes them, which are the ones that were opened as long as {@link #unchanged}.
   */
  public synchronized String weights() {
    if (weights.isEmpty()) {
      weights =
          Optional.of(
              checkpoint instanceof GgufFile gguf
                  ? gguf.mappedDigest()
                  : ModelDigest.of(checkpoint.path()));
    }
    return weights.get();
  }

  /**
   * SHA-256 over what its tokenizer is made of: the values {@code tokenizer.ggml.…} of a GGUF file
   * under their keys, or the files tokenizer.json and tokenizer_config.json.
   */
  public synchronized String tokenizer() {
    if (tokenizer.isEmpty()) {
      tokenizer =
          Optional.of(
              lines(
                  checkpoint instanceof GgufFile gguf
                      ? gguf.valueDigests("tokenizer.ggml.")
                      : tokenizerFiles()));
    }
    return tokenizer.get();
  }

  private SortedMap<String, String> tokenizerFiles() {
    SortedMap<String, String> digests = new TreeMap<>();
    Path folder = CheckpointTokenizer.folder(checkpoint);
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Path file = folder.resolve(name);
      try {
        if (Files.isRegularFile(file)) {
          digests.put(name, HexFormat.of().formatHex(ModelDigest.ofFile(file)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return digests;
  }

  /**
   * SHA-256 over its chat template, under the name {@code template}, and over what that reads
   * besides a chat, such as {@code bos_token}; empty for a model without a template.
   */
  public Optional<String> template() {
    return chat.template()
        .map(source -> {
          SortedMap<String, String> digests = new TreeMap<>();
          digests.put("template", sha256(source));
          chat.variables()
              .forEach((name, value) -> digests.put(name, sha256(String.valueOf(value))));
          return lines(digests);
        });
  }

  /** The formats of its weights, sorted, a {@code +} between, such as {@code F32+Q4_K+Q6_K}. */
  public String quantisation() {
    TreeSet<String> formats = new TreeSet<>();
    for (Tensor tensor : checkpoint.tensors()) {
      formats.add(tensor.format().name());
    }
    return String.join("+", formats);
  }

  /** How many numbers its weights are. */
  public long parameters() {
    return checkpoint.tensors().stream().mapToLong(Tensor::elements).sum();
  }

  /**
   * Whether, as far as the file system tells, nobody has written to the files since before they
   * were opened, nor put others in their place. Cheap: it asks for attributes alone.
   */
  public boolean unchanged() {
    return stamps.hold();
  }

  private static String lines(Map<String, String> digests) {
    StringBuilder lines = new StringBuilder();
    digests.forEach((name, digest) -> lines.append(digest).append("  ").append(name).append('\n'));
    return sha256(lines.toString());
  }

  private static String sha256(String text) {
    MessageDigest sha256 = ModelDigest.sha256();
    return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
