package dev.candor.governance.fairness;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.DigestTuple;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The sets that a plan uses, by their names. */
public final class BiasSets {

  /** Most bytes of a file with a set. */
  public static final int MOST_BYTES = 64 << 20;

  /** Most texts that a test asks about. */
  public static final int MOST_CASES = 1_000_000;

  private final Map<String, BiasSet> sets;

  private BiasSets(Map<String, BiasSet> sets) {
    this.sets = sets;
  }

  /**
   * Reads those of a plan.
   *
   * @param folder where the plan's own files lie
   * @throws GovernanceException {@code governance.bias-set-too-large}, {@code
   *     governance.bias-set-malformed}; {@code governance.bias-set-form} if a test cannot use its
   *     set
   * @throws UncheckedIOException if there is no such file
   */
  public static BiasSets of(BiasPlan plan, Path folder) {
    Map<String, BiasSet> sets = new TreeMap<>();
    for (String name : plan.sets()) {
      sets.put(
          name,
          BiasTest.isFile(name)
              ? BiasSetReader.read(name, bytes(folder.resolve(name)))
              : BuiltInSets.set(name));
    }
    BiasSets all = new BiasSets(sets);
    plan.tests().forEach(all::requireFit);
    return all;
  }

  private static byte[] bytes(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new GovernanceException(
            "bias-set-too-large",
            file + " has " + Files.size(file) + " bytes, allowed are " + MOST_BYTES,
            "Divide it into several tests.");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireFit(BiasTest test) {
    BiasSet set = set(test.set());
    boolean fits =
        switch (test.kind()) {
          case PARITY ->
              test.names().isPresent()
                  ? set instanceof BiasSet.Templates
                  : set instanceof BiasSet.Cases;
          case NAME_SWAP -> set instanceof BiasSet.Templates;
          case QUESTIONS -> set instanceof BiasSet.Questions;
          case PAIRS -> set instanceof BiasSet.Pairs;
        };
    if (!fits) {
      throw form(test, set);
    }
    test.names()
        .ifPresent(names -> {
          if (!(set(names) instanceof BiasSet.Names)) {
            throw form(test, set(names));
          }
        });
    if (set instanceof BiasSet.Pairs pairs && test.labels().isEmpty()) {
      pairs.rows().stream()
          .filter(row -> row.labels().isEmpty())
          .findFirst()
          .ifPresent(row -> {
            throw BiasSetReader.unfit(set.name(), row.id(), "has no labels, nor has the test");
          });
    }
  }

  private static GovernanceException form(BiasTest test, BiasSet set) {
    return new GovernanceException(
        "bias-set-form",
        "the test "
            + test.id()
            + " of kind "
            + test.kind().key()
            + " cannot use "
            + set.name()
            + ", which is of the form "
            + set.form(),
        "A test of kind parity takes cases, or templates and names; name-swap templates and names;"
            + " questions and pairs their own form.");
  }

  /** The set of this name, which the plan has. */
  public BiasSet set(String name) {
    return Objects.requireNonNull(sets.get(name), name);
  }

  /** The names that a test puts into its texts. */
  BiasSet.Names names(BiasTest test) {
    return (BiasSet.Names) set(test.names().orElseThrow());
  }

  /** All, by their names, sorted. */
  public Map<String, BiasSet> all() {
    return Collections.unmodifiableMap(sets);
  }

  /** SHA-256 over the names and digests of all: a line for each, in the order of their names. */
  public String digest() {
    StringBuilder lines = new StringBuilder();
    sets.forEach((name, set) -> lines.append(set.digest()).append("  ").append(name).append('\n'));
    return DigestTuple.sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
