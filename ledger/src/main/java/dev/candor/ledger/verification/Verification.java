package dev.candor.ledger.verification;

import dev.candor.ledger.InputOutput;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.TreeHash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One pass over a ledger: the tree as far as it is known to be right, what must hold of it at some
 * sizes, and the rules over its entries.
 */
final class Verification {

  /**
   * What a tree of a size must have for its root.
   *
   * @param source who says so, for messages
   * @param file where it says so
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Expectation(long size, byte[] root, String source, Optional<String> file) {}

  final Path folder;
  final Findings findings = new Findings();
  final Blocks blocks = new Blocks();
  final KeyChain chain = new KeyChain();

  private final List<EntryRule> rules;
  private final List<Expectation> expectations = new ArrayList<>();
  private boolean rulesEnded;
  private long firstUnchecked = -1;
  private long size;
  private byte[] root = TreeHash.empty();

  Verification(Path folder, List<EntryRule> rules) {
    this.folder = folder;
    this.rules = new ArrayList<>(rules);
    this.rules.add(chain);
  }

  /** What must hold; to be said before the tree has grown past it. */
  void expect(Expectation expectation) {
    expectations.add(expectation);
  }

  List<Expectation> expectations() {
    return expectations;
  }

  /** The size of the tree so far. */
  long size() {
    return size;
  }

  /** The root of the tree so far, in hexadecimal digits. */
  String root() {
    return HexFormat.of().formatHex(root);
  }

  /** Whether the tree is known at all behind what was damaged. */
  boolean isBlind() {
    return firstUnchecked >= 0;
  }

  /** From here on no root can be computed any more: what is before it is unknown. */
  void goBlind(long index) {
    if (firstUnchecked < 0) {
      firstUnchecked = index;
    }
  }

  /** Takes in the leaves of the next block, known to be right, or not to be known better. */
  void accept(Block block) {
    long first = blocks.size();
    if (!isBlind()) {
      for (Expectation expectation : expectations) {
        if (expectation.size() > first && expectation.size() <= first + block.size()) {
          compare(expectation, blocks.root(block, (int) (expectation.size() - first)));
        }
      }
      root = blocks.root(block, block.size());
      size = first + block.size();
    }
    if (block.isWhole()) {
      blocks.add(block.hash(8, 0));
    }
  }

  /** Takes in the next block, of which only the hash is known. */
  void acceptHash(byte[] hash) {
    if (!isBlind()) {
      root = blocks.root(hash);
      size = blocks.size() + Block.WIDTH;
    }
    blocks.add(hash);
  }

  private void compare(Expectation expectation, byte[] computed) {
    if (!Arrays.equals(expectation.root(), computed)) {
      Finding finding =
          Finding.wrong(
              "other-history",
              expectation.source()
                  + " names another root of the first "
                  + expectation.size()
                  + " entries than they give: it is of another history");
      findings.add(expectation.file().map(finding::in).orElse(finding));
    }
  }

  /** Judges by the rules an entry whose bytes are right. */
  void look(long index, Stored stored, String file) {
    Entry entry;
    try {
      entry = Entry.parse(stored.bytes());
    } catch (LedgerException e) {
      findings.add(
          Finding.wrong("entry-malformed", String.valueOf(e.getMessage()))
              .of(index, index)
              .in(file, stored.start()));
      endRules(index);
      return;
    }
    if (rulesEnded) {
      return;
    }
    EntryRule.Problems problems = new At(Optional.of(index), Optional.of(file), stored.start());
    for (EntryRule rule : rules) {
      rule.check(index, entry, problems);
    }
  }

  /** From here on the rules know too little to judge. */
  void endRules(long index) {
    if (!rulesEnded) {
      rulesEnded = true;
      findings.add(
          Finding.remark(
                  "rules-ended",
                  "the rules over entries were applied to the entries before this one")
              .of(index, index));
    }
  }

  /** Judges what can only be judged at the end. */
  void finish() {
    if (!rulesEnded) {
      for (EntryRule rule : rules) {
        rule.end(size, new At(Optional.empty(), Optional.empty(), 0));
      }
    }
    if (isBlind()) {
      findings.add(
          Finding.wrong(
                  "not-provable",
                  "from this entry on no root could be compared, because what is before is damaged")
              .of(firstUnchecked, firstUnchecked));
    }
    for (Expectation expectation : expectations) {
      if (expectation.size() == 0) {
        compare(expectation, TreeHash.empty());
      } else if (expectation.size() > size && !isBlind()) {
        Finding finding =
            Finding.wrong(
                    "truncated",
                    expectation.source()
                        + " is of "
                        + expectation.size()
                        + " entries, here are "
                        + size
                        + " that count: the last are gone")
                .of(size, expectation.size() - 1);
        findings.add(expectation.file().map(finding::in).orElse(finding));
      }
    }
  }

  /** The bytes of a file, at most so many; empty if it is not there. */
  Optional<byte[]> read(String name, int most) {
    Path file = folder.resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(most));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static LedgerException unreadable(Path file, IOException cause) {
    return new LedgerException(
        "unreadable",
        file + " cannot be read: " + InputOutput.why(cause),
        "Check the path and its permissions.",
        cause);
  }

  /** Problems of one place. */
  private final class At implements EntryRule.Problems {

    private final Optional<Long> index;
    private final Optional<String> file;
    private final long offset;

    At(Optional<Long> index, Optional<String> file, long offset) {
      this.index = index;
      this.file = file;
      this.offset = offset;
    }

    @Override
    public void wrong(String code, String message) {
      add(Finding.wrong(code, message));
    }

    @Override
    public void remark(String code, String message) {
      add(Finding.remark(code, message));
    }

    private void add(Finding finding) {
      Finding placed = index.map(i -> finding.of(i, i)).orElse(finding);
      findings.add(file.map(name -> placed.in(name, offset)).orElse(placed));
    }
  }
}
