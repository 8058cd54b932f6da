package dev.candor.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted duplicates and leaks are found, and nothing else is. */
class RowComparisonTest {

  private final RowsForTests made = new RowsForTests(7);

  private List<Leak> leaks(List<DataRow> rows) {
    return RowComparison.of(rows, OverlapSettings.USUAL, DataProgress.SILENT).leaks();
  }

  /** 400 unlike rows with one planted pair, found as such. */
  private Leak only(String training, String held, DataSplit split) {
    List<DataRow> rows = made.rows(200, DataSplit.TRAIN, 1);
    rows.add(RowsForTests.row(900, training, DataSplit.TRAIN));
    rows.addAll(made.rows(100, DataSplit.VALIDATION, 201));
    rows.add(RowsForTests.row(901, held, split));
    rows.addAll(made.rows(100, DataSplit.TEST, 301));
    List<Leak> leaks = leaks(rows);
    assertThat(leaks).hasSize(1);
    assertThat(leaks.getFirst().row()).isEqualTo(900);
    assertThat(leaks.getFirst().otherRow()).isEqualTo(901);
    assertThat(leaks.getFirst().otherSplit()).isEqualTo(split);
    return leaks.getFirst();
  }

  @Test
  void unlikeRowsDoNotLeak() {
    List<DataRow> rows = made.rows(500, DataSplit.TRAIN, 1);
    rows.addAll(made.rows(500, DataSplit.TEST, 501));
    RowComparison comparison = RowComparison.of(rows, OverlapSettings.USUAL, DataProgress.SILENT);
    assertThat(comparison.leaks()).isEmpty();
    assertThat(comparison.duplicates()).isEmpty();
    assertThat(comparison.skippedComparisons()).isZero();
  }

  @Test
  void theSameTextLeaks() {
    String text = made.text(20);
    assertThat(only(text, text, DataSplit.TEST).kind()).isEqualTo("exact");
    String shortText = made.text(2);
    assertThat(only(shortText, shortText, DataSplit.VALIDATION).kind()).isEqualTo("exact");
  }

  @Test
  void anotherCaseWidthOrSpaceIsTheSameText() {
    String text = "Straße ﬁnd the parcel " + made.text(4);
    String other = text.toUpperCase(Locale.ROOT).replace(" ", " \t\u00a0");
    assertThat(only(text, other, DataSplit.TEST).kind()).isEqualTo("exact");
    assertThat(only("ｐａｒｃｅｌ １２", "Parcel 12", DataSplit.TEST).kind()).isEqualTo("exact");
  }

  @Test
  void otherPunctuationIsNearlyTheSame() {
    List<String> words = made.words(12);
    Leak leak =
        only(
            String.join(", ", words) + "!", "(" + String.join(" ", words) + ")...", DataSplit.TEST);
    assertThat(leak.kind()).isEqualTo("near");
    assertThat(leak.similarity()).isEqualTo(1);
  }

  @Test
  void nineTenthsOfTheShinglesAreNearlyTheSame() {
    List<String> words = made.words(60);
    List<String> other = new ArrayList<>(words);
    other.set(30, "different");
    Leak leak = only(String.join(" ", words), String.join(" ", other), DataSplit.TEST);
    assertThat(leak.kind()).isEqualTo("near");
    // 58 shingles each, 3 of them changed.
    assertThat(leak.similarity()).isEqualTo(55 / 61.0);
  }

