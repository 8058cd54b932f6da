package dev.candor.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;

/** Whether Ctrl-C was pressed, so that what runs can end in order instead of being cut off. */
final class Interrupt implements AutoCloseable {

  /** What a shell says of a program that Ctrl-C ended. */
  static final int EXIT_CODE = 130;

  private final AtomicBoolean pressed = new AtomicBoolean();
  private final Object before = Signals.register("INT", () -> pressed.set(true));

  boolean pressed() {
    return pressed.get();
  }

  /** Ctrl-C does again what it did before. */
  @Override
  public void close() {
    Signals.unregister("INT", before);
  }
}
