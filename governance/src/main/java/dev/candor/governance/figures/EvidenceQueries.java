package dev.candor.governance.figures;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.statistics.NearestWord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All queries that there are: controls point at them, and reports are made of them. */
public final class EvidenceQueries {

  private static final List<EvidenceQuery> ALL =
      Stream.of(
              DecisionQueries.all(),
              OversightQueries.all(),
              InventoryQueries.all(),
              EvidenceShelfQueries.all(),
              LoaderQueries.all(),
              LogQueries.all())
          .flatMap(List::stream)
          .toList();

  private EvidenceQueries() {}

  /** All, in the order in which pages list them. */
  public static List<EvidenceQuery> all() {
    return ALL;
  }

  /** The one of this name. */
  public static Optional<EvidenceQuery> find(String name) {
    return ALL.stream().filter(query -> query.name().equals(name)).findFirst();
  }

  /**
   * The one of this name.
   *
   * @throws GovernanceException {@code governance.query-unknown}
   */
  public static EvidenceQuery require(String name) {
    return find(name)
        .orElseThrow(() ->
            new GovernanceException(
                "query-unknown",
                "there is no query '" + PlainText.shown(name) + "'",
                "Did you mean '"
                    + NearestWord.to(name, ALL.stream().map(EvidenceQuery::name).toList())
                    + "'? docs/reference/controls.md lists them."));
  }

  /** The list as Markdown, as docs/reference/controls.md prints it. */
  public static String table() {
    StringBuilder table =
        new StringBuilder("| query | figure | reads | definition |\n|---|---|---|---|\n");
    for (EvidenceQuery query : ALL) {
      table
          .append("| `")
          .append(query.name())
          .append("` | ")
          .append(query.title())
          .append(", in ")
          .append(query.unit())
          .append(" | ")
          .append(query.window().words())
          .append(" | ")
          .append(query.definition())
          .append(" |\n");
    }
    return table.toString();
  }
}
