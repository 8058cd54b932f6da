package dev.candor.server.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.server.HttpProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelPoolTest {

  private static final long BYTES = 100;

  private final List<String> opened = new ArrayList<>();
  private Instant now = Instant.EPOCH;

  /** Three names of one model, each of which takes a hundred bytes. */
  private final class Three implements ModelSource {

    @Override
    public List<Offer> offers() {
      return List.of("a", "b", "c").stream().map(name -> new Offer(name, 1, BYTES, "")).toList();
    }

    @Override
    public ServedModel open(String name) {
      opened.add(name);
      LanguageModel language =
          LanguageModel.open(
              Path.of("..", "models", "candor-mini", "candor-mini.gguf"),
              LoadOptions.defaults().withThreads(1));
      return new ServedModel(
          new ModelIdentity(name, language, Adapter.NONE), SessionOptions.ofContext(64), BYTES);
    }
  }

  /** A model and an adapter beside it. */
  private final class Two implements ModelSource {

    @Override
    public List<Offer> offers() {
      return List.of(new Offer("a", 1, BYTES, ""), new Offer("a:b", 1, BYTES, ""));
    }

    @Override
    public Optional<String> baseOf(String name) {
      return Optional.of("a").filter(_ -> name.equals("a:b"));
    }

    @Override
    public ServedModel open(String name) {
      return new Three().open(name);
    }

    @Override
    public ServedModel openBeside(String name, ServedModel base) {
      opened.add(name);
      return new ServedModel(
              new ModelIdentity(name, base.language(), Adapter.NONE), base.session(64), BYTES)
          .sharingItsLanguage();
    }
  }

  @Test
  void anAdapterKeepsItsBaseAndLeavesItOpen() {
    try (ModelPool pool = new ModelPool(new Two(), 3 * BYTES, Duration.ofSeconds(60), () -> now)) {
      use(pool, "a:b");
      assertThat(names(pool)).containsExactly("a", "a:b");
      assertThat(opened).containsExactly("a", "a:b");
      try (ModelPool.Lease beside = pool.use("a:b");
          ModelPool.Lease alone = pool.use("a")) {
        assertThat(beside.model().language()).isSameAs(alone.model().language());
      }
      now = now.plusSeconds(61);
      pool.expire();
      assertThat(names(pool)).containsExactly("a");
      try (ModelPool.Lease alone = pool.use("a");
          Session session = alone.model().language().newSession(SessionOptions.ofContext(64))) {
        assertThat(session.size()).isZero();
      }
      now = now.plusSeconds(61);
      pool.expire();
      assertThat(names(pool)).isEmpty();
    }
  }

  private ModelPool pool(long budget, Duration keepAlive) {
    return new ModelPool(new Three(), budget, keepAlive, () -> now);
  }

  private static List<String> names(ModelPool pool) {
    return pool.residents().stream().map(ModelPool.Resident::name).toList();
  }

  private void use(ModelPool pool, String name) {
    now = now.plusSeconds(1);
    pool.use(name).close();
  }

  @Test
  void theLongestUnusedMakesRoom() {
    try (ModelPool pool = pool(2 * BYTES, ModelPool.FOR_EVER)) {
      use(pool, "a");
      use(pool, "b");
      use(pool, "a");
      use(pool, "c");
      assertThat(names(pool)).containsExactly("a", "c");
      assertThat(opened).containsExactly("a", "b", "c");
    }
  }

  @Test
  void whatIsUsedStays() {
    try (ModelPool pool = pool(2 * BYTES, ModelPool.FOR_EVER);
        ModelPool.Lease a = pool.use("a");
        ModelPool.Lease b = pool.use("b")) {
      assertThatThrownBy(() -> pool.use("c"))
          .isInstanceOfSatisfying(HttpProblem.class, e -> assertThat(e.status()).isEqualTo(503));
      assertThat(a.model().name()).isEqualTo("a");
      b.close();
      use(pool, "c");
      assertThat(names(pool)).containsExactly("a", "c");
    }
  }

  @Test
  void whatNobodyAsksGoes() {
    try (ModelPool pool = pool(3 * BYTES, Duration.ofSeconds(60))) {
      use(pool, "a");
      try (ModelPool.Lease b = pool.use("b")) {
        b.keepAlive(Duration.ZERO);
        now = now.plusSeconds(59);
        pool.expire();
        assertThat(names(pool)).containsExactly("a", "b");
      }
      pool.expire();
      assertThat(names(pool)).containsExactly("a");
      now = now.plusSeconds(1);
      pool.expire();
      assertThat(names(pool)).isEmpty();
    }
  }

  @Test
  void aModelThatIsNotServedIsNotFound() {
    try (ModelPool pool = pool(BYTES, ModelPool.FOR_EVER)) {
      assertThatThrownBy(() -> pool.use("d"))
          .isInstanceOfSatisfying(HttpProblem.class, e -> assertThat(e.status()).isEqualTo(404));
    }
  }
}
