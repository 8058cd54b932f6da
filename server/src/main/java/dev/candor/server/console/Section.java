package dev.candor.server.console;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import java.util.Optional;

/** The sections of the console, in the order in which they are listed. */
enum Section {
  OVERVIEW("/console", "Overview", Optional.empty()),
  TRY("/console/try", "Try", Optional.of(Action.ASK)),
  DECISIONS("/console/decisions", "Decisions", Optional.empty()),
  MODELS("/console/models", "Models", Optional.of(Action.VERIFY)),
  FAIRNESS("/console/fairness", "Fairness", Optional.of(Action.VERIFY)),
  CONTROLS("/console/controls", "Controls", Optional.of(Action.VERIFY)),
  LEDGER("/console/ledger", "Ledger", Optional.of(Action.VERIFY)),
  KEYS("/console/keys", "Keys", Optional.empty());

  private final String path;
  private final String title;
  private final Optional<Action> needs;

  Section(String path, String title, Optional<Action> needs) {
    this.path = path;
    this.title = title;
    this.needs = needs;
  }

  String path() {
    return path;
  }

  String title() {
    return title;
  }

  /** Whether somebody sees anything there. */
  boolean isOpenTo(Principal principal) {
    return needs.isEmpty() || Authority.permits(principal, needs.get());
  }
}
