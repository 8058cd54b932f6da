package dev.candor.cli;

import dev.candor.cli.store.StoreException;
import dev.candor.engine.EngineException;
import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.server.HttpProblem;
import dev.candor.server.ServerException;
import dev.candor.statistics.StatisticsException;
import dev.candor.training.TrainingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a user or a program is told of an error.
 *
 * @param code stable, for programs
 * @param message what happened
 * @param remedy what to do next
 */
public record ErrorReport(String code, String message, String remedy) {

  private static final String AGAIN =
      "Run the command again with --debug and report what it prints.";

  /** Finds code, message and remedy of anything thrown. */
  public static ErrorReport of(Throwable thrown) {
    return switch (thrown) {
      case EngineException e -> new ErrorReport(e.code(), message(e), e.remedy());
      case GovernanceException e -> new ErrorReport(e.code(), message(e), e.remedy());
      case LedgerException e -> new ErrorReport(e.code(), message(e), e.remedy());
      case ServerException e -> new ErrorReport(e.code(), message(e), e.remedy());
      case HttpProblem e -> new ErrorReport("server." + e.code(), message(e), "Check the options.");
      case StatisticsException e -> new ErrorReport(e.code(), message(e), e.remedy());
      case TrainingException e -> new ErrorReport(e.code(), message(e), e.remedy());
      case StoreException e -> new ErrorReport(e.code(), message(e), e.remedy());
      case CommandException e -> new ErrorReport(e.code(), message(e), e.remedy());
      case UncheckedIOException e when e.getCause() != null -> ofInputOutput(e.getCause());
      case IOException e -> ofInputOutput(e);
      case OutOfMemoryError e ->
          new ErrorReport(
              "memory.exhausted",
              "the memory does not suffice: " + e.getMessage(),
              "Use a smaller --context or a smaller model, or give the process more memory.");
      default ->
          new ErrorReport(
              "internal", "internal error: " + thrown.getClass().getName() + detail(thrown), AGAIN);
    };
  }

  /** As the members of a JSON object. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("code", code);
    members.put("message", message);
    members.put("remedy", remedy);
    return Map.of("error", members);
  }

  /** As a person reads it: one line for what happened, one for what to do. */
  @Override
  public String toString() {
    return "candor: " + message + System.lineSeparator() + remedy;
  }

  private static ErrorReport ofInputOutput(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> noSuchFile(missing.getFile());
      case FileNotFoundException missing -> noSuchFile(message(missing));
      case AccessDeniedException denied ->
          new ErrorReport(
              "file.access-denied",
              denied.getFile() + ": access denied",
              "Change the file's permissions, or use another file.");
      case FileSystemException other ->
          new ErrorReport(
              "file.input-output",
              other.getFile() + ": " + (other.getReason() == null ? "failed" : other.getReason()),
              "Check the path and the free space there.");
      default ->
          new ErrorReport(
              "file.input-output", "reading or writing failed" + detail(e), "Check the device.");
    };
  }

  private static ErrorReport noSuchFile(String file) {
    return new ErrorReport("file.missing", file + ": no such file", "Check the path.");
  }

  private static String message(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static String detail(Throwable e) {
    return e.getMessage() == null ? "" : ": " + e.getMessage();
  }
}
