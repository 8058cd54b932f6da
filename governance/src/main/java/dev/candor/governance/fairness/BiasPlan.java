package dev.candor.governance.fairness;

import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What a model is to be tested for, and what it has to keep to: written, and committed to, before
 * anything is measured. docs/reference/bias-tests.md describes its file.
 *
 * @param name what it is called
 * @param basis who demands it; {@value #FIRM_POLICY} unless the file says otherwise
 * @param seed of all draws
 * @param confidence of intervals; 1 less this is the level of tests
 * @param power with which a group's number of rows must be able to show a breach
 * @param resamples of the bootstrap
 * @param tests in their order
 * @param digest SHA-256 of the file, 64 lower-case hexadecimal digits
 */
public record BiasPlan(
    String name,
    String basis,
    long seed,
    double confidence,
    double power,
    int resamples,
    List<BiasTest> tests,
    String digest) {

  /** What no regulator demands. */
  public static final String FIRM_POLICY = "firm policy";

  /** Most bytes of a plan. */
  public static final int MOST_BYTES = 64 * 1024;

  private static final String STANDARD = "standard-plan.yaml";

  public BiasPlan {
    tests = List.copyOf(tests);
  }

  /**
   * Reads a plan and checks it as a whole.
   *
   * @throws GovernanceException {@code governance.bias-plan-too-large}, {@code
   *     governance.bias-plan-malformed} or {@code governance.bias-plan-key}, naming the line
   */
  public static BiasPlan parse(byte[] yaml) {
    if (yaml.length > MOST_BYTES) {
      throw tooLarge(yaml.length);
    }
    return BiasPlanReader.read(yaml);
  }

  /**
   * The bytes of a plan's file; no more is read than one may have.
   *
   * @throws GovernanceException {@code governance.bias-plan-too-large}
   */
  public static byte[] bytes(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] yaml = in.readNBytes(MOST_BYTES + 1);
      if (yaml.length > MOST_BYTES) {
        throw tooLarge(Files.size(file));
      }
      return yaml;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The plan that comes with Candor: the triage task of the embedded model, by given names. */
  public static byte[] standardText() {
    try (InputStream in = Objects.requireNonNull(BiasPlan.class.getResourceAsStream(STANDARD))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of the sets that it uses, sorted. */
  public List<String> sets() {
    TreeSet<String> names = new TreeSet<>();
    for (BiasTest test : tests) {
      names.add(test.set());
      test.names().ifPresent(names::add);
    }
    return List.copyOf(names);
  }

  private static GovernanceException tooLarge(long bytes) {
    return new GovernanceException(
        "bias-plan-too-large",
        "the plan has " + bytes + " bytes, allowed are " + MOST_BYTES,
        "Put test cases into sets beside the plan.");
  }
}
