package dev.candor.governance.controls;

import dev.candor.governance.figures.Figure;
import java.util.List;
import java.util.Locale;

/**
 * How it stands with the evidence for a control.
 *
 * @param control which
 * @param figures what its queries came to, in their order
 */
public record ControlEvidence(Control control, List<Figure> figures) {

  /** In one word. */
  public enum State {
    /** At least one of its figures rests on an entry. */
    EVIDENCE("evidence for it is in the log"),
    /** There are queries, and no entry that they could rest on. */
    NONE_YET("no evidence yet"),
    /** No query gives evidence for it. */
    NOT_BY_THIS_PRODUCT("not evidenced by this product");

    private final String words;

    State(String words) {
      this.words = words;
    }

    /** As programs read it. */
    public String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  public ControlEvidence {
    figures = List.copyOf(figures);
  }

  /**
   * That of a control.
   *
   * @param all figures, among them those of its queries
   */
  public static ControlEvidence of(Control control, List<Figure> all) {
    return new ControlEvidence(
        control,
        control.evidence().stream()
            .flatMap(name -> all.stream().filter(figure -> figure.query().equals(name)))
            .toList());
  }

  /** How it stands. */
  public State state() {
    if (control.evidence().isEmpty()) {
      return State.NOT_BY_THIS_PRODUCT;
    }
    return figures.stream().anyMatch(figure -> figure.entries().count() > 0)
        ? State.EVIDENCE
        : State.NONE_YET;
  }
}
