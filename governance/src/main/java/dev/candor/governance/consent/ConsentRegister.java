package dev.candor.governance.consent;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.consent.ConsentReceipt.State;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Which consents are alive: what the entries of a ledger say, read in their order. What is not
 * there was not given. A withdrawal counts from its entry on, whatever the clocks say; an expiry
 * counts by the clock that is asked with.
 *
 * <p>What is to be logged is held against the register first, by {@link #require}. The same may
 * still find its way into a ledger, for two processes may withdraw at once: such an entry has no
 * effect, and {@link #withoutEffect} lists it.
 *
 * <p>In memory, at most {@value #MOST} consents. Safe for use by several threads.
 */
public final class ConsentRegister {

  /** Most consents, alive or not. */
  public static final int MOST = 1_000_000;

  private static final int MOST_LISTED = 1000;

  private final Map<String, Standing> byId = new HashMap<>();
  private final Map<String, List<Standing>> bySubject = new HashMap<>();
  private final List<WithoutEffect> withoutEffect = new ArrayList<>();
  private long countWithoutEffect;
  private long next;

  /** A consent, and which entry has withdrawn which of its purposes. */
  private record Standing(Consent consent, SortedMap<String, Long> withdrawn) {

    List<String> left() {
      return consent.grant().purposes().stream()
          .filter(purpose -> !withdrawn.containsKey(purpose))
          .toList();
    }

    boolean covers(String purpose) {
      return consent.grant().purposes().contains(purpose) && !withdrawn.containsKey(purpose);
    }

    void withdraw(String purpose, long index) {
      if (covers(purpose)) {
        withdrawn.put(purpose, index);
      }
    }

    ConsentReceipt receipt(Instant now) {
      List<String> left = left();
      boolean expired = consent.hasExpired(now);
      return new ConsentReceipt(
          consent,
          left.isEmpty() ? State.WITHDRAWN : expired ? State.EXPIRED : State.GIVEN,
          expired ? List.of() : left,
          withdrawn);
    }
  }

  /**
   * An entry without effect.
   *
   * @param index of the entry
   * @param code of the error that {@link #require} would have had
   * @param why for people
   */
  public record WithoutEffect(long index, String code, String why) {}

  /** Of a ledger that is read from its beginning. */
  public ConsentRegister() {
    this(0);
  }

  /** Of a ledger that is read from an entry on: what came before it was not given. */
  public ConsentRegister(long from) {
    this.next = from;
  }

  /** The index of the entry to go on with. */
  public synchronized long next() {
    return next;
  }

  /** How many entries of these kinds had no effect. */
  public synchronized long countWithoutEffect() {
    return countWithoutEffect;
  }

  /** Entries that had no effect, in order: the first {@value #MOST_LISTED} of them. */
  public synchronized List<WithoutEffect> withoutEffect() {
    return List.copyOf(withoutEffect);
  }

  /**
   * Takes in an entry. Those of other kinds change nothing.
   *
   * @param index its place in the ledger: {@link #next}, or larger if entries between are known to
   *     be of other kinds
   * @throws GovernanceException {@code governance.consent-entry} if it is of a kind of this
   *     register and malformed; {@code governance.consent-order} if it was taken in already; {@code
   *     governance.consent-limit}. The register is then as before
   */
  public synchronized void apply(long index, Entry entry) {
    if (index < next) {
      throw new GovernanceException(
          "consent-order",
          "entry " + index + " comes after entry " + (next - 1),
          "Read the entries in their order.");
    }
    switch (entry.kind()) {
      case ConsentGrant.KIND -> give(index, entry);
      case ConsentWithdrawal.KIND -> withdraw(index, entry);
      default -> {}
    }
    next = index + 1;
  }

  /**
   * The consent that allows a purpose: of several the one given last.
   *
   * @param subject pseudonym of the data subject
   * @param now when the purpose is to be served
   */
  public synchronized Optional<Consent> alive(String subject, String purpose, Instant now) {
    return bySubject.getOrDefault(subject, List.of()).stream()
        .filter(standing -> standing.covers(purpose))
        .map(Standing::consent)
        .filter(consent -> !consent.hasExpired(now))
        .reduce((earlier, later) -> later);
  }

  /**
   * Whether the consent that an entry gave allows a purpose: a data subject may have several.
   *
   * @param index of the entry
   */
  public synchronized boolean isAlive(long index, String subject, String purpose, Instant now) {
    return bySubject.getOrDefault(subject, List.of()).stream()
        .anyMatch(standing ->
            standing.consent.index() == index
                && standing.covers(purpose)
                && !standing.consent.hasExpired(now));
  }

  /** All purposes that are allowed, sorted. */
  public synchronized List<String> purposes(String subject, Instant now) {
    Set<String> purposes = new TreeSet<>();
    for (Standing standing : bySubject.getOrDefault(subject, List.of())) {
      if (!standing.consent.hasExpired(now)) {
        purposes.addAll(standing.left());
      }
    }
    return List.copyOf(purposes);
  }

  /** Of all consents of a data subject, alive or not, in the order they were given. */
  public synchronized List<ConsentReceipt> receipts(String subject, Instant now) {
    return bySubject.getOrDefault(subject, List.of()).stream()
        .map(standing -> standing.receipt(now))
        .toList();
  }

  /** Of the consent of this id, alive or not. */
  public synchronized Optional<ConsentReceipt> receipt(String id, Instant now) {
    return Optional.ofNullable(byId.get(id)).map(standing -> standing.receipt(now));
  }

  /**
   * Goes on only if a consent may be logged.
   *
   * @throws GovernanceException {@code governance.consent-known} if its id was used before; {@code
   *     governance.consent-expired} if it ends before it begins
   */
  public synchronized void require(ConsentGrant grant, Instant now) {
    if (byId.containsKey(grant.id())) {
      throw known(grant.id());
    }
    if (grant.expires().isPresent() && !now.isBefore(grant.expires().get())) {
      throw new GovernanceException(
          "consent-expired",
          "consent "
              + grant.id()
              + " ends at "
              + grant.expires().get()
              + ", which is not after "
              + now,
          "Give an end that is to come, or none.");
    }
  }

  /**
   * Goes on only if a withdrawal would withdraw something.
   *
   * @throws GovernanceException {@code governance.consent-unknown} if there is no such consent, or
   *     none of the subject has any of these purposes left; {@code governance.consent-of-another}
   *     if the consent is another subject's; {@code governance.consent-withdrawn} if nothing is
   *     left of it
   */
  public synchronized void require(ConsentWithdrawal withdrawal) {
    if (withdrawal.id().isEmpty()) {
      if (bySubject.getOrDefault(withdrawal.subject(), List.of()).stream()
          .noneMatch(standing -> withdrawal.purposes().stream().anyMatch(standing::covers))) {
        throw unknown(
            "no consent of the data subject covers " + Purposes.text(withdrawal.purposes()));
      }
      return;
    }
    String id = withdrawal.id().get();
    Standing standing = byId.get(id);
    if (standing == null) {
      throw unknown("there is no consent " + id);
    }
    if (!standing.consent.grant().subject().equals(withdrawal.subject())) {
      throw ofAnother(id);
    }
    if (standing.left().isEmpty()) {
      throw new GovernanceException(
          "consent-withdrawn",
          "consent " + id + " was withdrawn before",
          "There is nothing more to do.");
    }
  }

  private void give(long index, Entry entry) {
    ConsentGrant grant = read(index, () -> ConsentGrant.of(entry));
    Instant given = read(index, () -> ConsentField.instant("at", entry.required("at")));
    if (!hasEffect(index, () -> require(grant, given))) {
      return;
    }
    if (byId.size() >= MOST) {
      throw new GovernanceException(
          "consent-limit",
          "the ledger has more than " + MOST + " consents",
          "Begin a new ledger for new data subjects.");
    }
    Standing standing = new Standing(new Consent(index, given, grant), new TreeMap<>());
    byId.put(grant.id(), standing);
    bySubject.computeIfAbsent(grant.subject(), subject -> new ArrayList<>(1)).add(standing);
  }

  private void withdraw(long index, Entry entry) {
    ConsentWithdrawal withdrawal = read(index, () -> ConsentWithdrawal.of(entry));
    if (!hasEffect(index, () -> require(withdrawal))) {
      return;
    }
    if (withdrawal.id().isPresent()) {
      Optional.ofNullable(byId.get(withdrawal.id().get()))
          .ifPresent(standing -> standing.left().forEach(id -> standing.withdraw(id, index)));
    } else {
      bySubject
          .getOrDefault(withdrawal.subject(), List.of())
          .forEach(standing -> withdrawal.purposes().forEach(id -> standing.withdraw(id, index)));
    }
  }

  private boolean hasEffect(long index, Runnable check) {
    try {
      check.run();
      return true;
    } catch (GovernanceException e) {
      countWithoutEffect++;
      if (withoutEffect.size() < MOST_LISTED) {
        withoutEffect.add(new WithoutEffect(index, e.code(), String.valueOf(e.getMessage())));
      }
      return false;
    }
  }

  private static <T> T read(long index, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (GovernanceException | LedgerException e) {
      throw new GovernanceException(
          "consent-entry",
          "entry " + index + " is not a consent that Candor has written: " + e.getMessage(),
          "Verify the ledger; without this entry nobody can say who has consented to what.",
          e);
    }
  }

  static GovernanceException known(String id) {
    return new GovernanceException(
        "consent-known",
        "there is a consent " + id + " already",
        "Choose a new id for a new consent.");
  }

  static GovernanceException ofAnother(String id) {
    return new GovernanceException(
        "consent-of-another",
        "consent " + id + " is not the data subject's who withdraws it",
        "Name a consent of that data subject.");
  }

  static GovernanceException unknown(String why) {
    return new GovernanceException(
        "consent-unknown", why, "List the consents of the data subject, and name one of them.");
  }
}
