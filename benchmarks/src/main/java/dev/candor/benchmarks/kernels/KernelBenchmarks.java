package dev.candor.benchmarks.kernels;

import dev.candor.engine.kernels.KernelSelector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of this package, and prints one line for each: microseconds of a call, and
 * the share of the machine's peak, both of the best iteration, as the peak is the best of its
 * tries. JMH's own account, with means and errors, goes to standard error.
 *
 * <p>{@code KernelBenchmarks [--quick] [PATTERN]}: quick takes the fastest path alone, and a few
 * minutes; a pattern says which benchmarks, such as {@code Attention}.
 */
public final class KernelBenchmarks {

  private static final List<String> PATHS = List.of("emitted", "emitted-avx2", "vector", "scalar");

  private KernelBenchmarks() {}

  /** See above. */
  public static void main(String[] arguments) throws RunnerException {
    boolean quick = Stream.of(arguments).anyMatch("--quick"::equals);
    List<String> patterns = Stream.of(arguments).filter(word -> !word.startsWith("--")).toList();
    List<String> paths = PATHS.stream().filter(KernelBenchmarks::works).toList();
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(
                KernelBenchmarks.class.getPackageName().replace(".", "\\.")
                    + "\\..*"
                    + (patterns.isEmpty() ? "" : patterns.getFirst()))
            .mode(Mode.Throughput)
            .forks(quick ? 1 : 2)
            .warmupIterations(quick ? 4 : 10)
            .warmupTime(TimeValue.milliseconds(quick ? 50 : 200))
            .measurementIterations(quick ? 8 : 20)
            .measurementTime(TimeValue.milliseconds(quick ? 50 : 200))
            .param("kernels", (quick ? paths.subList(0, 1) : paths).toArray(String[]::new));
    Collection<RunResult> results =
        new Runner(
                options.build(),
                OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL))
            .run();
    print(results);
  }

  private static boolean works(String path) {
    try {
      KernelSelector.choose(path);
      return true;
    } catch (IllegalArgumentException e) {
      return false; // It says that this machine has no such path.
    }
  }

  private static void print(Collection<RunResult> results) {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"kernel", "format", "tokens", "kernels", "µs", "of peak"});
    for (RunResult run : results) {
      BenchmarkParams params = run.getParams();
      Result<?> share = run.getSecondaryResults().get(PeakShare.LABEL);
      lines.add(
          new String[] {
            params.getBenchmark().replaceFirst(".*\\.", ""),
            param(params, "format"),
            param(params, "tokens"),
            params.getParam("kernels"),
            String.format(Locale.ROOT, "%.2f", 1e6 / best(run.getPrimaryResult())),
            share == null || best(share) == 0
                ? "-"
                : String.format(Locale.ROOT, "%.0f %%", 100 * best(share))
          });
    }
    for (String[] line : lines) {
      System.out.printf("%-16s %-7s %6s  %-13s %10s %8s%n", (Object[]) line);
    }
  }

  private static double best(Result<?> result) {
    return result.getStatistics().getMax();
  }

  private static String param(BenchmarkParams params, String name) {
    return params.getParamsKeys().contains(name) ? params.getParam(name) : "-";
  }
}
