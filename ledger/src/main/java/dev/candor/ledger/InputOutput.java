package dev.candor.ledger;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why the operating system refused, in words: Java's own messages are often only a path. */
public final class InputOutput {

  private InputOutput() {}

  /** What follows a colon in a message that has named the file. */
  public static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file or folder";
      case AccessDeniedException _ -> "access is denied";
      case FileAlreadyExistsException _ -> "a file is in the way";
      case NotDirectoryException _ -> "it is no folder";
      case DirectoryNotEmptyException _ -> "the folder is not empty";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      case FileSystemException _ -> "the file system refused";
      default -> e.getMessage() == null ? "the device refused" : e.getMessage();
    };
  }

  /** What follows a colon in a message that has named at most the folder. */
  public static String where(IOException e) {
    return e instanceof FileSystemException other && other.getFile() != null
        ? other.getFile() + ": " + why(e)
        : why(e);
  }
}
