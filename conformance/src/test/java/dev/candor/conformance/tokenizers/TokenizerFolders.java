package dev.candor.conformance.tokenizers;

import dev.candor.conformance.TestData;
import dev.candor.engine.weights.GgufFile;
import dev.candor.engine.weights.GgufValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Makes folders with a tokenizer.json that no package carries as such, for the golden tests and for
 * {@code candor tokenize --tokenizer}.
 */
public final class TokenizerFolders {

  /** Phi-4-mini's tokens after those of o200k_base, the first with id 200019. */
  private static final List<String> PHI4 =
      List.of(
          "<|assistant|>",
          "<|end|>",
          "<|user|>",
          "<|system|>",
          "<|tool|>",
          "<|/tool|>",
          "<|tool_call|>",
          "<|/tool_call|>",
          "<|tool_response|>",
          "<|tag|>");

  private static final int PHI4_FIRST = 200019;

  private TokenizerFolders() {}

  /** Writes both folders: {@code o200k_phi4} and {@code smollm2} in the given one. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    phi4(folder.resolve("o200k_phi4"));
    smollm2(folder.resolve("smollm2"));
  }

  /** o200k_base with the tokens that Phi-4-mini adds; these swallow the white space behind them. */
  static Path phi4(Path folder) throws IOException {
    Files.createDirectories(folder);
    JsonFactory factory = new JsonFactory();
    try (JsonParser in =
            factory.createParser(
                ObjectReadContext.empty(), TestData.tokenizer("gpt4o").resolve("tokenizer.json"));
        JsonGenerator out = generator(factory, folder)) {
      int depth = 0;
      boolean inAdded = false;
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (token == JsonToken.PROPERTY_NAME && depth == 1) {
          inAdded = in.currentName().equals("added_tokens");
        }
        if (token == JsonToken.END_ARRAY && depth == 1 && inAdded) {
          for (int i = 0; i < PHI4.size(); i++) {
            String content = PHI4.get(i);
            boolean special = !content.contains("tool");
            writeAdded(out, PHI4_FIRST + i, content, true, special);
          }
        }
        out.copyCurrentEvent(in);
      }
    }
    return folder;
  }

  /** SmolLM2's tokenizer.json, from its GGUF file: digits apart, then GPT-2's pieces. */
  static Path smollm2(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (GgufFile file = GgufFile.open(TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf"));
        JsonGenerator out = generator(new JsonFactory(), folder)) {
      GgufValues values = file.values();
      List<String> tokens = values.strings("tokenizer.ggml.tokens").orElseThrow();
      int[] types = values.integers("tokenizer.ggml.token_type").orElseThrow();
      out.writeStartObject();
      out.writeArrayPropertyStart("added_tokens");
      for (int id = 0; id < types.length; id++) {
        if (types[id] == 3) {
          writeAdded(out, id, tokens.get(id), false, true);
        }
      }
      out.writeEndArray();
      out.writeObjectPropertyStart("pre_tokenizer");
      out.writeStringProperty("type", "Sequence");
      out.writeArrayPropertyStart("pretokenizers");
      out.writeStartObject();
      out.writeStringProperty("type", "Digits");
      out.writeBooleanProperty("individual_digits", true);
      out.writeEndObject();
      out.writeStartObject();
      writeByteLevel(out);
      out.writeEndObject();
      out.writeEndArray();
      out.writeEndObject();
      out.writeObjectPropertyStart("decoder");
      writeByteLevel(out);
      out.writeEndObject();
      out.writeObjectPropertyStart("model");
      out.writeStringProperty("type", "BPE");
      out.writeObjectPropertyStart("vocab");
      for (int id = 0; id < types.length; id++) {
        out.writeNumberProperty(tokens.get(id), id);
      }
      out.writeEndObject();
      out.writeArrayPropertyStart("merges");
      for (String merge : values.strings("tokenizer.ggml.merges").orElseThrow()) {
        out.writeString(merge);
      }
      out.writeEndArray();
      out.writeEndObject();
      out.writeEndObject();
    }
    return folder;
  }

  private static void writeByteLevel(JsonGenerator out) {
    out.writeStringProperty("type", "ByteLevel");
    out.writeBooleanProperty("add_prefix_space", false);
    out.writeBooleanProperty("trim_offsets", true);
    out.writeBooleanProperty("use_regex", true);
  }

  private static void writeAdded(
      JsonGenerator out, int id, String content, boolean takesRight, boolean special) {
    out.writeStartObject();
    out.writeNumberProperty("id", id);
    out.writeStringProperty("content", content);
    out.writeBooleanProperty("single_word", false);
    out.writeBooleanProperty("lstrip", false);
    out.writeBooleanProperty("rstrip", takesRight);
    out.writeBooleanProperty("normalized", false);
    out.writeBooleanProperty("special", special);
    out.writeEndObject();
  }

  private static JsonGenerator generator(JsonFactory factory, Path folder) throws IOException {
    return factory.createGenerator(
        ObjectWriteContext.empty(), Files.newBufferedWriter(folder.resolve("tokenizer.json")));
  }
}
