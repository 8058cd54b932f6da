/** The append-only log that others embed: the JDK and nothing else. */
module dev.candor.ledger {
  requires static org.jspecify;

  exports dev.candor.ledger;
  exports dev.candor.ledger.entries;
  exports dev.candor.ledger.keys;
  exports dev.candor.ledger.merkle;
  exports dev.candor.ledger.notes;
  exports dev.candor.ledger.storage;
  exports dev.candor.ledger.verification;
}
