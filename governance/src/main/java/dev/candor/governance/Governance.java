package dev.candor.governance;

import dev.candor.governance.access.Principal;
import dev.candor.governance.consent.ConsentGrant;
import dev.candor.governance.consent.ConsentRegister;
import dev.candor.governance.consent.ConsentWithdrawal;
import dev.candor.governance.decisions.DecisionId;
import dev.candor.governance.decisions.DecisionPipeline;
import dev.candor.governance.decisions.DecisionRecords;
import dev.candor.governance.evidence.EvidenceShelf;
import dev.candor.governance.loading.EvidenceGate;
import dev.candor.governance.payloads.PayloadStore;
import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.PolicyShelf;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.PolicyAdopted;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.ledger.keys.Pkcs12KeyVault;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.storage.Ledger;
import dev.candor.ledger.storage.LedgerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The governance of a device: its ledger, keys, payloads, consents and policy under one home.
 * Opening it begins to open its parts, each in a thread of its own, as a start of the program loads
 * a model meanwhile; whoever needs a part waits for it. Safe for use by many threads.
 */
public final class Governance implements AutoCloseable {

  private static final String LEDGER = "ledger";
  private static final String KEYS = "keys.p12";

  /** What the origins of logs begin with (C2SP tlog-checkpoint wants something like a URL). */
  private static final String ORIGIN = "candor.invalid/device/";

  /** How many entries {@link #now} looks at that were there before it was first asked. */
  private static final long LOOKED_BACK = 256;

  private final GovernanceSettings settings;
  private final boolean isView;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CompletableFuture<KeyVault> vault;
  private final CompletableFuture<Ledger> ledger;
  private final CompletableFuture<PayloadStore> payloads;
  private final CompletableFuture<EntryIndex> index;
  private final CompletableFuture<PolicyShelf> policies;

  /** Of the ledger: what it has gained since is still to be put under a checkpoint. */
  private volatile long covered;

  private Instant latest = Instant.EPOCH;
  private long lookedBackTo;

  private final DecisionRecords records = new DecisionRecords(this);
  private final EvidenceShelf evidence;
  private final EvidenceGate gate = new EvidenceGate(this);
  private final CompletableFuture<DecisionPipeline> pipeline;

  private Governance(GovernanceSettings settings, boolean isView) {
    this.settings = settings;
    this.isView = isView;
    this.evidence = new EvidenceShelf(in("evidence"));
    this.vault = later(this::openVault);
    this.ledger = later(this::openLedger);
    this.payloads = later(() -> PayloadStore.open(in("payloads.db"), vault(), clock()));
    this.index = later(() -> EntryIndex.open(in("index.db"), ledger()));
    this.policies =
        later(() -> new PolicyShelf(in("policies"), text -> vault().keyed("policy-seal", text)));
    this.pipeline = later(() -> new DecisionPipeline(this));
  }

  /** Begins to open the governance of a home, or to make it. */
  public static Governance open(GovernanceSettings settings) {
    return new Governance(settings, false);
  }

  /**
   * Opens what a home has recorded, to read it: without keys, so whether they are locked, destroyed
   * or without a passphrase, and without anything that keys open. Nothing is made but the index.
   *
   * @throws dev.candor.ledger.LedgerException from its parts: {@code ledger.missing} if nothing has
   *     been recorded
   */
  public static Governance view(GovernanceSettings settings) {
    return new Governance(settings, true);
  }

  /** Whether something may have been recorded there. */
  public static boolean hasLedger(GovernanceSettings settings) {
    return Files.isDirectory(settings.home().resolve(LEDGER));
  }

  private KeyVault openVault() {
    if (isView) {
      throw new IllegalStateException("a view has no keys");
    }
    Pkcs12KeyVault.Clock clock = new Pkcs12KeyVault.Clock(clock(), this::newestEntry);
    if (Files.isDirectory(in(LEDGER))) {
      // Keys that are gone are not made anew: other keys would go on with the same log.
      return Pkcs12KeyVault.open(in(KEYS), settings.passphrase(), clock);
    }
    return Pkcs12KeyVault.openOrCreate(
        in(KEYS),
        settings.passphrase(),
        ORIGIN + HexFormat.of().toHexDigits(new SecureRandom().nextLong()),
        clock);
  }

  private Path in(String name) {
    return settings.home().resolve(name);
  }

  /** When the ledger was last written: a clock that was set back does not unlock a vault. */
  private Instant newestEntry() {
    Path folder = in(LEDGER);
    if (!Files.isDirectory(folder)) {
      return Instant.EPOCH;
    }
    try (Ledger view = Ledger.view(folder)) {
      return view.size() == 0
          ? Instant.EPOCH
          : Instant.parse(view.entry(view.size() - 1).required("at"));
    }
  }

  private Ledger openLedger() {
    if (isView) {
      // There is nothing to sign with at its end.
      covered = Long.MAX_VALUE;
      return Ledger.view(in(LEDGER));
    }
    Ledger open =
        Ledger.open(
            in(LEDGER),
            new LedgerSettings(
                vault().keyName(), () -> vault().logSigners(), clock(), LedgerSettings.LOCK_WAIT));
    covered = checkpointed();
    return open;
  }

  /**
   * How much is under the checkpoint that is there. A process that was killed has left entries
   * behind it, and whoever closes next covers them.
   */
  private long checkpointed() {
    Path file = in(LEDGER).resolve("checkpoint");
    try {
      return Checkpoint.parse(SignedNote.parse(Files.readAllBytes(file)).text()).size();
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new GovernanceException(
          "checkpoint-unreadable",
          file + " cannot be read: " + e.getMessage(),
          "Check its permissions and the disk.",
          e);
    }
  }

