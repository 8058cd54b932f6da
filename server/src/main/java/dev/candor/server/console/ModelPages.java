package dev.candor.server.console;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.InventorySheet;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.governance.loading.EvidenceCheck;
import dev.candor.governance.loading.EvidenceItem;
import dev.candor.governance.loading.EvidenceStatus;
import dev.candor.server.HttpProblem;
import dev.candor.server.models.ModelPool;
import dev.candor.server.models.ModelSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The models of the device: what is on record of them, and what speaks for them. */
public final class ModelPages {

  /** A card is shown on the page up to here; the rest is in its document. */
  private static final int MOST_CARD = 64 << 10;

  private final ConsoleParts parts;
  private final Governance governance;
  private final Inventory inventory;
  private final ModelActs acts;

  ModelPages(ConsoleParts parts) {
    this.parts = parts;
    this.governance = parts.governance();
    this.inventory = new Inventory(parts.governance());
    this.acts = new ModelActs(parts);
  }

  /**
   * A model in the list.
   *
   * @param state in its life, or that it is not in the inventory
   * @param evidence what is missing, in a word or two
   * @param served whether the server offers it, and whether it is in memory
   */
  public record Row(
      String name, String state, String rating, String evidence, String served, String bytes) {}

  /** A kind of evidence. */
  public record Item(
      String kind,
      boolean required,
      String state,
      boolean enough,
      String entry,
      Optional<String> document,
      String until,
      String why) {}

  /** A step of a life, with whether the model is there. */
  public record Step(String name, boolean here) {}

  /** An act about a model. */
  public record Act(long entry, String what, String by, String at, String detail) {}

  /**
   * What a page shows of one.
   *
   * @param recorded whether it is in the inventory
   * @param tupleDigest of what evidence is bound to now; empty where the record does not say
   * @param missing what stands in the way of its use, each with the command that would help
   */
  public record View(
      String name,
      boolean recorded,
      String state,
      String rating,
      List<Step> steps,
      Map<String, String> record,
      Map<String, String> tuple,
      String tupleDigest,
      List<Item> items,
      Map<String, String> missing,
      List<Act> acts,
      Optional<String> card,
      Optional<String> cardDocument,
      Map<String, String> served) {}

  /** What people do about one. */
  ModelActs acts() {
    return acts;
  }

  void list(Visit visit) {
    visit.require(Action.VERIFY);
    governance.ledger().refresh();
    Set<String> names = new LinkedHashSet<>();
    parts.models().offers().forEach(offer -> names.add(offer.name()));
    names.addAll(inventory.ids());
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("rows", names.stream().map(this::row).toList());
    values.put("mode", governance.gate().mode().key());
    visit.show("models", "Models", Section.MODELS.path(), values);
  }

  private Row row(String name) {
    ModelStanding standing = inventory.standing(name);
    boolean recorded = standing.record().isPresent();
    Optional<EvidenceStatus> status = recorded ? status(standing) : Optional.empty();
    return new Row(
        name,
        recorded ? standing.state().key() : "not in the inventory",
        standing.rating().map(RiskRating::key).orElse("unknown"),
        status.map(it -> evidence(it, name)).orElse("unknown"),
        served(name),
        offer(name).map(it -> Shown.bytes(it.bytes())).orElse(""));
  }

  private static String evidence(EvidenceStatus status, String name) {
    int missing = status.obstacles(name).size();
    return missing == 0 ? "complete" : missing + " missing";
  }

  private Optional<ModelSource.Offer> offer(String name) {
    return parts.models().offers().stream().filter(it -> it.name().equals(name)).findFirst();
  }

  private Optional<ModelPool.Resident> resident(String name) {
    return parts.models().residents().stream().filter(it -> it.name().equals(name)).findFirst();
  }

  private String served(String name) {
    if (resident(name).isPresent()) {
      return "in memory";
    }
    return offer(name).isPresent() ? "offered" : "not served";
  }

  /** Empty where the record does not say what is in the model's files. */
  private Optional<EvidenceStatus> status(ModelStanding standing) {
    if (standing.record().flatMap(it -> it.what().record().build()).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new EvidenceCheck(governance)
            .status(
                new InventoryActs(governance).tuple(standing.id()),
                Optional.of(standing.id()),
                governance.now()));
  }

