package dev.candor.benchmarks.kernels;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The secondary result {@code share}: the seconds that the calls would have taken at the machine's
 * peak, in each second that they took. Benchmarks add to it what one call would have taken.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class PeakShare {

  static final String LABEL = "share";

  /** Seconds at the peak. */
  public double share;

  @Setup(Level.Iteration)
  public void reset() {
    share = 0;
  }
}
