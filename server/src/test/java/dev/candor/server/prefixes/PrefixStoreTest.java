package dev.candor.server.prefixes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.server.ServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets it.
class PrefixStoreTest {

  private static final Path WEIGHTS = Path.of("..", "models", "candor-mini", "candor-mini.gguf");
  private static final long PLENTY = 256 << 20;
  private static final long MEMORY = 64 << 20;
  private static final SessionOptions LIKE = SessionOptions.ofContext(2_048);
  private static final GenerationRequest REQUEST =
      new GenerationRequest(GenerationRequest.greedy(1).sampling(), 20, List.of(), true, -1)
          .withLogitsDigest();

  private LanguageModel language;
  private LanguageModel otherWeights;
  private @TempDir Path temporary;
  private Path folder;
  private KeyVault vault;
  private PrefixCounts counts;
  private int folders;
  private final List<String> warnings = new ArrayList<>();
  private final Logger logger = Logger.getLogger(PrefixStore.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord told) {
          warnings.add(told.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeAll
  void openModels() {
    LoadOptions options = LoadOptions.defaults().withThreads(1);
    language = LanguageModel.open(WEIGHTS, options);
    otherWeights = LanguageModel.open(WEIGHTS, options.withDigest("ef".repeat(32)));
    logger.addHandler(handler);
  }

  @AfterAll
  void closeModels() {
    logger.removeHandler(handler);
    language.close();
    otherWeights.close();
  }

  @BeforeEach
  void openVault() throws IOException {
    Path home = Files.createDirectory(temporary.resolve("home" + folders++));
    folder = home.resolve("prefixes");
    vault = TestVault.open(home);
    counts = new PrefixCounts();
    warnings.clear();
  }

  @AfterEach
  void closeVault() {
    vault.close();
  }

  private PrefixStore store(long bytes, PrefixDisk disk) {
    return PrefixStore.open(folder, vault, bytes, counts, InstantSource.system(), disk);
  }

  private PrefixStore store() {
    return store(PLENTY, PrefixDisk.REAL);
  }

  private PrefixCache cache(LanguageModel model, PrefixStore store) {
    return new PrefixCache(
        model, new PrefixRoom(MEMORY, Optional.of(store), Optional.empty(), counts), LIKE);
  }

  /** What a session holds afterwards, and the digest of the logits of its answer. */
  private record Turn(int[] tokens, String digest, int reused) {}

  private static Turn turn(PrefixCache cache, String principal, int[] prompt, BlockFormat format) {
    PrefixCache.Reading reading =
        cache.reading(principal, new SessionOptions(prompt.length + 20, format), true);
    Session session = reading.read(prompt, PrefillListener.NONE).orElseThrow();
    try {
      Answer answer = session.generate(REQUEST, GenerationListener.NONE);
      return new Turn(
          session.tokens(), answer.logitsDigest().orElseThrow(), reading.reusedTokens());
    } finally {
      reading.done(session);
    }
  }

  private static Turn turn(PrefixCache cache, String principal, int[] prompt) {
    return turn(cache, principal, prompt, BlockFormat.F16);
  }

  private Turn anew(int[] prompt) {
    try (PrefixCache none = new PrefixCache(language, PrefixRoom.NONE, LIKE)) {
      return turn(none, "anna", prompt);
    }
  }

  private int[] longer(int[] tokens, Random random) {
    int[] longer = Arrays.copyOf(tokens, tokens.length + 70);
    for (int i = tokens.length; i < longer.length; i++) {
      longer[i] = random.nextInt(language.model().vocabularySize());
    }
    return longer;
  }

  /** A conversation of one turn, on the disk; what would come next. */
  private int[] kept(long seed) {
    Random random = new Random(seed);
    try (PrefixStore store = store();
        PrefixCache cache = cache(language, store)) {
      return longer(turn(cache, "anna", longer(new int[0], random)).tokens(), random);
    }
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(it -> !it.endsWith("lock")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aConversationGoesOnInTheNextProcessWithTheBitsOfAReadingAnew() {
    Random random = new Random(1);
    int[] prompt = longer(new int[0], random);
    int known = 0;
    for (int process = 0; process < 4; process++) {
      try (PrefixStore store = store();
          PrefixCache cache = cache(language, store)) {
        Turn kept = turn(cache, "anna", prompt);
        Turn anew = anew(prompt);
        assertThat(kept.reused()).isEqualTo(known);
        assertThat(kept.digest()).isEqualTo(anew.digest());
        assertThat(kept.tokens()).isEqualTo(anew.tokens());
        known = kept.tokens().length;
        // The last is asked again as a whole.
        prompt = process == 2 ? kept.tokens() : longer(kept.tokens(), random);
      }
      // A conversation has one state on the disk: what it went on from is gone.
      assertThat(files()).hasSize(1);
    }
    assertThat(counts.diskHits.sum()).isEqualTo(3);
    assertThat(counts.refused.sum()).isZero();
  }

  @Test
  void nobodyElseNoOtherWeightsAndNoOtherFormatGetIt() {
    int[] next = kept(2);
    try (PrefixStore store = store()) {
      assertThat(turn(cache(language, store), "bob", next).reused()).isZero();
      assertThat(turn(cache(otherWeights, store), "anna", next).reused()).isZero();
      assertThat(turn(cache(language, store), "anna", next, BlockFormat.F32).reused()).isZero();
      assertThat(counts.diskHits.sum()).isZero();
      assertThat(counts.refused.sum()).isZero();
      // Not even a file is opened for them: nothing in the time it takes tells that there is one.
      SessionOptions options = SessionOptions.ofContext(next.length);
      assertThat(store.restore(language, "bob", options, next, 0)).isEmpty();
      assertThat(turn(cache(language, store), "anna", next).reused()).isEqualTo(next.length - 70);
    }
  }

  @Test
  void whatIsDamagedIsRefusedRemovedAndReadAnew() throws IOException {
    int[] next = kept(3);
    Path file = files().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    Turn anew = anew(next);
    Random random = new Random(4);
    for (int round = 0; round < 120; round++) {
      byte[] damaged = bytes.clone();
      if (round % 3 == 0) {
        damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        int at = random.nextInt(round % 3 == 1 ? SealedState.BEGIN_BYTES : bytes.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
      }
      boolean whileItRuns = round % 2 == 0;
      Files.write(file, whileItRuns ? bytes : damaged);
      try (PrefixStore store = store(PLENTY, full())) {
        if (whileItRuns) {
          Files.write(file, damaged);
        }
        Turn turn = turn(cache(language, store), "anna", next);
        assertThat(turn.reused()).as("round %d", round).isZero();
        assertThat(turn.digest()).isEqualTo(anew.digest());
      }
      assertThat(files()).isEmpty();
    }
    // Where the id of the key was altered, it looks like one that was retired.
    assertThat(counts.refused.sum()).isBetween(100L, 120L);
  }

  /** A disk to which nothing more is written. */
  private static PrefixDisk full() {
    return new PrefixDisk(_ -> 0, UnaryOperator.identity());
  }

  @Test
  void aFileInThePlaceOfAnotherIsRefused() throws IOException {
    int[] first = kept(5);
    Path one = files().getFirst();
    Path aside = Files.move(one, temporary.resolve("aside"));
    int[] second = kept(6);
    Path other = files().getFirst();
    Files.copy(other, one);
    Files.delete(other);
    Files.copy(aside, other);
    try (PrefixStore store = store()) {
      assertThat(turn(cache(language, store), "anna", first).reused()).isZero();
      assertThat(turn(cache(language, store), "anna", second).reused()).isZero();
    }
    assertThat(counts.refused.sum()).isEqualTo(2);
  }

  @Test
  void anErasureLeavesNothingThatOpens() {
    int[] next = kept(7);
    try (PrefixStore store = store();
        PrefixCache cache = cache(language, store)) {
      assertThat(store.states()).isEqualTo(1);
      int[] other =
          longer(turn(cache, "anna", longer(new int[0], new Random(8))).tokens(), new Random(8));
      store.settle(Duration.ofSeconds(20));
      PrefixCache.Reading begun = cache.reading("anna", SessionOptions.ofContext(300), true);
      Session session =
          begun.read(longer(new int[0], new Random(9)), PrefillListener.NONE).orElseThrow();
      // An erasure replaces the payload key.
      String unused = vault.rotatePayloadKey(() -> {});
      begun.done(session);
      assertThat(turn(cache, "anna", next).reused()).isZero();
      assertThat(turn(cache, "anna", other).reused()).isZero();
      store.settle(Duration.ofSeconds(20));
      assertThat(store.states()).isEqualTo(2);
      assertThat(files()).hasSize(2);
    }
    assertThat(counts.refused.sum()).isZero();
  }

  @Test
  void withoutItsKeysNothingIsReadable() throws IOException {
    int[] next = kept(10);
    Path there = files().getFirst();
    vault.destroy();
    vault = TestVault.open(Files.createDirectory(temporary.resolve("home" + folders++)));
    try (PrefixStore store = store()) {
      assertThat(store.states()).isZero();
      assertThat(turn(cache(language, store), "anna", next).reused()).isZero();
    }
    assertThat(there).doesNotExist();
  }

  @Test
  void nothingOfAConversationAndNoNameIsInTheFiles() throws IOException {
    String canary = "The canary sings at seventeen Rosewood Lane";
    byte[] text = canary.getBytes(StandardCharsets.UTF_8);
    int[] canaryTokens = language.tokenizer().encode(canary, false, false);
    assertThat(canaryTokens.length).isBetween(8, 200);
    int[] prompt = Arrays.copyOf(canaryTokens, canaryTokens.length + 70);
    try (PrefixStore store = store();
        PrefixCache cache = cache(language, store)) {
      Turn unused = turn(cache, "annabella", prompt);
    }
    List<byte[]> secrets = new ArrayList<>();
    secrets.add(text);
    secrets.add("annabella".getBytes(StandardCharsets.UTF_8));
    secrets.add(language.digest().getBytes(StandardCharsets.US_ASCII));
    for (java.nio.ByteOrder order :
        List.of(java.nio.ByteOrder.LITTLE_ENDIAN, java.nio.ByteOrder.BIG_ENDIAN)) {
      ByteBuffer ids = ByteBuffer.allocate(32).order(order);
      ids.asIntBuffer().put(canaryTokens, 0, 8);
      secrets.add(ids.array());
    }
    assertThat(files()).hasSize(1);
    byte[] file = Files.readAllBytes(files().getFirst());
    for (byte[] secret : secrets) {
      assertThat(contains(file, secret)).isFalse();
    }
    assertThat(files().getFirst().getFileName().toString()).matches("[0-9a-f]{64}\\.prefix");
  }

  private static boolean contains(byte[] all, byte[] part) {
    for (int at = 0; at + part.length <= all.length; at++) {
      if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void whatIsAboutADataSubjectIsNotWritten() {
    try (PrefixStore store = store();
        PrefixCache cache = cache(language, store)) {
      int[] prompt = longer(new int[0], new Random(16));
      PrefixCache.Reading reading =
          cache.reading("anna", SessionOptions.ofContext(prompt.length + 20), false);
      reading.done(reading.read(prompt, PrefillListener.NONE).orElseThrow());
      store.settle(Duration.ofSeconds(20));
      assertThat(cache.bytes()).isZero();
    }
    assertThat(files()).isEmpty();
    assertThat(counts.written.sum()).isZero();
  }

  @Test
  void itsFilesAreItsOwnersAlone() throws IOException {
    int[] unused = kept(11);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().getFirst())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    Path unfinished = Files.writeString(folder.resolve("new123.part"), "torn");
    Path foreign = Files.writeString(folder.resolve("notes.txt"), "somebody's");
    try (PrefixStore store = store()) {
      assertThat(store.states()).isEqualTo(1);
      assertThat(unfinished).doesNotExist();
      assertThat(foreign).exists();
      assertThatThrownBy(this::store)
          .isInstanceOfSatisfying(
              ServerException.class, e -> assertThat(e.code()).isEqualTo("server.prefixes-in-use"));
    }
  }

  @Test
  void theLongestUnusedMakesRoom() throws IOException {
    Random random = new Random(12);
    int[] first = kept(13);
    long one = Files.size(files().getFirst());
    try (PrefixStore store = store(3 * one + one / 2, PrefixDisk.REAL);
        PrefixCache cache = cache(language, store)) {
      List<int[]> others = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        others.add(turn(cache, "anna", longer(new int[0], random)).tokens());
      }
      store.settle(Duration.ofSeconds(20));
      assertThat(store.states()).isEqualTo(3);
      SessionOptions options = SessionOptions.ofContext(300);
      store.restore(language, "anna", options, first, 0).orElseThrow().close();
      Turn more = turn(cache, "anna", longer(new int[0], random));
      store.settle(Duration.ofSeconds(20));
      assertThat(store.states()).isEqualTo(3);
      assertThat(store.bytes()).isLessThanOrEqualTo(3 * one + one / 2);
      assertThat(store.restore(language, "anna", options, others.get(0), 0)).isEmpty();
      for (int[] there : List.of(first, others.get(1), more.tokens())) {
        store.restore(language, "anna", options, there, 0).orElseThrow().close();
      }
    }
    // The next process knows which one was used last, too.
    try (PrefixStore store = store(one + one / 2, PrefixDisk.REAL)) {
      assertThat(store.states()).isEqualTo(1);
    }
    assertThat(files()).hasSize(1);
  }

  @Test
  void aFullDiskChangesNoAnswerAndIsToldOnce() {
    Random random = new Random(14);
    boolean[] isFull = {true};
    PrefixDisk disk =
        new PrefixDisk(_ -> Long.MAX_VALUE, it -> isFull[0] ? new FullChannel(it) : it);
    try (PrefixStore store = store(PLENTY, disk);
        PrefixCache cache = cache(language, store)) {
      for (int i = 0; i < 4; i++) {
        int[] prompt = longer(new int[0], random);
        assertThat(turn(cache, "anna", prompt).digest()).isEqualTo(anew(prompt).digest());
      }
      store.settle(Duration.ofSeconds(20));
      assertThat(counts.unwritten.sum()).isEqualTo(4);
      assertThat(files()).isEmpty();
      assertThat(warnings).hasSize(1).first().asString().contains("cannot be written");
      isFull[0] = false;
      Turn unused = turn(cache, "anna", longer(new int[0], random));
      store.settle(Duration.ofSeconds(20));
      assertThat(store.states()).isEqualTo(1);
    }
    // What others need more is left to them.
    warnings.clear();
    try (PrefixStore store =
            store(PLENTY, new PrefixDisk(_ -> PrefixStore.LEAST_FREE_BYTES, it -> it));
        PrefixCache cache = cache(language, store)) {
      for (int i = 0; i < 3; i++) {
        Turn unused = turn(cache, "anna", longer(new int[0], random));
      }
      store.settle(Duration.ofSeconds(20));
      assertThat(store.states()).isEqualTo(1);
      assertThat(warnings).hasSize(1).first().asString().contains("1024 MiB left");
    }
  }

  @Test
  void aConversationGoesOnWhileItIsBeingWritten() throws InterruptedException {
    Random random = new Random(15);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    UnaryOperator<WritableByteChannel> slow =
        file -> {
          begun.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return file;
        };
    int[] first;
    int[] next;
    try (PrefixStore store = store(PLENTY, new PrefixDisk(_ -> Long.MAX_VALUE, slow));
        PrefixCache cache = cache(language, store)) {
      first = turn(cache, "anna", longer(new int[0], random)).tokens();
      begun.await();
      next = longer(first, random);
      Turn kept = turn(cache, "anna", next);
      assertThat(kept.reused()).isEqualTo(first.length);
      assertThat(kept.digest()).isEqualTo(anew(next).digest());
      int[] again = longer(first, random);
      assertThat(turn(cache, "anna", again).digest()).isEqualTo(anew(again).digest());
      goOn.countDown();
      store.settle(Duration.ofSeconds(20));
      assertThat(counts.written.sum()).isEqualTo(3);
      assertThat(cache.bytes()).isPositive();
    }
    try (PrefixStore store = store()) {
      Turn kept = turn(cache(language, store), "anna", next);
      assertThat(kept.digest()).isEqualTo(anew(next).digest());
    }
    assertThat(counts.refused.sum()).isZero();
  }
}
