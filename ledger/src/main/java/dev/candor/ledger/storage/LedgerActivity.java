package dev.candor.ledger.storage;

/**
 * How much a ledger has written, for whoever asks what it costs.
 *
 * @param groups commits: each is one write and one force of an entries file
 * @param entries in them
 * @param bytes of them, frames included; not the tiles, which are derived and not forced
 */
public record LedgerActivity(long groups, long entries, long bytes) {

  static final LedgerActivity NONE = new LedgerActivity(0, 0, 0);

  LedgerActivity plus(int groupEntries, int groupBytes) {
    return new LedgerActivity(groups + 1, entries + groupEntries, bytes + groupBytes);
  }

  /** What was written after an earlier look. */
  public LedgerActivity since(LedgerActivity before) {
    return new LedgerActivity(
        groups - before.groups, entries - before.entries, bytes - before.bytes);
  }
}
