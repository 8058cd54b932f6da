package dev.candor.governance.fairness;

import dev.candor.governance.evidence.DigestTuple;

/**
 * A plan that somebody has bound themselves to, for a model as it is. Only {@link BiasActs} makes
 * one, out of the entry that says so.
 */
public final class Commitment {

  private final BiasPlan plan;
  private final BiasSets sets;
  private final DigestTuple tuple;
  private final ThresholdsCommitted committed;
  private final long entry;
  private final String at;

  Commitment(
      BiasPlan plan,
      BiasSets sets,
      DigestTuple tuple,
      ThresholdsCommitted committed,
      long entry,
      String at) {
    this.plan = plan;
    this.sets = sets;
    this.tuple = tuple;
    this.committed = committed;
    this.entry = entry;
    this.at = at;
  }

  /** What is to be tested. */
  public BiasPlan plan() {
    return plan;
  }

  /** With what. */
  public BiasSets sets() {
    return sets;
  }

  /** Which model, exactly. */
  public DigestTuple tuple() {
    return tuple;
  }

  /** Who has committed to it. */
  public String by() {
    return committed.by();
  }

  /** Index of the entry. */
  public long entry() {
    return entry;
  }

  /** When that was, as the ledger stamps it. */
  public String at() {
    return at;
  }
}
