package dev.candor.server.console;

import dev.candor.engine.json.Json;
import dev.candor.server.JsonText;
import dev.candor.server.admin.LiveFigures;
import dev.candor.server.models.ModelPool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the server does now. */
public final class OverviewPages {

  private final ConsoleParts parts;

  OverviewPages(ConsoleParts parts) {
    this.parts = parts;
  }

  /**
   * A figure.
   *
   * @param title what it is
   * @param value as it is now, with its unit
   * @param definition what was measured, and how
   */
  public record Tile(String title, String value, String definition) {}

  /** A model in memory. */
  public record Resident(String name, String bytes, String users) {}

  void show(Visit visit) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("tiles", tiles());
    values.put("residents", residents());
    visit.show("overview", "Overview", Section.OVERVIEW.path(), values);
  }

  void showFigures(Visit visit) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("tiles", tiles());
    visit.showPart("tiles", values);
  }

  private List<Tile> tiles() {
    LiveFigures.Sample now = parts.live().now();
    LiveFigures.Totals totals = parts.live().totals();
    return List.of(
        new Tile(
            "Throughput",
            Shown.rate(now.tokensPerSecond()) + " tokens/s",
            "Tokens of all answers and thoughts together that were generated in the last two"
                + " seconds. Tokens that are read do not count."),
        new Tile(
            "First token, median",
            Shown.millis(now.firstTokenMedianMillis()),
            "From the arrival of a request to its first token, waiting included; of the decisions"
                + " that ended within the last minute."),
        new Tile(
            "First token, p99",
            Shown.millis(now.firstTokenP99Millis()),
            "The same; 99 of 100 were at least as fast (nearest rank)."),
        new Tile("Computing", Integer.toString(now.computing()), "Decisions that are computed."),
        new Tile(
            "Waiting",
            Integer.toString(now.waiting()),
            "Requests that wait for a place. When too many wait, more are answered 429."),
        new Tile(
            "Memory",
            Shown.bytes(now.residentBytes()),
            "Resident memory of the process as the system counts it: mapped weights, states of"
                + " sequences and heap."),
        new Tile(
            "Heap",
            Shown.bytes(now.heapBytes()),
            "Of that, what Java objects take, garbage included."),
        new Tile(
            "Decisions",
            Shown.count(totals.answered()),
            "Made since the server started; "
                + Shown.count(totals.failed())
                + " more ended with a refusal or an error."));
  }

  private List<Resident> residents() {
    List<Resident> residents = new ArrayList<>();
    for (ModelPool.Resident each : parts.models().residents()) {
      residents.add(
          new Resident(each.name(), Shown.bytes(each.bytes()), Integer.toString(each.users())));
    }
    return residents;
  }

  void sendSamples(Visit visit) {
    List<LiveFigures.Sample> samples = parts.live().samples();
    Map<String, Object> columns = new LinkedHashMap<>();
    column(columns, "seconds", samples, LiveFigures.Sample::seconds);
    column(columns, "tokensPerSecond", samples, LiveFigures.Sample::tokensPerSecond);
    column(columns, "firstTokenMedianMillis", samples, it -> known(it.firstTokenMedianMillis()));
    column(columns, "firstTokenP99Millis", samples, it -> known(it.firstTokenP99Millis()));
    column(columns, "computing", samples, LiveFigures.Sample::computing);
    column(columns, "waiting", samples, LiveFigures.Sample::waiting);
    column(columns, "residentBytes", samples, LiveFigures.Sample::residentBytes);
    column(columns, "heapBytes", samples, LiveFigures.Sample::heapBytes);
    Pages.guard(visit.response());
    visit
        .response()
        .header("Content-Type", "application/json")
        .header("Cache-Control", "no-store")
        .send(JsonText.bytes(columns));
  }

  /** A gap in a curve where there is nothing to show. */
  private static Object known(double value) {
    return value < 0 ? Json.NULL : value;
  }

  private static void column(
      Map<String, Object> columns,
      String name,
      List<LiveFigures.Sample> samples,
      Function<LiveFigures.Sample, Object> value) {
    columns.put(name, samples.stream().map(value).toList());
  }
}