  /** The only way to an answer. */
  public DecisionPipeline pipeline() {
    return joined(pipeline);
  }

  /** What is known of decisions that were made. */
  public DecisionRecords records() {
    return records;
  }

  public KeyVault vault() {
    return joined(vault);
  }

  public Ledger ledger() {
    return joined(ledger);
  }

  /** Signs a checkpoint of all that the ledger has. */
  public SignedNote checkpoint() {
    SignedNote note = ledger().checkpoint();
    covered = Checkpoint.parse(note.text()).size();
    return note;
  }

  public PayloadStore payloads() {
    return joined(payloads);
  }

  public EntryIndex index() {
    return joined(index);
  }

  public PolicyShelf policies() {
    return joined(policies);
  }

  /** Documents of evidence. */
  public EvidenceShelf evidence() {
    return evidence;
  }

  /** What a model has to pass before it is used, and before each decision. */
  public EvidenceGate gate() {
    return gate;
  }

  /** The policy that holds now: what was adopted last, or the one that Candor comes with. */
  public Policy policy() {
    OptionalLong adopted = index().last(EntryIndex.key(PolicyAdopted.KIND, ""));
    return adopted.isEmpty()
        ? policies().standard()
        : policies().require(PolicyAdopted.of(ledger().entry(adopted.getAsLong())).policy());
  }

  /** What a data subject has agreed to and not withdrawn, as the ledger says now. */
  public ConsentRegister consentsOf(String pseudonym) {
    List<Long> given = index().places(EntryIndex.key(ConsentGrant.KIND, pseudonym));
    SortedSet<Long> places = new TreeSet<>(given);
    places.addAll(index().places(EntryIndex.key(ConsentWithdrawal.KIND, pseudonym)));
    // An id is the first one's who has used it: those of other subjects count too.
    for (long place : given) {
      ledger().entry(place).value("consent").ifPresent(id -> places.addAll(consents(id)));
    }
    ConsentRegister register = new ConsentRegister();
    places.forEach(place -> register.apply(place, ledger().entry(place)));
    return register;
  }

  /** Indices of the entries that give a consent of this id: more than one if it was used again. */
  public List<Long> consents(String id) {
    return index().places(EntryIndex.key("consent", id));
  }

  /**
   * What an entry about a data subject calls whoever acts: {@link Principal#DATA_SUBJECT} if they
   * are that data subject, whether the caller knew it or only the name says so.
   *
   * @param subject pseudonym of the data subject that the entry names, if it names one
   */
  public String nameBeside(Principal by, Optional<String> subject) {
    return subject.isEmpty() || by.is(subject.get())
        ? by.nameBeside(subject)
        : by.as(vault().pseudonym(by.name())).nameBeside(subject);
  }

  /**
   * What time it is for what ends: not before any that this has said, nor before the newest of the
   * last {@value #LOOKED_BACK} entries, so that a clock that was set back revives nothing.
   */
  public synchronized Instant now() {
    long size = ledger().size();
    for (long place = Math.max(lookedBackTo, size - LOOKED_BACK); place < size; place++) {
      notBefore(Instant.parse(ledger().entry(place).required("at")));
    }
    lookedBackTo = size;
    notBefore(clock().instant());
    return latest;
  }

  private void notBefore(Instant seen) {
    latest = seen.isAfter(latest) ? seen : latest;
  }

  /** What time it is. */
  public InstantSource clock() {
    return settings.clock();
  }

  /** The folder in which all of it lies. */
  public Path home() {
    return settings.home();
  }

  /** Version of the program. */
  public String runtime() {
    return settings.runtime();
  }

  /** A name that no decision has. */
  public String newDecisionId() {
    return DecisionId.at(clock().instant());
  }

  /** Under what a decision about nobody is kept: a key of its own, so that it can be erased too. */
  public String keyOf(String decision) {
    return vault().keyed("decision", decision);
  }

  /**
   * Lets the keys be tried now that sign a checkpoint when this is closed: that takes 30
   * milliseconds, and nobody waits for them here.
   */
  public void expectCheckpoint() {
    var unused = later(() -> vault().logSigners());
  }

  /** Does something in a thread of its own. */
  public <T> CompletableFuture<T> later(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, threads);
  }

  private static <T> T joined(CompletableFuture<T> part) {
    try {
      return part.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * Signs a checkpoint of what the ledger has gained, and closes all parts. Where one fails the
   * others are closed all the same, and the first failure is told with the others behind it.
   */
  @Override
  public void close() {
    threads.close();
    Failures failures = new Failures();
    closed(index, EntryIndex::close, failures);
    closed(payloads, PayloadStore::close, failures);
    closed(ledger, this::close, failures);
    closed(vault, KeyVault::close, failures);
    failures.tell();
  }

  private void close(Ledger open) {
    try (open) {
      if (open.size() > covered) {
        open.checkpoint();
      }
    }
  }

  /** What never opened needs no closing; what it failed with was told whoever asked for it. */
  private static <T> void closed(CompletableFuture<T> part, Consumer<T> close, Failures failures) {
    if (part.isDone() && !part.isCompletedExceptionally()) {
      failures.of(() -> close.accept(part.join()));
    }
  }

  /** Gathers what fails. */
  private static final class Failures {

    private Optional<RuntimeException> first = Optional.empty();

    void of(Runnable work) {
      try {
        work.run();
      } catch (RuntimeException e) {
        first.ifPresentOrElse(earlier -> earlier.addSuppressed(e), () -> first = Optional.of(e));
      }
    }

    void tell() {
      if (first.isPresent()) {
        throw first.get();
      }
    }
  }
}
