package dev.candor.server.prefixes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.server.ServerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets it.
class SealedStateTest {

  private static final String MODEL = "ab".repeat(32);
  private static final int[] TOKENS = {5, 6, 7};
  private static final int SEALED_PART = SealedState.PART_BYTES + 16;

  private @TempDir Path folder;
  private KeyVault vault;
  private PrefixScope anna;
  private Path file;

  @BeforeEach
  void open() {
    vault = TestVault.open(folder);
    anna = scope("anna", MODEL, BlockFormat.F16);
    file = folder.resolve("state");
  }

  private PrefixScope scope(String principal, String model, BlockFormat format) {
    return PrefixScope.of(vault, principal, model, new SessionOptions(100, format));
  }

  private String name() {
    return anna.name(TOKENS);
  }

  /** Writes so many bytes, in pieces of odd sizes. */
  private byte[] written(int bytes) throws IOException {
    byte[] state = new byte[bytes];
    new Random(bytes).nextBytes(state);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      SealedState.write(
          channel,
          new SealedState.Sealing(vault, vault.payloadKeyId()),
          anna,
          name(),
          TOKENS.length,
          out -> {
            for (int at = 0; at < bytes; ) {
              int count = Math.min(bytes - at, 1 + 7_919 * (at % 13));
              out.write(ByteBuffer.wrap(state, at, count));
              at += count;
            }
          });
    }
    assertThat(Files.size(file)).isEqualTo(SealedState.fileBytes(bytes));
    return state;
  }

  /** What was begun before an erasure is not sealed under the key that comes after it. */
  @Test
  void underAnotherPayloadKeyNothingIsWritten() throws IOException {
    SealedState.Sealing before = new SealedState.Sealing(vault, vault.payloadKeyId());
    String unused = vault.rotatePayloadKey(() -> {});
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThatThrownBy(() ->
              SealedState.write(
                  channel,
                  before,
                  anna,
                  name(),
                  TOKENS.length,
                  out -> out.write(ByteBuffer.allocate(10))))
          .isInstanceOf(SealedState.Retired.class);
    }
    assertThat(Files.size(file)).isZero();
  }

  private byte[] read(PrefixScope scope, String name) throws IOException {
    try (FileChannel channel = FileChannel.open(file);
        SealedState.Reader reader = SealedState.open(channel, vault, scope, name)) {
      assertThat(reader.header().tokens()).isEqualTo(TOKENS.length);
      ByteBuffer state = ByteBuffer.allocate(Math.toIntExact(reader.header().stateBytes()));
      while (state.hasRemaining()) {
        reader.read(state);
      }
      assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      return state.array();
    }
  }

  private void assertRefused(byte[] bytes, String what) throws IOException {
    Files.write(file, bytes);
    assertThatThrownBy(() -> read(anna, name()))
        .as(what)
        .isInstanceOfAny(ServerException.class, LedgerException.class);
  }

  @Test
  void whatWasWrittenComesBack() throws IOException {
    int part = SealedState.PART_BYTES;
    for (int bytes : new int[] {1, 2, 700, part - 1, part, part + 1, 3 * part, 3 * part + 5}) {
      byte[] state = written(bytes);
      assertThat(read(anna, name())).isEqualTo(state);
      try (FileChannel channel = FileChannel.open(file)) {
        SealedState.Header header = SealedState.header(channel, vault, name());
        assertThat(header.scope()).isEqualTo(anna.hex());
        assertThat(header.tokens()).isEqualTo(TOKENS.length);
        assertThat(header.stateBytes()).isEqualTo(bytes);
        assertThat(header.payloadKey()).isEqualTo(vault.payloadKeyId());
      }
    }
  }

  @Test
  void everyFlippedBitAndEveryCutIsRefused() throws IOException {
    written(20);
    byte[] bytes = Files.readAllBytes(file);
    for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
      byte[] altered = bytes.clone();
      altered[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      assertRefused(altered, "bit " + bit);
    }
    for (int length = 0; length < bytes.length; length++) {
      assertRefused(Arrays.copyOf(bytes, length), "length " + length);
    }
    for (int more : new int[] {1, 15, 16, 17, SEALED_PART}) {
      assertRefused(Arrays.copyOf(bytes, bytes.length + more), more + " more");
    }
  }

  @Test
  void partsHaveTheirPlaceAndNoneMayBeMissing() throws IOException {
    written(3 * SealedState.PART_BYTES + 9);
    byte[] bytes = Files.readAllBytes(file);
    int begin = SealedState.BEGIN_BYTES;
    byte[] exchanged = bytes.clone();
    System.arraycopy(bytes, begin, exchanged, begin + SEALED_PART, SEALED_PART);
    System.arraycopy(bytes, begin + SEALED_PART, exchanged, begin, SEALED_PART);
    assertRefused(exchanged, "exchanged");
    for (int parts = 1; parts <= 3; parts++) {
      assertRefused(Arrays.copyOf(bytes, begin + parts * SEALED_PART), parts + " parts");
    }
    byte[] without = new byte[bytes.length - SEALED_PART];
    System.arraycopy(bytes, 0, without, 0, begin);
    System.arraycopy(bytes, begin + SEALED_PART, without, begin, without.length - begin);
    assertRefused(without, "without the first part");
  }

  @Test
  void nobodyElseAndNoOtherNameOpensIt() throws IOException {
    written(1_000);
    for (PrefixScope other :
        new PrefixScope[] {
          scope("bob", MODEL, BlockFormat.F16),
          scope("anna\n", MODEL, BlockFormat.F16),
          scope("anna", "cd".repeat(32), BlockFormat.F16),
          scope("anna", MODEL, BlockFormat.F32)
        }) {
      assertThat(other.hex()).isNotEqualTo(anna.hex());
      assertThat(other.name(TOKENS)).isNotEqualTo(name());
      assertThatThrownBy(() -> read(other, name()))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining("another scope");
      assertThatThrownBy(() -> read(other, other.name(TOKENS))).isInstanceOf(LedgerException.class);
    }
    assertThatThrownBy(() -> read(anna, anna.name(new int[] {5, 6, 8})))
        .isInstanceOf(LedgerException.class);
    assertThat(read(anna, name())).hasSize(1_000);
  }

  @Test
  void aRetiredKeyOpensNothing() throws IOException {
    written(100);
    byte[] before = Files.readAllBytes(file);
    String unused = vault.rotatePayloadKey(() -> {});
    assertRefused(before, "after a rotation");
    byte[] state = written(100);
    assertThat(read(anna, name())).isEqualTo(state);
  }

  /** As the page in docs says it, by other code. */
  @Test
  void theFormatIsTheDocumentedOne() throws Exception {
    byte[] state = written(SealedState.PART_BYTES + 100);
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
    byte[] magic = new byte[8];
    in.get(magic);
    assertThat(new String(magic, StandardCharsets.US_ASCII)).isEqualTo("CANDORPX");
    assertThat(in.getInt()).isEqualTo(1);
    byte[] wrapped = new byte[69];
    in.get(wrapped);
    byte[] context = ("candor-prefix/1\n" + name() + "\n").getBytes(StandardCharsets.US_ASCII);
    SecretKeySpec key = new SecretKeySpec(vault.unwrap(wrapped, context), "AES");
    byte[] header = opened(key, new byte[12], context, in, 36);
    assertThat(HexFormat.of().formatHex(header, 0, 32)).isEqualTo(anna.hex());
    assertThat(ByteBuffer.wrap(header).getInt(32)).isEqualTo(3);
    byte[] scope =
        ("model " + MODEL + "\nprofile i8-blocks32\ncache F16\nadapter -\nprincipal anna\n")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(anna.hex())
        .isEqualTo(vault.keyed("prefix-scope", new String(scope, StandardCharsets.UTF_8)));
    byte[] nonce = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    byte[] first = opened(key, nonce, scope, in, SealedState.PART_BYTES);
    assertThat(first).isEqualTo(Arrays.copyOf(state, first.length));
    byte[] lastNonce = {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    byte[] last = opened(key, lastNonce, scope, in, 100);
    assertThat(last).isEqualTo(Arrays.copyOfRange(state, first.length, state.length));
    assertThat(in.hasRemaining()).isFalse();
  }

  private static byte[] opened(
      SecretKeySpec key, byte[] nonce, byte[] associated, ByteBuffer in, int bytes)
      throws Exception {
    byte[] sealed = new byte[bytes + 16];
    in.get(sealed);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, nonce));
    cipher.updateAAD(associated);
    return cipher.doFinal(sealed);
  }
}
