package dev.candor.server.prefixes;

import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.Kernels;
import dev.candor.ledger.keys.KeyVault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whose state it is, and of what model and arithmetic. Files of one scope have names that only its
 * key gives, and no other request finds them.
 */
final class PrefixScope {

  private static final String MAC = "HmacSHA256";

  private final String text;
  private final String hex;

  private PrefixScope(String text, String hex) {
    this.text = text;
    this.hex = hex;
  }

  /**
   * The scope of a principal's sessions with a model.
   *
   * @param model its digest
   */
  static PrefixScope of(KeyVault vault, String principal, String model, SessionOptions options) {
    // The name of the principal is last: it alone may hold any character.
    String text =
        "model "
            + model
            + "\nprofile "
            + Kernels.NUMERIC_PROFILE
            + "\ncache "
            + options.cacheFormat()
            + "\nadapter "
            + options.adapter().digest().orElse("-")
            + "\nprincipal "
            + principal
            + "\n";
    return new PrefixScope(text, vault.keyed("prefix-scope", text));
  }

  /** 64 hexadecimal digits, which nobody finds without the vault. */
  String hex() {
    return hex;
  }

  /** What all parts of its files are bound to. */
  byte[] text() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What the files of some prefixes are called.
   *
   * @param lengths of the prefixes, ascending, each at most the number of tokens
   * @return a name for each, 64 hexadecimal digits
   */
  List<String> names(int[] tokens, Collection<Integer> lengths) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(HexFormat.of().parseHex(hex), MAC));
      List<String> names = new ArrayList<>();
      int done = 0;
      for (int length : lengths) {
        ByteBuffer more = ByteBuffer.allocate(Integer.BYTES * (length - done));
        more.asIntBuffer().put(tokens, done, length - done);
        mac.update(more);
        done = length;
        names.add(HexFormat.of().formatHex(((Mac) mac.clone()).doFinal()));
      }
      return names;
    } catch (GeneralSecurityException | CloneNotSupportedException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256, which can be cloned", e);
    }
  }

  /** What the file of all tokens is called. */
  String name(int[] tokens) {
    return names(tokens, List.of(tokens.length)).getFirst();
  }
}