  @Test
  void aTestTextInsideALongTrainingTextIsContained() {
    List<String> inner = made.words(20);
    String outer = made.text(80) + " " + String.join(" ", inner) + " " + made.text(80);
    Leak leak = only(outer, String.join(" ", inner), DataSplit.TEST);
    assertThat(leak.kind()).isEqualTo("contained");
    assertThat(leak.similarity()).isEqualTo(1);
    // Ten words are one run; seven say too little.
    String ten = String.join(" ", inner.subList(0, 10));
    assertThat(only(outer, ten, DataSplit.TEST).kind()).isEqualTo("contained");
    List<DataRow> rows =
        List.of(
            RowsForTests.row(1, outer, DataSplit.TRAIN),
            RowsForTests.row(2, String.join(" ", inner.subList(0, 7)), DataSplit.TEST));
    assertThat(leaks(rows)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"10,true", "11,false"})
  void whatManyTrainingTextsSayIsACommonPhrase(int times, boolean leaks) {
    String phrase = made.text(13);
    List<DataRow> rows = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      rows.add(RowsForTests.row(i, made.text(60) + " " + phrase, DataSplit.TRAIN));
    }
    rows.add(RowsForTests.row(99, phrase + " " + made.text(60), DataSplit.TEST));
    assertThat(leaks(rows)).hasSize(leaks ? times : 0);
  }

  @Test
  void everyHeldTwinLeaksWhereverTheFirstOfThemIs() {
    String text = made.text(20);
    String near = text + " again";
    List<DataRow> rows =
        List.of(
            RowsForTests.row(1, text, DataSplit.TEST),
            RowsForTests.row(2, text, DataSplit.TRAIN),
            RowsForTests.row(3, text, DataSplit.TEST),
            RowsForTests.row(4, near, DataSplit.VALIDATION),
            RowsForTests.row(5, near, DataSplit.TEST));
    assertThat(leaks(rows).stream().map(leak -> leak.otherRow() + " " + leak.split().key()))
        .containsExactlyInAnyOrder(
            "1 train",
            "1 validation",
            "3 train",
            "3 validation",
            "4 train",
            "5 train",
            "5 validation");
  }

  @Test
  void arithmeticDiffersByItsSigns() {
    List<DataRow> rows =
        List.of(
            RowsForTests.row(1, "What is 17 + 25?", DataSplit.TRAIN),
            RowsForTests.row(2, "What is 17 - 25?", DataSplit.TEST),
            RowsForTests.row(3, "What is 17 * 25?", DataSplit.TEST),
            RowsForTests.row(4, "what is 17 + 25", DataSplit.TEST));
    assertThat(leaks(rows)).extracting(Leak::otherRow).containsExactly(4);
  }

  /** Against all pairs, one by one: of random similarities, all those above 0.8 are found. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void findsThePairsThatACompleteComparisonFinds(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> base = new RowsForTests(seed).words(60);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      List<String> words = new ArrayList<>(base);
      Collections.rotate(words, 3 * random.nextInt(12));
      int changes = random.nextInt(4);
      for (int k = 0; k < changes; k++) {
        words.set(random.nextInt(60), "x" + i + "y" + k);
      }
      texts.add(String.join(" ", words));
    }
    List<String> expected = new ArrayList<>();
    for (int b = 0; b < texts.size(); b++) {
      for (int a = 0; a < b; a++) {
        double similarity = jaccard(texts.get(a), texts.get(b));
        if (similarity >= 0.8 && similarity < 1) {
          expected.add(a + "-" + b);
        }
      }
    }
    List<String> found =
        new Duplicates(OverlapSettings.USUAL)
            .find(texts, DataProgress.SILENT).pairs().stream()
                .filter(pair -> pair.similarity() < 1)
                .map(pair -> pair.first() + "-" + pair.second())
                .toList();
    assertThat(expected).as("seed %d", seed).hasSizeGreaterThan(50);
    assertThat(found).isSubsetOf(expected);
    // Of texts that are equal only the first is compared.
    List<String> firsts =
        expected.stream()
            .filter(pair -> {
              String[] ends = pair.split("-");
              return texts.indexOf(texts.get(Integer.parseInt(ends[0])))
                      == Integer.parseInt(ends[0])
                  && texts.indexOf(texts.get(Integer.parseInt(ends[1])))
                      == Integer.parseInt(ends[1]);
            })
            .toList();
    assertThat(found).as("seed %d", seed).containsAll(firsts);
  }

  private static double jaccard(String a, String b) {
    List<String> left = shingles(a);
    List<String> right = shingles(b);
    long common = left.stream().filter(right::contains).count();
    return common / (double) (left.size() + right.size() - common);
  }

  private static List<String> shingles(String text) {
    String[] words = text.split(" ");
    List<String> shingles = new ArrayList<>();
    for (int i = 0; i + 3 <= words.length; i++) {
      shingles.add(words[i] + " " + words[i + 1] + " " + words[i + 2]);
    }
    return shingles.stream().distinct().toList();
  }

  @Test
  void twoSetsAreCompared() {
    List<DataRow> training = made.rows(50, DataSplit.TEST, 1);
    List<DataRow> held = made.rows(50, DataSplit.TRAIN, 1);
    held.set(17, RowsForTests.row(18, training.get(30).text(), DataSplit.TRAIN));
    assertThat(RowComparison.leaks(training, held, OverlapSettings.USUAL, DataProgress.SILENT))
        .containsExactly(new Leak("exact", 31, DataSplit.TRAIN, 18, DataSplit.TEST, 1));
  }

  @Test
  void moreAlikeRowsThanAreComparedAreCounted() {
    List<String> base = made.words(40);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < Duplicates.MOST_NEIGHBOURS + 200; i++) {
      texts.add(String.join(" ", base) + " end" + i);
    }
    assertThat(new Duplicates(OverlapSettings.USUAL).find(texts, DataProgress.SILENT).skipped())
        .isPositive();
  }
}
