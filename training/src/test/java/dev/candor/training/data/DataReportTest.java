package dev.candor.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataReportTest {

  @TempDir Path folder;

  @Test
  void countsWhatIsThere() {
    RowsForTests made = new RowsForTests(1);
    List<Preparation.RawRow> rows = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      rows.add(
          new Preparation.RawRow(
              i,
              made.text(i) + (i == 9 ? " ada@example.org" : ""),
              i % 4 == 0 ? "rare" : "frequent",
              Optional.of("f" + i / 10),
              i % 5 == 0 ? Optional.empty() : Optional.of("s" + i),
              Optional.of(i <= 49 ? DataSplit.TRAIN : DataSplit.TEST),
              i > 90 ? Map.of() : Map.of("channel", "letter")));
    }
    Preparation.Plan plan =
        new Preparation.Plan(
            "set",
            "1",
            RowSchema.Task.CLASSIFICATION,
            List.of(),
            List.of(),
            new Provenance("a", "b", "c", "d", "e"),
            new SplitRule.ByFamily(1, 80, 10, 10),
            OverlapSettings.USUAL,
            false);
    DataSet set =
        new Preparation(plan, DataProgress.SILENT).prepare(rows, folder.resolve("set")).set();
    DataReport report = DataReport.of(set, OverlapSettings.USUAL, DataProgress.SILENT);
    assertThat(report.splits()).isEqualTo(Map.of("train", 49, "validation", 0, "test", 51));
    assertThat(report.families()).isEqualTo(Map.of("train", 5, "validation", 0, "test", 6));
    assertThat(report.labels())
        .isEqualTo(
            Map.of(
                "frequent", Map.of("train", 37, "test", 38),
                "rare", Map.of("train", 12, "test", 13)));
    assertThat(report.labels().keySet()).containsExactly("frequent", "rare");
    // −(0.75 log2 0.75 + 0.25 log2 0.25)
    assertThat(report.balance()).isCloseTo(0.8112781244591328, Offset.offset(1e-12));
    assertThat(report.words().least()).isEqualTo(1);
    assertThat(report.words().median()).isEqualTo(50);
    assertThat(report.words().most()).isEqualTo(100);
    assertThat(report.words().mean()).isEqualTo(50.51);
    assertThat(report.missing()).isEqualTo(Map.of("subject", 20, "channel", 10));
    assertThat(report.personalData()).isEqualTo(new PersonalData(1, 0, 0, 1));
    assertThat(report.isClean()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "write to ada.lovelace+x@mail.example.co.uk, please | 1 | 0 | 0",
        "ada@localhost and @handle and a @ b.c | 0 | 0 | 0",
        "call +49 30 901820 or (030) 901820-11 | 0 | 2 | 0",
        "call 0041 44 668 18 00 | 0 | 1 | 0",
        "order 4711, 12.11.2026, 2026-11-30, 192.168.100.200, 1.234.567 | 0 | 0 | 0",
        "IBAN DE89 3704 0044 0532 0130 00 | 0 | 0 | 1",
        "IBAN GB82WEST12345698765432. | 0 | 0 | 1",
        "IBAN DE88 3704 0044 0532 0130 00 | 0 | 0 | 0",
        "part XY12 ABCD EFGH 1234 | 0 | 0 | 0"
      })
  void suspicionsOfPersonalData(String text, int emails, int phones, int accounts) {
    PersonalData found = PersonalData.of(text);
    assertThat(found)
        .isEqualTo(
            new PersonalData(emails, phones, accounts, emails + phones + accounts > 0 ? 1 : 0));
  }
}
