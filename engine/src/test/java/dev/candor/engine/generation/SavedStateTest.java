package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.EngineException;
import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.ScalarKernels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedStateTest {

  private static final SamplingOptions DRAWN =
      new SamplingOptions(1.3f, 0, 0.95f, 0.01f, 1.1f, 0, 0, Map.of(), 11);

  @TempDir Path folder;

  private final LanguageModel language = language("a", 258);

  private static LanguageModel language(String digestDigit, int vocabulary) {
    return new LanguageModel(
        new ModelParts(
            new HashModel(vocabulary, 4096),
            new ByteTokenizer("<s>", "</s>"),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Set.of(257),
            SamplingOptions.GREEDY,
            new KernelSelector.Choice(new ScalarKernels(), "for tests."),
            0,
            0,
            () -> digestDigit.repeat(64),
            Optional.empty(),
            () -> {}));
  }

  private static SessionOptions context(int tokens) {
    return new SessionOptions(tokens, BlockFormat.F32);
  }

  private static List<Integer> continuation(Session session) {
    return session
        .generate(new GenerationRequest(DRAWN, 12, List.of(), true, -1), GenerationListener.NONE)
        .tokens()
        .stream()
        .map(GeneratedToken::id)
        .toList();
  }

  private Path saved(int promptTokens, boolean answered) {
    Path file = folder.resolve("saved.state");
    try (Session session = language.newSession(context(512))) {
      session.append(new Random(4).ints(promptTokens, 0, 256).toArray());
      if (answered) {
        continuation(session);
      }
      session.save(file);
    }
    return file;
  }

  @Test
  void aRestoredSessionGoesOnAsTheOriginalDoes() {
    Random random = new Random(1);
    Path file = folder.resolve("s");
    for (int round = 0; round < 40; round++) {
      try (Session original = language.newSession(context(300))) {
        original.append(random.ints(1 + random.nextInt(200), 0, 256).toArray());
        if (random.nextBoolean()) {
          continuation(original);
        }
        original.save(file);
        try (Session restored = language.restoreSession(file, context(300 + random.nextInt(200)))) {
          assertThat(restored.tokens()).isEqualTo(original.tokens());
          assertThat(continuation(restored)).isEqualTo(continuation(original));
        }
      }
    }
  }

  @Test
  void aChannelGetsTheBytesOfTheFile() throws IOException {
    Path file = folder.resolve("s");
    for (boolean answered : new boolean[] {false, true}) {
      try (Session original = language.newSession(context(300))) {
        original.append(new Random(2).ints(90, 0, 256).toArray());
        if (answered) {
          continuation(original);
        }
        original.save(file);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        original.save(Channels.newChannel(written));
        byte[] bytes = written.toByteArray();
        assertThat(bytes).isEqualTo(Files.readAllBytes(file));
        assertThat(original.savedBytes()).isEqualTo(bytes.length);
        try (Session restored =
            language.restoreSession(channel(bytes), bytes.length, context(400))) {
          assertThat(restored.tokens()).isEqualTo(original.tokens());
          assertThat(continuation(restored)).isEqualTo(continuation(original));
        }
      }
    }
  }

  @Test
  void noAlteredAndNoCutChannelBecomesASession() throws IOException {
    byte[] bytes = Files.readAllBytes(saved(3, true));
    Random random = new Random(10);
    for (int at = 0; at < bytes.length; at++) {
      byte[] altered = bytes.clone();
      altered[at] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(
              () -> language.restoreSession(channel(altered), altered.length, context(512)))
          .as("byte %d", at)
          .isInstanceOf(GenerationException.class);
      byte[] cut = Arrays.copyOf(bytes, at);
      assertThatThrownBy(() -> language.restoreSession(channel(cut), bytes.length, context(512)))
          .as("cut at %d", at)
          .isInstanceOf(EOFException.class);
      assertThatThrownBy(() -> language.restoreSession(channel(cut), cut.length, context(512)))
          .as("length %d", at)
          .isInstanceOf(GenerationException.class);
    }
  }

  private static ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }

  @Test
  void anEmptySessionIsSavedToo() {
    Path file = folder.resolve("empty");
    try (Session session = language.newSession(context(16))) {
      session.save(file);
    }
    try (Session restored = language.restoreSession(file, context(16));
        Session fresh = language.newSession(context(16))) {
      assertThat(restored.size()).isZero();
      restored.append(new int[] {5, 6});
      fresh.append(new int[] {5, 6});
      assertThat(continuation(restored)).isEqualTo(continuation(fresh));
    }
  }

  @Test
  void theFormatIsTheDocumentedOne() throws Exception {
    byte[] bytes = Files.readAllBytes(saved(7, false));
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    in.get(magic);
    assertThat(new String(magic, java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("CANDORST");
    assertThat(in.getInt()).isEqualTo(1);
    assertThat(in.getInt()).isEqualTo(7);
    for (int i = 0; i < 32; i++) {
      assertThat(in.get()).isEqualTo((byte) 0xAA);
    }
    byte[] profile = new byte[32];
    in.get(profile);
    assertThat(new String(profile, java.nio.charset.StandardCharsets.US_ASCII).trim())
        .isEqualTo("i8-blocks32");
    assertThat(List.of(in.getInt(), in.getInt(), in.getInt(), in.getInt()))
        .containsExactly(0, 7, 258, 2);
    assertThat(in.getLong()).isEqualTo(8);
    assertThat(in.getLong()).isEqualTo(4 * 7);
    int[] expected = new Random(4).ints(7, 0, 256).toArray();
    for (int token : expected) {
      assertThat(in.getInt()).isEqualTo(token);
    }
    in.position(in.position() + 4 * 258 + 8 + 4 * 7);
    byte[] sum = new byte[32];
    in.get(sum);
    assertThat(in.hasRemaining()).isFalse();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(bytes, 0, bytes.length - 32);
    assertThat(sum).isEqualTo(digest.digest());
  }

  @Test
  void everyAlteredByteIsRefused() throws IOException {
    Path file = saved(3, true);
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(9);
    for (int at = 0; at < bytes.length; at++) {
      byte[] altered = bytes.clone();
      altered[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, altered);
      assertThatThrownBy(() -> language.restoreSession(file, context(512)))
          .as("byte %d", at)
          .isInstanceOf(GenerationException.class);
    }
  }

  @Test
  void everyTruncationAndEveryTailIsRefused() throws IOException {
    Path file = saved(3, false);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> language.restoreSession(file, context(512)))
          .isInstanceOf(GenerationException.class);
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    assertThatThrownBy(() -> language.restoreSession(file, context(512)))
        .isInstanceOf(GenerationException.class);
  }

  /** A file whose checksum fits, but not what it says. */
  @Test
  void anAlteredFileWithAFreshChecksumIsRefusedWhereItContradictsTheModel() throws Exception {
    Path file = saved(3, false);
    byte[] bytes = Files.readAllBytes(file);
    for (int[] change :
        new int[][] {
          {12, -1},
          {12, 600},
          {12, 2},
          {80, 1},
          {80, 7},
          {84, -1},
          {84, 2},
          {84, 9},
          {88, 1 << 30},
          {92, -1},
          {92, 1 << 28},
          {92, 1},
          {96, 9},
          {100, 1},
          {100, -1},
          {112, 258},
          {112, -5}
        }) {
      ByteBuffer altered = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
      altered.putInt(change[0], change[1]);
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(altered.array(), 0, bytes.length - 32);
      System.arraycopy(digest.digest(), 0, altered.array(), bytes.length - 32, 32);
      Files.write(file, altered.array());
      assertThatThrownBy(() -> language.restoreSession(file, context(512)))
          .as("field at %d", change[0])
          .isInstanceOf(GenerationException.class);
    }
  }

  @Test
  void saysWhatDoesNotFit() {
    Path file = saved(20, false);
    assertThat(refusal(language("b", 258), file, context(512)))
        .isEqualTo("generation.state-other-model");
    assertThat(refusal(language, file, new SessionOptions(512, BlockFormat.F16)))
        .isEqualTo("generation.state-other-cache-format");
    assertThat(refusal(language, file, new SessionOptions(512, BlockFormat.Q8_0)))
        .isEqualTo("generation.state-other-cache-format");
    assertThat(refusal(language, file, context(19))).isEqualTo("generation.state-too-long");
    assertThat(refusal(language, folder.resolve("none"), context(19)))
        .isEqualTo("generation.state-unreadable");
    assertThat(refusal(language, folder, context(19))).isEqualTo("generation.state-unreadable");
    language.restoreSession(file, context(20)).close();
  }

  private static String refusal(LanguageModel model, Path file, SessionOptions options) {
    try (Session restored = model.restoreSession(file, options)) {
      return "restored " + restored.size();
    } catch (EngineException e) {
      return e.code();
    }
  }

  @Test
  void savingReplacesInOneStepAndLeavesNothingElse() throws IOException {
    Path file = saved(3, false);
    byte[] before = Files.readAllBytes(file);
    saved(30, false);
    assertThat(Files.readAllBytes(file)).isNotEqualTo(before);
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Session session = language.newSession(context(16))) {
      assertThatThrownBy(() -> session.save(folder.resolve("no/such/folder")))
          .extracting("code")
          .isEqualTo("generation.state-unwritable");
    }
  }
}
