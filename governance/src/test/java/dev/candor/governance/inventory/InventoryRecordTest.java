package dev.candor.governance.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.ledger.entries.Entry;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryRecordTest {

  static Map<InventoryField, String> all() {
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    fields.put(InventoryField.ID, "triage-desk");
    fields.put(InventoryField.NAME, "Triage desk: sorts \"messages\" of customers, C:\\new");
    fields.put(InventoryField.RATING, "medium");
    fields.put(InventoryField.OWNER, "olga");
    fields.put(InventoryField.DEVELOPER, "dora\nExample Labs");
    fields.put(InventoryField.ORIGIN, "vendor");
    fields.put(InventoryField.VERSION, "1.10");
    fields.put(InventoryField.DEPLOYED, "2027-01-31");
    fields.put(InventoryField.REVIEWER, "rita");
    fields.put(InventoryField.APPROVER, "anton");
    fields.put(InventoryField.DEPENDENCIES, "candor 0.1.0\nJDK 25");
    fields.put(InventoryField.DATA_SOURCES, "messages of 2026: 12,000, #anonymous\nlessons");
    fields.put(InventoryField.APPROVED_USES, "triage\nrouting");
    fields.put(InventoryField.LIMITATIONS, "English only — no advice");
    fields.put(InventoryField.REVIEWED, "2026-12-01");
    fields.put(InventoryField.MONITORING, "monthly; no exceptions");
    fields.put(InventoryField.NEXT_REVIEW, "none");
    return fields;
  }

  static ModelBuild build(String template) {
    return new ModelBuild(
        "a".repeat(64),
        "b".repeat(64),
        "F32+Q8_0",
        "c".repeat(64),
        template,
        "i8-blocks32",
        "phi4flash",
        "3200000",
        "candor 0.1.0");
  }

  @Test
  void seventeenFieldsComeBackFromAFileAndFromAnEntry() {
    assertThat(all()).hasSize(17).hasSize(InventoryField.values().length);
    InventoryRecord record = new InventoryRecord(all(), Optional.of(build("d".repeat(64))));
    assertThat(InventoryFile.parse(InventoryFile.write(record))).isEqualTo(record);
    Entry entry = new ModelRecorded(record, "anna").entry();
    ModelRecorded back = ModelRecorded.of(Entry.parse(entry.bytes()));
    assertThat(back.record()).isEqualTo(record);
    assertThat(back.by()).isEqualTo("anna");
    InventoryRecord without = new InventoryRecord(all(), Optional.empty());
    assertThat(InventoryFile.parse(InventoryFile.write(without))).isEqualTo(without);
    assertThat(ModelRecorded.of(new ModelRecorded(without, "anna").entry()).record())
        .isEqualTo(without);
  }

  @Test
  void eachTextStaysWhatItIs() {
    for (String text :
        List.of(
            "1.10", "yes", "null", "~", "0x1f", "2027-01-31", "- a", "a: b", "'", "# no", "é")) {
      Map<InventoryField, String> fields = all();
      fields.put(InventoryField.VERSION, text);
      InventoryRecord record = new InventoryRecord(fields, Optional.empty());
      assertThat(InventoryFile.parse(InventoryFile.write(record))).isEqualTo(record);
    }
  }

  @Test
  void jsonIsAsGood() {
    InventoryRecord record =
        InventoryFile.parse(
            """
            {"id": "tiny", "name": "tiny", "rating": "negligible", "owner": ["olga"],
             "developer": "dora", "origin": "internal"}\
            """);
    assertThat(record.id()).isEqualTo("tiny");
    assertThat(record.fields()).hasSize(6);
  }

  @ParameterizedTest
  @EnumSource
  void aRecordWithoutOneOfThemIsRefusedByItsName(InventoryField field) {
    Map<InventoryField, String> fields = all();
    fields.remove(field);
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> new InventoryRecord(fields, Optional.empty()))
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance.inventory-field"))
        .withMessageContaining("has no " + field.key())
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
  }

  /** Six are enough where the risk is negligible, and where nobody knows it they are not. */
  @ParameterizedTest
  @EnumSource
  void theElevenAreForAllButNegligibleRisk(InventoryField field) {
    Map<InventoryField, String> fields = all();
    fields.put(InventoryField.RATING, "negligible");
    fields.remove(field);
    if (field.isOfEvery()) {
      assertThatExceptionOfType(GovernanceException.class)
          .isThrownBy(() -> new InventoryRecord(fields, Optional.empty()))
          .withMessageContaining("has no " + field.key());
    } else {
      assertThat(new InventoryRecord(fields, Optional.empty()).text(field)).isEqualTo("UNKNOWN");
      fields.put(InventoryField.RATING, "UNKNOWN");
      assertThatExceptionOfType(GovernanceException.class)
          .isThrownBy(() -> new InventoryRecord(fields, Optional.empty()))
          .withMessageContaining("has no " + field.key());
    }
  }

  @Test
  void sixAreOfEveryModelAndElevenOfTheOthers() {
    assertThat(List.of(InventoryField.values()).stream().filter(InventoryField::isOfEvery))
        .hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ID", "NAME", "OWNER", "DEVELOPER", "ORIGIN"})
  void whoAnswersAndWhoMadeItIsKnown(String name) {
    InventoryField field = InventoryField.valueOf(name);
    Map<InventoryField, String> fields = all();
    fields.put(field, "UNKNOWN");
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> new InventoryRecord(fields, Optional.empty()))
        .withMessageContaining(field.key());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id: a\nid: b",
        "owners: olga",
        "id: &x a\nname: *x",
        "id:",
        "id: [a]",
        "rating: huge",
        "deployed: yesterday",
        "- id",
        "id: a\n---\nid: b",
        "build: {model: abc}",
        "{"
      })
  void whatIsNoRecordIsRefused(String yaml) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> InventoryFile.parse(yaml.getBytes(StandardCharsets.UTF_8)))
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
  }

  @Test
  void aTemplateSaysUnknownWhereNothingIsKnown() {
    String template =
        InventoryFile.template(
            Map.of(InventoryField.ID, "mini"), Optional.of(build(DigestTuple.NO_TEMPLATE)));
    assertThat(template).contains("\nowner: UNKNOWN\n").contains("\nid: mini\n");
    assertThat(template.lines().filter(line -> line.matches("[a-z-]+: .*"))).hasSize(17);
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> InventoryFile.parse(template))
        .withMessageContaining("name is 'UNKNOWN'");
  }

  @Test
  void howWeightsLieChangesNothing() {
    ModelBuild one = build("d".repeat(64));
    ModelBuild packed =
        new ModelBuild(
            one.model(),
            "e".repeat(64),
            one.quantisation(),
            one.tokenizer(),
            one.template(),
            one.profile(),
            one.architecture(),
            one.parameters(),
            one.runtime());
    assertThat(packed.changes(one)).isEmpty();
    assertThat(build("e".repeat(64)).changes(one)).containsExactly("template");
  }
}
