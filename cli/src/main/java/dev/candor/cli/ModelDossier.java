package dev.candor.cli;

import dev.candor.cli.store.StoredModel;
import dev.candor.engine.generation.ModelDigest;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Tensor;
import dev.candor.governance.provenance.documents.Answer;
import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.documents.DocumentFile;
import dev.candor.governance.provenance.documents.DocumentTemplate;
import dev.candor.governance.provenance.documents.Metric;
import dev.candor.governance.provenance.materials.ModelMaterials;
import dev.candor.governance.provenance.materials.ModelMaterials.DataSetMaterial;
import dev.candor.governance.provenance.materials.ModelMaterials.MaterialFile;
import dev.candor.training.ContentDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that can be found out about a model without asking it anything: from its files, the store,
 * the evidence beside it, and what somebody has written.
 */
final class ModelDossier {

  /** What somebody has written lies beside the model under this name. */
  private static final String BESIDE = "card.yaml";

  private final SignableModel model;
  private final String digest;
  private final String architecture;
  private final long parameters;
  private final SortedMap<String, Long> bytesByFormat = new TreeMap<>();
  private final OptionalLong contextTokens;
  private final Map<String, Answer> answers = new LinkedHashMap<>();
  private final SortedMap<String, List<String>> metadata = new TreeMap<>();
  private final List<Metric> metrics = new ArrayList<>();

  private ModelDossier(SignableModel model, Checkpoint checkpoint) {
    this.model = model;
    this.digest = model.found().digest().orElseGet(() -> ModelDigest.of(checkpoint));
    this.architecture = checkpoint.architecture();
    Map<BlockFormat, Long> bytes = new TreeMap<>();
    long elements = 0;
    for (Tensor tensor : checkpoint.tensors()) {
      elements += tensor.elements();
      bytes.merge(tensor.format(), tensor.data().byteSize(), Long::sum);
    }
    this.parameters = elements;
    bytes.forEach((format, size) -> bytesByFormat.put(format.name(), size));
    this.contextTokens =
        checkpoint.config().value("max_position_embeddings").isPresent()
            ? checkpoint.config().optionalInteger("max_position_embeddings")
            : OptionalLong.empty();
    ModelStatements.of(checkpoint).tell(answers, metadata);
    fromLooking();
    model.stored().ifPresent(this::fromStore);
    PromotionEvidence.beside(model.path(), digest).ifPresent(it -> it.tell(answers, metrics));
    InventoryStatements.tell(digest, answers);
  }

  /** Opens a model, reads what it says, and closes it. */
  static ModelDossier of(SignableModel model) {
    try (Checkpoint checkpoint = Checkpoint.open(model.path())) {
      return new ModelDossier(model, checkpoint);
    }
  }

  private void fromLooking() {
    StringBuilder type = new StringBuilder(family()).append(" (").append(architecture).append(')');
    type.append(String.format(Locale.ROOT, ", %,d parameters", parameters));
    type.append(", weights in ").append(String.join(", ", bytesByFormat.keySet()));
    contextTokens.ifPresent(
        tokens -> type.append(String.format(Locale.ROOT, ", up to %,d tokens", tokens)));
    answers.put("type", Answer.of(type.toString(), Answer.Source.PROGRAM));
    answers.put(
        "running",
        Answer.of("candor ask --model " + model.found().name() + " TEXT", Answer.Source.PROGRAM));
    long bytes = bytesByFormat.values().stream().mapToLong(Long::longValue).sum();
    answers.put(
        "dependencies",
        Answer.of(
            "Java 25 and Candor; "
                + ByteCount.text(bytes)
                + " for its weights; no network, no native library to install",
            Answer.Source.PROGRAM));
  }

  private void fromStore(StoredModel stored) {
    answers.put("origin", Answer.of(origin(stored.source()), Answer.Source.STORE));
    answers.put(
        "set-up", Answer.of("candor models add " + origin(stored.source()), Answer.Source.STORE));
  }

  /** A path of this machine is nobody else's business: its last name will do. */
  private static String origin(String source) {
    return source.startsWith("/") || source.matches("[A-Za-z]:[\\\\/].*")
        ? source.replaceFirst(".*[\\\\/]", "")
        : source;
  }

  /** What kind of network it is, in words. */
  private String family() {
    return switch (architecture) {
      case "phi4flash" ->
          "SambaY hybrid: state space, sliding-window and full attention, gated memory units";
      case "bert", "mobilebert" -> "transformer encoder";
      default ->
          Architectures.isEncoder(architecture) ? "transformer encoder" : "transformer decoder";
    };
  }

  /** SHA-256 by which records call it. */
  String digest() {
    return digest;
  }

  /**
   * The card: what was found out, and over it what somebody has written.
   *
   * @param written a file with answers; if there is none, {@value #BESIDE} beside the model, if
   *     that is about this model
   */
  Document card(Streams streams, Optional<Path> written) {
    Document found =
        new Document(
            DocumentTemplate.MODEL_CARD,
            new Document.Subject(model.found().name(), Optional.of(digest)),
            metadata,
            answers,
            metrics,
            List.of(),
            List.of());
    if (written.isPresent()) {
      return found.with(DocumentFile.parse(TextFile.bytes(written.get())));
    }
    Path folder =
        Files.isDirectory(model.path())
            ? model.path()
            : model.path().toAbsolutePath().resolveSibling("");
    Path beside = folder.resolve(BESIDE);
    if (!Files.isRegularFile(beside)) {
      return found;
    }
    Document author = DocumentFile.parse(TextFile.bytes(beside));
    if (!author.subject().digest().equals(Optional.of(digest))) {
      streams.err().println(beside + " is about another model: it is not used.");
      return found;
    }
    return found.with(author);
  }

  /** What it consists of. */
  ModelMaterials materials(Document card, List<DataSetMaterial> dataSets) {
    return new ModelMaterials(
        model.found().name(),
        digest,
        files(),
        architecture,
        family(),
        metadata.getOrDefault("pipeline_tag", List.of(task())).getFirst(),
        parameters,
        bytesByFormat,
        contextTokens,
        model.stored().map(StoredModel::source).map(ModelDossier::origin),
        dataSets,
        new ModelMaterials.Runtime(
            CandorCommand.Version.number(), Runtime.version().toString(), RuntimeLibraries.list()),
        card);
  }

  private String task() {
    return Architectures.isEncoder(architecture) ? "feature-extraction" : "text-generation";
  }

  private List<MaterialFile> files() {
    try {
      if (!Files.isDirectory(model.path())) {
        return List.of(file(model.path()));
      }
      try (Stream<Path> entries = Files.list(model.path())) {
        return entries
            .filter(Files::isRegularFile)
            .filter(it -> !it.getFileName().toString().startsWith("."))
            .filter(it -> !model.notSigned().contains(it.getFileName().toString()))
            .sorted()
            .map(ModelDossier::file)
            .collect(Collectors.toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MaterialFile file(Path file) {
    try {
      return new MaterialFile(
          file.getFileName().toString(), ContentDigest.of(file), Files.size(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
