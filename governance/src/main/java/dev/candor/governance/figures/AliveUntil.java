package dev.candor.governance.figures;

/** What figures call what was granted for a while. */
final class AliveUntil {

  static final String ALIVE = "alive";
  static final String EXPIRED = "expired";

  private AliveUntil() {}
}
