package dev.candor.governance.register;

/** What the index holds is not what was put there; it is made anew then. */
final class IndexDamage extends RuntimeException {

  private static final long serialVersionUID = 1;

  IndexDamage(String what) {
    super(what);
  }
}
