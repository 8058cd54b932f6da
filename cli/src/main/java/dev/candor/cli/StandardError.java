package dev.candor.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;

/**
 * Standard error as the user gave it.
 *
 * <p>The JVM writes one line to descriptor 2 before any of our code runs: that an incubator module
 * is in use. The launcher therefore starts it with a filter on descriptor 2 that drops this line,
 * keeps the real standard error open under another number, and names that number in {@code
 * -Dcandor.stderr}. {@link #restore} goes back to it, so that what we write keeps its order with
 * standard output and is complete when the process ends. Without the property nothing changes.
 *
 * <p>Opening a descriptor by number needs {@code --add-opens java.base/java.io=ALL-UNNAMED}, which
 * the manifest of candor.jar passes on; a {@code dup2} through the foreign-function API would not,
 * but costs a tenth of a second at each start.
 */
public final class StandardError {

  private static final String PROPERTY = "candor.stderr";

  private static int number = 2;
  private static FileDescriptor descriptor = FileDescriptor.err;

  private StandardError() {}

  /** Makes {@link System#err} the user's standard error. The first thing {@code main} does. */
  public static void restore() {
    String kept = System.getProperty(PROPERTY);
    if (kept == null) {
      return;
    }
    try {
      number = Integer.parseInt(kept);
      Constructor<FileDescriptor> byNumber = FileDescriptor.class.getDeclaredConstructor(int.class);
      byNumber.setAccessible(true);
      descriptor = byNumber.newInstance(number);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // The filter passes everything on: still readable, only no longer in step with the output.
      number = 2;
      descriptor = FileDescriptor.err;
      return;
    }
    System.setErr(new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8));
  }

  /** The descriptor to write to; {@link FileDescriptor#err} if the launcher moved nothing. */
  public static FileDescriptor descriptor() {
    return descriptor;
  }

  /** Its number, to ask the operating system what it is: 2 if the launcher moved nothing. */
  public static int number() {
    return number;
  }
}
