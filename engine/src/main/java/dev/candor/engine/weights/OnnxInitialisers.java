package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of an ONNX model of the BERT family, under the names that PyTorch's exporter took
 * away from some of them. An exporter keeps a parameter's name, except for the weight of a linear
 * layer: that is stored transposed, as {@code onnx::MatMul_123}. Its name follows from the bias
 * that is added to the product, else from the name of the node, {@code
 * /bert/encoder/layer.0/attention/self/query/MatMul}. These matrices are copied into the layout of
 * all others, {@code [out, in]}, off the heap; the rest stays mapped. The graph itself is not run.
 */
public final class OnnxInitialisers implements Checkpoint {

  private static final int FLOAT = 1;
  private static final int FLOAT16 = 10;
  private static final int BFLOAT16 = 16;

  private final Path path;
  private final Arena arena;
  private final JsonObject config;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, Integer> unread = new HashMap<>();

  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as this, see close()
  private OnnxInitialisers(Path path) {
    this.path = path;
    this.config = SafetensorsFolder.document(configFolder(path), "config.json");
    config.string("model_type");
    this.arena = Arena.ofShared();
    try (WeightsFile file = WeightsFile.open(path)) {
      OnnxGraph graph = OnnxGraph.read(file);
      MemorySegment mapped = file.map(0, file.size(), arena);
      Map<String, String> transposed = transposed(graph);
      Map<String, Tensor> own = new LinkedHashMap<>();
      for (OnnxGraph.Initialiser initialiser : graph.initialisers()) {
        add(file, initialiser, mapped, transposed, own);
      }
      addAliases(graph, own);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** Opens a file that has its config.json beside it, or above it if its folder is called onnx. */
  public static OnnxInitialisers open(Path path) {
    return new OnnxInitialisers(path);
  }

  /** Bytes of the mapped values and of the copies that opening makes. */
  static long weightBytes(WeightsFile file) {
    OnnxGraph graph = OnnxGraph.read(file);
    Set<String> transposed = transposed(graph).keySet();
    long bytes = 0;
    for (OnnxGraph.Initialiser initialiser : graph.initialisers()) {
      bytes += initialiser.bytes() * (transposed.contains(initialiser.name()) ? 2 : 1);
    }
    return bytes;
  }

  private static Path configFolder(Path file) {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    Path above = folder.getParent();
    return above != null && folder.endsWith("onnx") && !Files.exists(folder.resolve("config.json"))
        ? above
        : folder;
  }

  private void add(
      WeightsFile file,
      OnnxGraph.Initialiser initialiser,
      MemorySegment mapped,
      Map<String, String> transposed,
      Map<String, Tensor> own) {
    String name = transposed.getOrDefault(initialiser.name(), initialiser.name());
    Optional<BlockFormat> format = format(initialiser.type());
    if (format.isEmpty()) {
      unread.put(name, initialiser.type());
      return;
    }
    List<Integer> shape = initialiser.shape();
    long bytes = format.get().blockBytes();
    for (int extent : shape) {
      if (extent == 0) {
        throw file.malformed("initialiser " + initialiser.name() + " has an extent of 0");
      }
      bytes = bytes > file.size() ? bytes : Math.multiplyExact(bytes, (long) extent);
    }
    if (bytes != initialiser.bytes()) {
      throw file.malformed(
          "initialiser "
              + initialiser.name()
              + " takes "
              + initialiser.bytes()
              + " bytes where its shape needs "
              + bytes);
    }
    MemorySegment data = mapped.asSlice(initialiser.begin(), bytes);
    Tensor tensor = new Tensor(name, format.get(), shape, data);
    if (transposed.containsKey(initialiser.name()) && shape.size() == 2) {
      tensor = transpose(tensor);
    }
    if (own.put(initialiser.name(), tensor) != null || tensors.put(name, tensor) != null) {
      throw file.malformed("two initialisers are called " + name);
    }
  }

  private static Optional<BlockFormat> format(int type) {
    return switch (type) {
      case FLOAT -> Optional.of(BlockFormat.F32);
      case FLOAT16 -> Optional.of(BlockFormat.F16);
      case BFLOAT16 -> Optional.of(BlockFormat.BF16);
      default -> Optional.empty();
    };
  }

  /** Transposed weights by their names in the file, and what they are called in PyTorch. */
  private static Map<String, String> transposed(OnnxGraph graph) {
    Set<String> names = new HashSet<>();
    graph.initialisers().forEach(initialiser -> names.add(initialiser.name()));
    Map<String, String> biases = new HashMap<>();
    for (OnnxGraph.Node node : graph.nodes()) {
      if (node.operator().equals("Add") && node.inputs().size() == 2) {
        for (int i = 0; i < 2; i++) {
          String bias = node.inputs().get(i);
          if (names.contains(bias) && bias.endsWith(".bias")) {
            biases.put(node.inputs().get(1 - i), bias);
          }
        }
      }
    }
    Map<String, String> found = new HashMap<>();
    for (OnnxGraph.Node node : graph.nodes()) {
      boolean product =
          node.operator().equals("MatMul")
              || (node.operator().equals("Gemm") && !node.transposesB());
      if (!product || node.inputs().size() < 2 || !names.contains(node.inputs().get(1))) {
        continue;
      }
      String weight = node.inputs().get(1);
      String bias =
          node.inputs().size() > 2 ? node.inputs().get(2) : biases.getOrDefault(node.output(), "");
      if (bias.endsWith(".bias")) {
        found.put(weight, bias.substring(0, bias.length() - ".bias".length()) + ".weight");
      } else if (node.name().startsWith("/") && node.name().lastIndexOf('/') > 0) {
        String module = node.name().substring(1, node.name().lastIndexOf('/'));
        found.put(weight, module.replace('/', '.') + ".weight");
      } else {
        found.put(weight, weight);
      }
    }
    return found;
  }

  /** Equal parameters are stored once; an Identity gives the other its name. */
  private void addAliases(OnnxGraph graph, Map<String, Tensor> own) {
    for (OnnxGraph.Node node : graph.nodes()) {
      if (node.operator().equals("Identity") && node.inputs().size() == 1) {
        Tensor same = own.get(node.inputs().getFirst());
        String name = node.output();
        if (same != null && (name.endsWith(".weight") || name.endsWith(".bias"))) {
          tensors.putIfAbsent(name, new Tensor(name, same.format(), same.shape(), same.data()));
        }
      }
    }
  }

  private Tensor transpose(Tensor tensor) {
    int rows = tensor.shape().get(0);
    int columns = tensor.shape().get(1);
    MemorySegment from = tensor.data();
    MemorySegment to = arena.allocate(from.byteSize(), 64);
    ValueLayout.OfInt wide = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfShort narrow =
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    boolean isWide = tensor.format() == BlockFormat.F32;
    for (int column = 0; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        long source = (long) row * columns + column;
        long target = (long) column * rows + row;
        if (isWide) {
          to.setAtIndex(wide, target, from.getAtIndex(wide, source));
        } else {
          to.setAtIndex(narrow, target, from.getAtIndex(narrow, source));
        }
      }
    }
    return new Tensor(tensor.name(), tensor.format(), List.of(columns, rows), to.asReadOnly());
  }

  @Override
  public Convention convention() {
    return Convention.HUGGING_FACE;
  }

  @Override
  public String architecture() {
    return config.string("model_type");
  }

  @Override
  public JsonObject config() {
    return config;
  }

  @Override
  public JsonObject generationConfig() {
    return new JsonObject(Map.of(), "generation_config.json");
  }

  @Override
  public Optional<Tensor> tensor(String name) {
    Integer type = unread.get(name);
    if (type != null) {
      throw new WeightsException(
          "unsupported",
          path.getFileName() + ": initialiser " + name + " is of ONNX type " + type,
          "Use a model whose weights are float32 or float16, not a quantised one.");
    }
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public Collection<Tensor> tensors() {
    return new ArrayList<>(tensors.values());
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
