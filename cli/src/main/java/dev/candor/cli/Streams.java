package dev.candor.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command reads and writes: always UTF-8, whatever the locale. An answer goes to {@code
 * out} and everything about it to {@code err}, so that a pipe receives the answer alone.
 *
 * @param in what was piped in, or the keyboard
 * @param out answers and reports
 * @param err notices, progress, errors
 * @param inIsTerminal whether somebody types
 * @param outIsTerminal whether somebody reads the answer as it comes
 * @param errIsTerminal whether progress may be redrawn in place
 */
public record Streams(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean inIsTerminal,
    boolean outIsTerminal,
    boolean errIsTerminal) {

  /** The longest prompt that is read from a pipe or file, in bytes. */
  private static final int LONGEST_INPUT = 16 << 20;

  /** Those of this process. */
  public static Streams ofProcess() {
    return new Streams(
        new FileInputStream(FileDescriptor.in),
        utf8(new FileOutputStream(FileDescriptor.out)),
        utf8(new FileOutputStream(StandardError.descriptor())),
        isTerminal(0),
        isTerminal(1),
        isTerminal(StandardError.number()));
  }

  /** Text streams that are no terminal, as for a test. */
  public static Streams of(InputStream in, OutputStream out, OutputStream err) {
    return new Streams(in, utf8(out), utf8(err), false, false, false);
  }

  /**
   * Everything that is piped in, as text.
   *
   * @throws CommandException if it is longer than a prompt may be
   */
  public String readAll() {
    try {
      byte[] bytes = in.readNBytes(LONGEST_INPUT + 1);
      if (bytes.length > LONGEST_INPUT) {
        throw new CommandException(
            "input.too-large",
            "standard input is longer than " + LONGEST_INPUT + " bytes",
            "Give a shorter text.");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The stream for the line that ends an answer: beside the answer if somebody reads both. */
  public PrintStream summary() {
    return outIsTerminal ? out : err;
  }

  private static PrintStream utf8(OutputStream stream) {
    return new PrintStream(stream, false, StandardCharsets.UTF_8);
  }

  /**
   * Whether the descriptor is a terminal. Linux says so without a native call; elsewhere the JDK
   * answers for standard input and output together.
   */
  private static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (Files.isSymbolicLink(link)) {
      try {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      } catch (IOException e) {
        return false;
      }
    }
    return System.console() != null && System.console().isTerminal();
  }
}
