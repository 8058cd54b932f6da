package dev.candor.governance.explanation;

import java.util.Arrays;
import java.util.Locale;

/** What became of an explanation. */
public enum Status {
  /** Its reasons describe the model better than 95 % of random ones do. */
  FAITHFUL,
  /** Chance does as well: no reasons are given. */
  NOT_FAITHFUL,
  /** It could not be tested: no reasons are given, but why not. */
  WITHHELD,
  /** Of free text: where its words come from and how sure the model was, which is no reason. */
  GROUNDING;

  /** As entries and records write it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The status of this key. */
  static Status of(String key) {
    return Arrays.stream(values())
        .filter(status -> status.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no status " + key));
  }
}
