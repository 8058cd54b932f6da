package dev.candor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** Whether Ctrl-C was pressed, so that what runs can end in order instead of being cut off. */
final class Interrupt implements AutoCloseable {

  /** What a shell says of a program that Ctrl-C ended. */
  static final int EXIT_CODE = 130;

  /** What it says of one that was told to end, by SIGTERM. */
  private static final int TERMINATED = 143;

  private final AtomicInteger exitCode = new AtomicInteger();
  private final Map<String, @Nullable Object> before = new LinkedHashMap<>();

  /** Of Ctrl-C alone. */
  Interrupt() {
    this(List.of("INT"));
  }

  private Interrupt(List<String> signals) {
    for (String signal : signals) {
      int code = signal.equals("INT") ? EXIT_CODE : TERMINATED;
      before.put(signal, Signals.register(signal, () -> exitCode.compareAndSet(0, code)));
    }
  }

  /** Of Ctrl-C, and of what a machine sends that shuts down, or stops a service (SIGTERM). */
  static Interrupt orTermination() {
    return new Interrupt(List.of("INT", "TERM"));
  }

  boolean pressed() {
    return exitCode.get() != 0;
  }

  /** What a shell would say of the program, had the signal ended it; 0 if there was none. */
  int exitCode() {
    return exitCode.get();
  }

  /** The signals do again what they did before. */
  @Override
  public void close() {
    before.forEach(Signals::unregister);
  }
}
