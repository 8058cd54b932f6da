package dev.candor.governance.payloads;

/**
 * How much a store has written, for whoever asks what it costs.
 *
 * @param transactions each is one force of SQLite's log
 * @param payloads in them
 */
public record PayloadActivity(long transactions, long payloads) {

  static final PayloadActivity NONE = new PayloadActivity(0, 0);

  PayloadActivity plus(int writes) {
    return new PayloadActivity(transactions + 1, payloads + writes);
  }

  /** What was written after an earlier look. */
  public PayloadActivity since(PayloadActivity before) {
    return new PayloadActivity(transactions - before.transactions, payloads - before.payloads);
  }
}
