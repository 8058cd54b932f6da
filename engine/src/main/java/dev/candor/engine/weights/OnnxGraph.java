package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is needed of an ONNX model: its initialisers and the nodes that use them. Everything else is
 * skipped. Protocol buffers are read field by field, each bounded by the message around it, to a
 * fixed depth.
 *
 * <p>Source: {@code onnx/onnx.proto} of the ONNX repository for field numbers; the encoding guide
 * of Protocol Buffers.
 */
record OnnxGraph(List<Initialiser> initialisers, List<Node> nodes) {

  static final int MAXIMUM_INITIALISERS = 20_000;
  static final int MAXIMUM_NODES = 30_000;
  private static final int MAXIMUM_TEXT_BYTES = 256;
  private static final int MAXIMUM_INPUTS = 16;
  private static final Set<String> KEPT = Set.of("MatMul", "Gemm", "Add", "Identity");

  /**
   * A tensor of the file.
   *
   * @param type number of its type in {@code TensorProto.DataType}
   * @param begin first byte of its values in the file
   * @param bytes of its values
   */
  record Initialiser(String name, int type, List<Integer> shape, long begin, long bytes) {}

  /**
   * A node that may have a weight as input.
   *
   * @param transposesB the attribute of a Gemm
   */
  record Node(
      String name, String operator, List<String> inputs, String output, boolean transposesB) {}

  static OnnxGraph read(WeightsFile file) {
    return new Reader(file).read();
  }

  private static final class Reader {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final WeightsFile file;
    private final HeaderInput in;
    private final List<Initialiser> initialisers = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private int nodeCount;

    Reader(WeightsFile file) {
      this.file = file;
      this.in = new HeaderInput(file);
    }

    OnnxGraph read() {
      boolean found = false;
      while (in.position() < file.size()) {
        int key = key(file.size(), "the model");
        if (key == (7 << 3 | BYTES)) {
          graph(length(file.size(), "the graph"));
          found = true;
        } else {
          skip(key, file.size());
        }
      }
      if (!found) {
        throw file.malformed("it holds no graph");
      }
      return new OnnxGraph(List.copyOf(initialisers), List.copyOf(nodes));
    }

    private void graph(long end) {
      while (in.position() < end) {
        int key = key(end, "the graph");
        switch (key) {
          case 1 << 3 | BYTES -> node(length(end, "a node"));
          case 5 << 3 | BYTES -> initialiser(length(end, "an initialiser"));
          default -> skip(key, end);
        }
      }
    }

    private void node(long end) {
      if (++nodeCount > MAXIMUM_NODES) {
        throw file.tooLarge("the number of nodes", nodeCount, MAXIMUM_NODES);
      }
      List<String> inputs = new ArrayList<>();
      String name = "";
      String operator = "";
      String output = "";
      boolean transposesB = false;
      while (in.position() < end) {
        int key = key(end, "a node");
        switch (key) {
          case 1 << 3 | BYTES -> {
            String input = text(end, "a node's input");
            if (inputs.size() < MAXIMUM_INPUTS) {
              inputs.add(input);
            }
          }
          case 2 << 3 | BYTES -> output = text(end, "a node's output");
          case 3 << 3 | BYTES -> name = text(end, "a node's name");
          case 4 << 3 | BYTES -> operator = text(end, "a node's operator");
          case 5 << 3 | BYTES -> transposesB |= transposesB(length(end, "an attribute"));
          default -> skip(key, end);
        }
      }
      if (KEPT.contains(operator)) {
        nodes.add(new Node(name, operator, List.copyOf(inputs), output, transposesB));
      }
    }

    private boolean transposesB(long end) {
      String name = "";
      long value = 0;
      while (in.position() < end) {
        int key = key(end, "an attribute");
        switch (key) {
          case 1 << 3 | BYTES -> name = text(end, "an attribute's name");
          case 3 << 3 | VARINT -> value = in.varint("an attribute");
          default -> skip(key, end);
        }
      }
      return name.equals("transB") && value != 0;
    }

