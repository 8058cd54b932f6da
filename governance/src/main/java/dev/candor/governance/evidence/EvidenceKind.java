package dev.candor.governance.evidence;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a document of evidence is about. */
public enum EvidenceKind {
  /** Who vouches for the bytes: OpenSSF Model Signing. */
  SIGNATURE(
      "signature of the model's files",
      "candor verify-signature MODEL --signature FILE --key FILE --record"),
  /** What the model is for, how it was measured, what it cannot do. */
  CARD("model card", "candor card MODEL --answers FILE --record"),
  /** Where the data come from that it learnt from. */
  DATASHEET("datasheet of its data", "candor datasheet PATH --model MODEL --record"),
  /** What it consists of: CycloneDX. */
  BOM("bill of materials", "candor bom MODEL --record"),
  /** How it treats groups of people. */
  BIAS("test for bias", "candor bias run MODEL --plan FILE"),
  /** Whether its probabilities mean what they say. */
  CALIBRATION("calibration", "candor calibrate MODEL --set FILE --labels A,B"),
  /** What its gates found on a sealed set, before it came into the store. */
  GATES("result of its gates", "candor train promote MODEL --evidence DIR --gates FILE --record"),
  /** How it does on the class of machine that it is to run on. */
  HARDWARE(
      "test on the machine it is to run on",
      "candor evidence add MODEL hardware FILE --verdict pass"),
  /** What was found about who made it, of a model from outside. */
  VENDOR_ASSESSMENT(
      "assessment of its vendor",
      "candor evidence add MODEL vendor-assessment FILE --verdict pass"),
  /** That somebody who may has approved it. The ledger says so, and no document can. */
  APPROVAL("approval", "candor approve MODEL");

  private final String words;
  private final String command;

  EvidenceKind(String words, String command) {
    this.words = words;
    this.command = command;
  }

  /** As entries and commands write it, such as {@code vendor-assessment}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For people: completes "there is no …". */
  public String words() {
    return words;
  }

  /** The command that would supply it, with {@code MODEL} for the model. */
  public String command() {
    return command;
  }

  /**
   * The kind of this key.
   *
   * @throws GovernanceException {@code governance.evidence-kind}
   */
  public static EvidenceKind of(String key) {
    return Arrays.stream(values())
        .filter(kind -> kind.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "evidence-kind",
                "there is no evidence '" + PlainText.shown(key) + "'",
                "Kinds are "
                    + Arrays.stream(values())
                        .map(EvidenceKind::key)
                        .collect(Collectors.joining(", "))
                    + "."));
  }
}
