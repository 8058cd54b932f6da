package dev.candor.governance.figures;

import dev.candor.ledger.entries.Entry;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The inventory as the entries about it tell it, one model after the other. */
final class KnownModels {

  /** In the place of what nobody has said. */
  static final String UNKNOWN = "UNKNOWN";

  static final String RECORDED = "model-recorded";
  static final String RATED = "model-rated";
  static final String REVIEWED = "model-reviewed";
  static final String MOVED = "model-moved";

  private static final String DESIGN = "design";
  private static final String APPROVAL = "approval";

  private final Map<String, Known> models = new TreeMap<>();

  /** One model. */
  static final class Known {

    private final Entry recorded;
    private Optional<String> rating = Optional.empty();
    private String state = DESIGN;
    private Optional<String> reviewed = Optional.empty();

    Known(Entry recorded) {
      this.recorded = recorded;
    }

    private Known(Entry recorded, Known before) {
      this.recorded = recorded;
      this.rating = before.rating;
      this.state = before.state;
      this.reviewed = before.reviewed;
    }

    /** What its record says; {@value KnownModels#UNKNOWN} if nothing. */
    String field(String name) {
      return recorded.value(name).orElse(UNKNOWN).replace("\n", "; ");
    }

    /** All that its record says. */
    Map<String, String> values() {
      return recorded.values();
    }

    String id() {
      return recorded.required("model-id");
    }

    /** The last that was given; until one is, what the record says. */
    String rating() {
      return rating.orElse(field("rating"));
    }

    /** Where it is in its life. */
    String state() {
      return state;
    }

    /** The instant of the last review that accepted it. */
    Optional<String> reviewed() {
      return reviewed;
    }
  }

  /** Takes in an entry about a model; says nothing of one that is not recorded. */
  boolean take(Entry entry) {
    Optional<String> id = entry.value("model-id");
    if (id.isEmpty()) {
      return false;
    }
    if (entry.kind().equals(RECORDED)) {
      Known before = models.get(id.get());
      models.put(id.get(), before == null ? new Known(entry) : new Known(entry, before));
      return true;
    }
    Known known = models.get(id.get());
    if (known == null) {
      return false;
    }
    switch (entry.kind()) {
      case RATED -> known.rating = entry.value("rating");
      case MOVED -> known.state = entry.required("to");
      case REVIEWED -> {
        boolean accepted = entry.required("outcome").equals("accepted");
        known.state = accepted ? APPROVAL : DESIGN;
        if (accepted) {
          known.reviewed = entry.value("at");
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** All, by their ids. */
  Collection<Known> all() {
    return models.values();
  }
}
