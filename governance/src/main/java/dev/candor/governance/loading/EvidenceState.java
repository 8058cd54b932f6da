package dev.candor.governance.loading;

import java.util.Locale;

/** What has become of a kind of evidence for one tuple. */
public enum EvidenceState {
  /** It speaks for the model, now and for just this. */
  ALIVE,
  /** It is not asked for, for a while; somebody answers for that. */
  WAIVED,
  /** There is none. */
  MISSING,
  /** There is some, of something else: a part of the tuple has changed. */
  VOID,
  /** It had an end. */
  EXPIRED,
  /** It speaks against the model. */
  FAILED,
  /** It says neither. */
  INSUFFICIENT_DATA,
  /** The entry is there, and the document is not what was recorded, or gone. */
  DOCUMENT_GONE,
  /** It is approved and was not put to use. */
  NOT_DEPLOYED;

  /** As it is written, such as {@code insufficient-data}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it lets a model be used. */
  public boolean isEnough() {
    return this == ALIVE || this == WAIVED;
  }
}
