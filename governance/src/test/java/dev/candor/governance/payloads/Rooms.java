package dev.candor.governance.payloads;

import dev.candor.ledger.keys.PassphraseSource;
import dev.candor.ledger.keys.Pkcs12KeyVault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folders of a device in a test: what belongs to Candor, and the user's configuration.
 *
 * @param root of both
 */
record Rooms(Path root) {

  Path home() {
    return root.resolve("home");
  }

  Path database() {
    return home().resolve("payloads.db");
  }

  PassphraseSource passphrase() {
    return PassphraseSource.locate(Map.of(), root.resolve("user"));
  }

  Pkcs12KeyVault vault() {
    return Pkcs12KeyVault.openOrCreate(
        home().resolve("keys.p12"), passphrase(), "example.com/log", Pkcs12KeyVault.Clock.system());
  }

  PayloadStore store(Pkcs12KeyVault vault) {
    return PayloadStore.open(database(), vault);
  }

  /** Copies the folder of Candor, without the user's configuration. */
  void copyHomeTo(Path target) throws IOException {
    Files.createDirectories(target);
    for (Path file : files()) {
      Files.copy(
          file,
          target.resolve(file.getFileName()),
          java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(home())) {
      return files.sorted().toList();
    }
  }

  /** In which files of Candor these bytes are. */
  List<String> holding(byte[] wanted) throws IOException {
    List<String> holding = new ArrayList<>();
    for (Path file : files()) {
      if (contains(Files.readAllBytes(file), wanted)) {
        holding.add(file.getFileName().toString());
      }
    }
    return holding;
  }

  /** The ways in which a text may be written somewhere. */
  static List<byte[]> forms(String text) {
    List<byte[]> forms = new ArrayList<>();
    for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE)) {
      forms.add(text.getBytes(charset));
    }
    forms.add(text.getBytes(StandardCharsets.UTF_16BE));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    forms.add(HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII));
    for (int skip = 0; skip < 3; skip++) {
      // What stands before it shifts base64; these characters do not depend on what follows.
      byte[] aligned =
          java.util.Arrays.copyOfRange(bytes, skip, skip + (bytes.length - skip) / 3 * 3);
      forms.add(Base64.getEncoder().encode(aligned));
    }
    return forms;
  }

  static boolean contains(byte[] bytes, byte[] wanted) {
    // Latin 1 maps each byte to a character, and the JDK searches strings with vectors.
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .contains(new String(wanted, StandardCharsets.ISO_8859_1));
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
