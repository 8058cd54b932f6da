package dev.candor.server;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.server.models.ModelSource;
import dev.candor.server.models.ServedModel;
import dev.candor.server.prefixes.PrefixRoom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The embedded model, and one with random weights that thinks first: its prompts end with {@code
 * <think>}, and its token {@link #END} ends the thoughts. A bias for that token decides how soon.
 */
public final class Thinker implements ModelSource {

  /** What it is called. */
  public static final String MODEL = "thinker";

  /** The id of the token that ends its thoughts. */
  public static final int END = 447;

  private static final Path FIXTURE =
      Path.of("..", "conformance", "src", "test", "resources", "fixtures", "llama-smol");

  private final ServedHome.Mini mini = new ServedHome.Mini(PrefixRoom.NONE);
  private final Path folder;

  /**
   * Writes its files.
   *
   * @param parent where their folder comes to be
   */
  public Thinker(Path parent) {
    folder = parent.resolve(MODEL);
    try (Stream<Path> files = Files.list(FIXTURE)) {
      Files.createDirectories(folder);
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
      edit(
          "tokenizer.json",
          "(?s)(\"id\": " + END + ",\\s+\"content\": \")[^\"]+(\".*?\"special\": )true",
          "$1</think>$2false");
      // The fixture ends answers with a quotation mark, which JSON is full of.
      edit("config.json", "\"eos_token_id\": 1", "\"eos_token_id\": 443");
      edit("generation_config.json", "\"eos_token_id\": 1", "\"eos_token_id\": 443");
      edit("tokenizer_config.json", "(\\{\\{ '<\\|assistant\\|>)' }}", "$1<think>' }}");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void edit(String name, String before, String after) throws IOException {
    Path file = folder.resolve(name);
    String text = Files.readString(file);
    String edited = text.replaceFirst(before, after);
    if (edited.equals(text)) {
      throw new IllegalStateException(file + " has no " + before);
    }
    Files.writeString(file, edited);
  }

  @Override
  public List<Offer> offers() {
    return Stream.concat(mini.offers().stream(), Stream.of(new Offer(MODEL, 1, 1 << 20, "01")))
        .toList();
  }

  @Override
  public ServedModel open(String name) {
    if (!name.equals(MODEL)) {
      return mini.open(name);
    }
    LanguageModel language =
        LanguageModel.open(folder, LoadOptions.defaults().withThreads(1)).batched();
    return new ServedModel(
        new ModelIdentity(name, language, Adapter.NONE),
        SessionOptions.ofContext(512),
        1,
        PrefixRoom.NONE);
  }
}
