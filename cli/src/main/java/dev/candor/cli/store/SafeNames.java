package dev.candor.cli.store;

import java.util.regex.Pattern;

/** File names that come from outside: from an archive, a hub, a checksum file. */
final class SafeNames {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]{0,199}");

  private SafeNames() {}

  /**
   * Refuses a path that leaves the folder it is relative to, or that two systems read differently.
   */
  static String requireRelative(String path) {
    boolean safe = !path.isEmpty() && path.length() <= 1024 && !path.startsWith("/");
    for (String element : path.split("/", -1)) {
      safe &= !element.equals("..") && !element.equals(".");
    }
    safe &= path.chars().noneMatch(c -> c < ' ' || c == '\\' || c == ':' || c == 0x7f);
    if (!safe) {
      throw new StoreException(
          "unsafe-name",
          "the file name '" + printable(path) + "' leads out of its folder",
          "Do not use this source; it may be malicious.");
    }
    return path;
  }

  /** The last element of a safe path; refused if it is not a plain file name. */
  static String requirePlain(String path) {
    String name = requireRelative(path).substring(path.lastIndexOf('/') + 1);
    if (!PLAIN.matcher(name).matches()) {
      throw new StoreException(
          "unsafe-name",
          "the file name '" + printable(name) + "' has characters that are not allowed",
          "Rename the file to letters, digits, dots, dashes and underscores.");
    }
    return name;
  }

  /** For messages: short, and without anything that a terminal obeys. */
  static String printable(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 120 ? clean : clean.substring(0, 120) + "…";
  }
}
