package dev.candor.governance.figures;

/** Which entries a query reads, by the instant that the ledger stamped on them. */
public enum EvidenceWindow {
  /** Those of the period: what happened in it. */
  PERIOD("in the period"),
  /** Those up to its end: how things stood then. */
  UNTIL_ITS_END("up to its end");

  private final String words;

  EvidenceWindow(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