  void show(Visit visit) {
    visit.require(Action.VERIFY);
    governance.ledger().refresh();
    String name = visit.part("id");
    ModelStanding standing = inventory.standing(name);
    if (standing.record().isEmpty() && offer(name).isEmpty()) {
      throw HttpProblem.of(
          404, "model_unknown", "No model of this name is in the inventory, and none is served.");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("model", view(name, standing));
    values.put("forms", acts.forms(visit, standing.record().isPresent()));
    values.put("mode", governance.gate().mode().key());
    visit.show("model", name, Section.MODELS.path(), values);
  }

  private View view(String name, ModelStanding standing) {
    boolean recorded = standing.record().isPresent();
    Optional<EvidenceStatus> status = recorded ? status(standing) : Optional.empty();
    Map<String, String> record = new LinkedHashMap<>();
    if (recorded) {
      // What acts have said since stands in the place of what the record says.
      InventorySheet.of(standing)
          .forEach(line -> record.put(line.field().key(), HtmlText.harmless(line.text())));
    }
    Map<String, String> missing = new LinkedHashMap<>();
    if (!recorded) {
      missing.put(
          "it is not in the inventory",
          "candor inventory init " + name + ", then candor inventory add FILE");
    }
    status.ifPresent(
        it -> it.obstacles(name).forEach(each -> missing.put(each.what(), each.command())));
    Optional<EvidenceItem> card =
        status.stream()
            .flatMap(it -> it.items().stream())
            .filter(item -> item.kind() == EvidenceKind.CARD)
            .findFirst();
    return new View(
        name,
        recorded,
        recorded ? standing.state().key() : "not in the inventory",
        standing.rating().map(RiskRating::key).orElse("unknown"),
        recorded ? steps(standing.state()) : List.of(),
        record,
        status.map(it -> it.tuple().parts()).orElse(Map.of()),
        status.map(it -> it.tuple().digest()).orElse(""),
        status.map(it -> it.items().stream().map(ModelPages::item).toList()).orElse(List.of()),
        missing,
        acts(standing),
        card.flatMap(EvidenceItem::document)
            .flatMap(governance.evidence()::find)
            .map(ModelPages::cardText),
        card.flatMap(EvidenceItem::document),
        servedFacts(name));
  }

  private static List<Step> steps(LifecycleState state) {
    return Arrays.stream(LifecycleState.values())
        .map(each -> new Step(each.key(), each == state))
        .toList();
  }

  private static Item item(EvidenceItem item) {
    return new Item(
        item.kind().key(),
        item.required(),
        item.state().key(),
        item.state().isEnough(),
        item.entry().isPresent() ? Long.toString(item.entry().getAsLong()) : "",
        item.document(),
        item.until().map(Shown::time).orElse(""),
        item.why());
  }

  private static String cardText(byte[] document) {
    String text =
        new String(document, 0, Math.min(document.length, MOST_CARD), StandardCharsets.UTF_8);
    return HtmlText.harmless(text) + (document.length > MOST_CARD ? "\n…" : "");
  }

  private Map<String, String> servedFacts(String name) {
    Map<String, String> facts = new LinkedHashMap<>();
    offer(name)
        .ifPresent(offer -> {
          facts.put("Weights", Shown.bytes(offer.bytes()));
          if (!offer.digest().isEmpty()) {
            facts.put("SHA-256", offer.digest());
          }
        });
    facts.put("Now", served(name));
    resident(name).ifPresent(it -> facts.put("Requests that use it", Integer.toString(it.users())));
    return facts;
  }

  /** What people did about it, the newest first. */
  private List<Act> acts(ModelStanding standing) {
    List<Act> acts = new ArrayList<>();
    standing
        .rated()
        .ifPresent(it ->
            acts.add(
                new Act(
                    it.index(),
                    "rated " + it.what().rating().rating().key(),
                    it.what().by(),
                    Shown.time(it.at()),
                    it.what().rating().points() + " of " + it.what().rating().most() + " points")));
    standing
        .lastReview()
        .ifPresent(it ->
            acts.add(
                new Act(
                    it.index(),
                    it.what().accepted() ? "review accepted" : "review turned down",
                    it.what().by(),
                    Shown.time(it.at()),
                    HtmlText.harmless(it.what().summary()))));
    standing
        .lastApproval()
        .ifPresent(it ->
            acts.add(
                new Act(
                    it.index(),
                    "approved as " + it.what().role().key(),
                    it.what().by(),
                    Shown.time(it.at()),
                    it.what().until().map(until -> "until " + Shown.time(until)).orElse("")
                        + it.what()
                            .conditions()
                            .map(text -> "; conditions: " + HtmlText.harmless(text))
                            .orElse("")
                        + limits(it.what().limits().purposes()))));
    standing
        .lastDeployment()
        .ifPresent(it ->
            acts.add(
                new Act(
                    it.index(),
                    "deployed",
                    it.what().by(),
                    Shown.time(it.at()),
                    HtmlText.harmless(it.what().reason()))));
    standing
        .exemption()
        .ifPresent(it ->
            acts.add(
                new Act(
                    it.index(),
                    "exempted",
                    it.what().by(),
                    Shown.time(it.at()),
                    "until " + Shown.time(it.what().until()))));
    acts.sort((one, other) -> Long.compare(other.entry(), one.entry()));
    return acts;
  }

  private static String limits(List<String> purposes) {
    return purposes.isEmpty()
        ? ""
        : purposes.stream().collect(Collectors.joining(", ", "; for ", " alone"));
  }

  /** A document of evidence, as bytes that no browser runs. */
  void document(Visit visit) {
    visit.require(Action.VERIFY);
    byte[] document =
        governance
            .evidence()
            .find(visit.part("digest"))
            .orElseThrow(() ->
                HttpProblem.of(
                    404,
                    "document_unknown",
                    "The document is gone from the shelf, or was altered there."));
    Pages.guard(visit.response());
    visit
        .response()
        .header("Content-Type", "text/plain; charset=utf-8")
        .header("Cache-Control", "no-store")
        .send(document);
  }
}
