package dev.candor.governance.provenance.signatures;

import dev.candor.governance.PlainText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a piece of a file: {@code path:start:end} in bytes, the end not part of it. */
final class Shard {

  /** A path may hold colons: the last two numbers count. */
  private static final Pattern NAME =
      Pattern.compile("(.+):(0|[1-9][0-9]{0,18}):([1-9][0-9]{0,18})", Pattern.DOTALL);

  private Shard() {}

  static String name(String file, long start, long end) {
    return file + ":" + start + ":" + end;
  }

  /** The file that a piece is of. */
  static String fileOf(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw SignatureErrors.malformed(
          "the resource " + PlainText.shown(name) + " is not of the form path:start:end");
    }
    return matcher.group(1);
  }
}
