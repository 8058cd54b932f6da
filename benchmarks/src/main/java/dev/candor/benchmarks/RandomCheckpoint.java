package dev.candor.benchmarks;

import dev.candor.engine.EngineException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.Conversion;
import dev.candor.engine.weights.ConversionListener;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes a full-size checkpoint of random weights: {@code RandomCheckpoint SHAPE FORMAT OUT
 * [SEED]}.
 *
 * <p>SHAPE is {@code sambay-3.8b}, {@code phi4-mini-3.8b} or {@code llama-1b}; FORMAT is {@code
 * safetensors} (a folder of BF16 shards) or a GGUF format such as {@code Q4_0}; OUT must not exist.
 * The same arguments give the same bytes.
 */
public final class RandomCheckpoint {

  private static final long SHARD_BYTES = 2_000_000_000L;
  private static final String USAGE =
      "usage: RandomCheckpoint sambay-3.8b|phi4-mini-3.8b|llama-1b"
          + " safetensors|F32|BF16|Q8_0|Q4_K|Q4_0 OUT [SEED]";

  private RandomCheckpoint() {}

  /** Exits with 0, with 1 if the checkpoint cannot be written, with 2 for wrong arguments. */
  public static void main(String[] arguments) {
    System.exit(run(arguments, System.err));
  }

  static int run(String[] arguments, PrintStream console) {
    if (arguments.length < 3 || arguments.length > 4) {
      console.println(USAGE);
      return 2;
    }
    try {
      long seed = arguments.length == 4 ? Long.parseLong(arguments[3]) : 1;
      RandomModel model = model(arguments[0], seed);
      write(model, arguments[1], Path.of(arguments[2]), console);
      return 0;
    } catch (IllegalArgumentException e) {
      console.println(e.getMessage() + "\n" + USAGE);
      return 2;
    } catch (EngineException e) {
      console.println(e.getMessage() + " " + e.remedy());
      return 1;
    } catch (IOException e) {
      console.println(arguments[2] + " cannot be written: " + e);
      return 1;
    }
  }

  private static RandomModel model(String shape, long seed) {
    return switch (shape) {
      case "sambay-3.8b" -> RandomModel.sambay(seed);
      case "phi4-mini-3.8b" -> RandomModel.phi4Mini(seed);
      case "llama-1b" -> RandomModel.llama1b(seed);
      default -> throw new IllegalArgumentException("unknown shape " + shape);
    };
  }

  static void write(RandomModel model, String format, Path out, PrintStream console)
      throws IOException {
    try (WorkerPool pool = new PersistentWorkerPool(PersistentWorkerPool.defaultThreads())) {
      Progress progress = new Progress(console);
      if (format.equals("safetensors")) {
        if (Files.exists(out)) {
          throw new IllegalArgumentException(out + " is there already");
        }
        long total = SafetensorsFolderWriter.totalBytes(model);
        new SafetensorsFolderWriter(
                model, out, SHARD_BYTES, pool, written -> progress.progressed("", written, total))
            .write();
      } else {
        Conversion.convert(model, out, BlockFormat.valueOf(format), pool, progress);
      }
      console.println();
    }
  }

  /** One line that is rewritten each time another percent is done. */
  private static final class Progress implements ConversionListener {
    private final PrintStream console;
    private final long start = System.nanoTime();
    private long percent = -1;

    Progress(PrintStream console) {
      this.console = console;
    }

    @Override
    public void progressed(String tensor, long writtenBytes, long totalBytes) {
      long now = 100 * writtenBytes / totalBytes;
      if (now != percent) {
        percent = now;
        double seconds = (System.nanoTime() - start) * 1e-9;
        console.printf(
            Locale.ROOT,
            "\r%3d %%  %.2f of %.2f GB  %.0f s",
            now,
            writtenBytes * 1e-9,
            totalBytes * 1e-9,
            seconds);
        console.flush();
      }
    }

    @Override
    public void deviated(Deviation deviation) {}
  }
}
