package dev.candor.governance.provenance.signatures;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** Names of files below a model, by the rules of section 6.1.2 of the specification. */
final class RelativePaths {

  /** By Unicode code points, which is the order of the bytes of UTF-8. */
  static final Comparator<String> ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private static final int MOST_LENGTH = 4096;

  private RelativePaths() {}

  /** Goes on only if this is a relative path in its one form. */
  static String require(String what, String path) {
    if (path.isEmpty() || path.length() > MOST_LENGTH || path.indexOf('\0') >= 0) {
      throw SignatureErrors.path(what, path);
    }
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw SignatureErrors.path(what, path);
      }
    }
    return path;
  }

  /**
   * The same of a path that is left out: it must not look like a pattern either, for none is
   * expanded. A signer may have written {@code ./a/} for {@code a}.
   */
  static String requireIgnored(String path) {
    String normal = path.replaceAll("^(\\./+)+", "").replaceAll("/+$", "");
    if (normal.matches(".*[*?\\[].*")) {
      throw SignatureErrors.path("ignore_paths", path);
    }
    return require("ignore_paths", normal);
  }

  /** Whether a path is another one or lies below it. */
  static boolean isBelow(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + "/");
  }
}
