package dev.candor.governance.loading;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Arrays;
import java.util.Locale;

/** What the loader does where evidence is missing. */
public enum LoaderMode {
  /** It asks for none. */
  OFF,
  /** It says what is missing, and goes on. */
  WARN,
  /** It refuses. */
  ENFORCE;

  /** As it is written. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The mode of this key.
   *
   * @throws GovernanceException {@code governance.loader-mode}
   */
  public static LoaderMode of(String key) {
    return Arrays.stream(values())
        .filter(mode -> mode.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "loader-mode",
                "there is no mode '" + PlainText.shown(key) + "'",
                "Modes are off, warn and enforce."));
  }
}
