package dev.candor.governance.evidence;

import dev.candor.governance.DurableFile;
import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Documents of evidence, each in a file named by its SHA-256. They are not secret and hold nobody's
 * personal data, so they are not encrypted; what they count for, the ledger alone says. Safe for
 * use by many threads.
 */
public final class EvidenceShelf {

  /** Most bytes of a document. */
  public static final int MOST_BYTES = 16 << 20;

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Path folder;

  /** The shelf in a folder, which is made with its first document. */
  public EvidenceShelf(Path folder) {
    this.folder = folder;
  }

  /**
   * Puts a document there, durably.
   *
   * @return its SHA-256, 64 lower-case hexadecimal digits
   * @throws GovernanceException {@code governance.evidence-too-large}
   */
  public String put(byte[] document) {
    if (document.length > MOST_BYTES) {
      throw tooLarge(document.length);
    }
    String digest = DigestTuple.sha256(document);
    if (find(digest).isEmpty()) {
      DurableFile.write(folder, digest, document);
    }
    return digest;
  }

  /**
   * The document of this digest, just as it was put there.
   *
   * @throws GovernanceException {@code governance.evidence-document} if there is none, or what lies
   *     under its name is another
   */
  public byte[] require(String digest) {
    return find(digest)
        .orElseThrow(() ->
            new GovernanceException(
                "evidence-document",
                "the document " + digest + " is gone from " + folder + ", or was altered there",
                "Put it back, or record it again: candor evidence add."));
  }

  /** The document of this digest, if it lies there unaltered. */
  public Optional<byte[]> find(String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(folder.resolve(digest))) {
      byte[] document = in.readNBytes(MOST_BYTES + 1);
      return DigestTuple.sha256(document).equals(digest) ? Optional.of(document) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tuple of this digest, if it lies there. */
  public Optional<DigestTuple> tuple(String digest) {
    return find(digest).map(text -> DigestTuple.parse(new String(text, StandardCharsets.US_ASCII)));
  }

  /**
   * The bytes of a file that is to become a document; no more is read than one may have.
   *
   * @throws GovernanceException {@code governance.evidence-too-large}
   */
  public static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] document = in.readNBytes(MOST_BYTES + 1);
      if (document.length > MOST_BYTES) {
        throw tooLarge(Files.size(file));
      }
      return document;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GovernanceException tooLarge(long bytes) {
    return new GovernanceException(
        "evidence-too-large",
        "a document of evidence has " + bytes + " bytes, allowed are " + MOST_BYTES,
        "Record its digest in a smaller document.");
  }
}