    private void initialiser(long end) {
      List<Integer> shape = new ArrayList<>();
      String name = "";
      int type = 0;
      long begin = -1;
      long bytes = 0;
      boolean external = false;
      while (in.position() < end) {
        int key = key(end, "an initialiser");
        switch (key) {
          case 1 << 3 | VARINT -> extent(shape);
          case 1 << 3 | BYTES -> {
            long extents = length(end, "a shape");
            while (in.position() < extents) {
              extent(shape);
            }
            requireEnd(extents, "a shape");
          }
          case 2 << 3 | VARINT -> type = (int) in.varint("a type");
          case 8 << 3 | BYTES -> name = text(end, "an initialiser's name");
          case 4 << 3 | BYTES, 9 << 3 | BYTES -> {
            long values = length(end, "an initialiser's values");
            if (begin >= 0) {
              throw file.malformed("an initialiser has its values in several pieces");
            }
            begin = in.position();
            bytes = values - begin;
            in.skip(bytes, "an initialiser's values");
          }
          case 14 << 3 | VARINT -> external |= in.varint("a data location") != 0;
          case 13 << 3 | BYTES -> {
            external = true;
            skip(key, end);
          }
          default -> skip(key, end);
        }
      }
      SafetensorsHeader.checkName(file, name);
      if (external) {
        throw new WeightsException(
            "unsupported",
            file.name() + ": initialiser " + name + " lies in another file, which is unsupported",
            "Save the model as one file (onnx.save_model without external data).");
      }
      if (initialisers.size() == MAXIMUM_INITIALISERS) {
        throw file.tooLarge(
            "the number of initialisers", initialisers.size() + 1L, MAXIMUM_INITIALISERS);
      }
      initialisers.add(new Initialiser(name, type, List.copyOf(shape), Math.max(begin, 0), bytes));
    }

    private void extent(List<Integer> shape) {
      long extent = in.varint("an extent");
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        throw file.malformed("an initialiser has an extent of " + Long.toUnsignedString(extent));
      }
      if (shape.size() == SafetensorsHeader.MAXIMUM_RANK) {
        throw file.malformed(
            "an initialiser has more than " + SafetensorsHeader.MAXIMUM_RANK + " extents");
      }
      shape.add((int) extent);
    }

    /** Field number and wire type. */
    private int key(long end, String what) {
      long key = in.varint(what);
      if (key < 8 || key > Integer.MAX_VALUE) {
        throw file.malformed(what + " has a field of number " + Long.toUnsignedString(key >>> 3));
      }
      requireWithin(end, what);
      return (int) key;
    }

    /** The length of a field of bytes; gives where it ends. */
    private long length(long end, String what) {
      long length = in.varint(what);
      if (length < 0 || length > end - in.position()) {
        throw file.truncated(what);
      }
      return in.position() + length;
    }

    private String text(long end, String what) {
      long length = length(end, what) - in.position();
      if (length > MAXIMUM_TEXT_BYTES) {
        throw file.tooLarge("the length of " + what, length, MAXIMUM_TEXT_BYTES);
      }
      return in.text((int) length, what);
    }

    private void skip(int key, long end) {
      switch (key & 7) {
        case VARINT -> in.varint("a field");
        case FIXED64 -> in.skip(8, "a field");
        case FIXED32 -> in.skip(4, "a field");
        case BYTES -> in.skip(length(end, "a field") - in.position(), "a field");
        default -> throw file.malformed("a field has the unknown wire type " + (key & 7));
      }
      requireWithin(end, "a field");
    }

    private void requireWithin(long end, String what) {
      if (in.position() > end) {
        throw file.malformed(what + " goes beyond the message it is in");
      }
    }

    private void requireEnd(long end, String what) {
      if (in.position() != end) {
        throw file.malformed(what + " goes beyond the message it is in");
      }
    }
  }
}
