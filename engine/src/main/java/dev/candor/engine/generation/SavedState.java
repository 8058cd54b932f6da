package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A session in a file. Format version 1, of a session without an adapter; all numbers
 * little-endian:
 *
 * <pre>
 *   offset  bytes
 *        0      8  magic, the ASCII characters CANDORST
 *        8      4  format version, 1
 *       12      4  T, tokens the session holds
 *       16     32  SHA-256 of the model
 *       48     32  numeric profile, ASCII, filled up with zeros
 *       80      4  how keys and values are kept: 0 for F32, 1 for F16, 2 for Q8_0
 *       84      4  P, tokens the model has seen: T, or T - 1 and there are no logits
 *       88      4  V, size of the vocabulary
 *       92      4  S, segments of the model's state
 *       96    8·S  bytes of each segment
 *             4·T  token ids
 *             4·V  logits behind the last token as float32, if P = T and T &gt; 0
 *               …  the segments, as the architecture's state defines them for P tokens
 *              32  SHA-256 of all before
 * </pre>
 *
 * <p>Version 2 is of a session with an adapter: 32 bytes follow the fixed ones, at 96, the digest
 * of the adapter; the sizes of the segments are behind them.
 *
 * <p>A file is written beside its place and then moved there in one step, readable by its owner
 * only. On reading, the length, every field and the checksum are verified before anything is
 * allocated whose size the file says.
 *
 * @param tokens what the session holds
 * @param seen how many of them the model has seen
 * @param logits behind the last token, empty if not known
 * @param segments of the model's state; views, written out before {@link #write} returns
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and lives for one call
record SavedState(int[] tokens, int seen, float[] logits, List<MemorySegment> segments) {

  private static final byte[] MAGIC = "CANDORST".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int VERSION_WITH_ADAPTER = 2;
  private static final int FIXED_BYTES = 96;
  private static final int ADAPTER_BYTES = 32;
  private static final int PROFILE_BYTES = 32;
  private static final int CHECKSUM_BYTES = 32;
  private static final int BUFFER_BYTES = 1 << 16;

  /** What a file must fit: the model, and the state that its sessions have. */
  interface Expected {
    String digest();

    /** Digest of the adapter, if there is one. */
    Optional<String> adapter();

    String profile();

    BlockFormat cacheFormat();

    int vocabulary();

    int capacity();

    /** Sizes of the segments of a state that has seen so many tokens. */
    List<Long> segmentBytes(int seen);
  }

  /** Writes the file; whatever had its name is replaced in one step, or left as it was. */
  void write(Path file, Expected model) {
    Path absolute = file.toAbsolutePath();
    Path folder = absolute.getParent();
    try {
      Path part =
          folder == null
              ? Files.createTempFile(".state", ".part")
              : Files.createTempFile(folder, ".state", ".part");
      try {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
          write(channel, model);
          channel.force(true);
        }
        Files.move(
            part, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new GenerationException(
          "state-unwritable",
          "the state cannot be written to " + file.getFileName() + ": " + e.getMessage(),
          "Check that the folder exists, may be written, and has room.");
    }
  }

  /** Writes the bytes of the file. */
  void write(WritableByteChannel channel, Expected model) throws IOException {
    Writer writer = new Writer(channel);
    writer.put(header(model).array());
    writer.put(ints(tokens).array());
    writer.put(floats(logits).array());
    for (MemorySegment segment : segments) {
      writer.put(segment);
    }
    writer.finish();
  }

  /** How many bytes the file has. */
  static long bytes(Expected model, int tokens, int seen, int logits) {
    List<Long> segments = model.segmentBytes(seen);
    long bytes = fixedBytes(model) + 8L * segments.size() + 4L * tokens + 4L * logits;
    for (long segment : segments) {
      bytes = Math.addExact(bytes, segment);
    }
    return bytes + CHECKSUM_BYTES;
  }

  private ByteBuffer header(Expected model) {
    ByteBuffer header = buffer(fixedBytes(model) + 8 * segments.size());
    header.put(MAGIC).putInt(version(model)).putInt(tokens.length);
    header.put(HexFormat.of().parseHex(model.digest()));
    header.put(profile(model));
    header.putInt(number(model.cacheFormat())).putInt(seen);
    header.putInt(model.vocabulary()).putInt(segments.size());
    model.adapter().ifPresent(digest -> header.put(HexFormat.of().parseHex(digest)));
    for (MemorySegment segment : segments) {
      header.putLong(segment.byteSize());
    }
    return header;
  }

  private static int version(Expected model) {
    return model.adapter().isPresent() ? VERSION_WITH_ADAPTER : VERSION;
  }

  /** Where the sizes of the segments begin. */
  private static int fixedBytes(Expected model) {
    return model.adapter().isPresent() ? FIXED_BYTES + ADAPTER_BYTES : FIXED_BYTES;
  }

  private static int number(BlockFormat cacheFormat) {
    return switch (cacheFormat) {
      case F32 -> 0;
      case F16 -> 1;
      case Q8_0 -> 2;
      default -> throw new IllegalArgumentException("a cache in " + cacheFormat);
    };
  }

  private static byte[] profile(Expected model) {
    return Arrays.copyOf(model.profile().getBytes(StandardCharsets.US_ASCII), PROFILE_BYTES);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer ints(int[] values) {
    ByteBuffer bytes = buffer(4 * values.length);
    bytes.asIntBuffer().put(values);
    return bytes;
  }

  private static ByteBuffer floats(float[] values) {
    ByteBuffer bytes = buffer(4 * values.length);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  /**
   * Reads a file.
   *
   * @param arena owns the segments
   * @throws GenerationException {@code generation.state-unreadable}, {@code state-malformed},
   *     {@code state-other-model}, {@code state-other-adapter}, {@code state-other-profile}, {@code
   *     state-other-cache-format}, {@code state-too-long} or {@code state-altered}
   */
  static SavedState read(Path file, Expected model, Arena arena) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      verify(channel, length, model);
      channel.position(0);
      return read(channel, length, model, arena);
    } catch (NoSuchFileException e) {
      throw new GenerationException(
          "state-unreadable", file + " does not exist", "Check the name of the saved state.");
    } catch (IOException e) {
      throw new GenerationException(
          "state-unreadable",
          file.getFileName() + " cannot be read: " + e.getMessage(),
          "Check that it is a file and may be read.");
    }
  }

  /**
   * Reads the bytes of a file, once and in order.
   *
   * @param length how many there are
   * @throws IOException what the channel throws, or if it ends too early
   * @throws GenerationException as {@link #read(Path, Expected, Arena)}
   */
  static SavedState read(ReadableByteChannel channel, long length, Expected model, Arena arena)
      throws IOException {
    Reader reader = new Reader(channel);
    Header header = Header.read(reader, length, model);
    int[] tokens = new int[header.tokens()];
    reader.take(4 * tokens.length).asIntBuffer().get(tokens);
    float[] logits = new float[header.logits()];
    reader.take(4 * logits.length).asFloatBuffer().get(logits);
    List<MemorySegment> segments = new ArrayList<>();
    for (long bytes : header.segmentBytes()) {
      segments.add(reader.take(bytes, arena));
    }
    reader.requireSum();
    for (int token : tokens) {
      if (token < 0 || token >= model.vocabulary()) {
        throw malformed("token " + token + " is not in the vocabulary");
      }
    }
    return new SavedState(tokens, header.seen(), logits, segments);
  }

  /** Compares the fields with the model, and the checksum at the end with all before it. */
  private static void verify(FileChannel channel, long length, Expected model) throws IOException {
    Reader reader = new Reader(channel);
    Header header = Header.read(reader, length, model);
    long rest = 4L * header.tokens() + 4L * header.logits();
    for (long bytes : header.segmentBytes()) {
      rest += bytes;
    }
    reader.skip(rest);
    reader.requireSum();
  }

  private static GenerationException malformed(String problem) {
    return new GenerationException(
        "state-malformed",
        "the saved state is malformed: " + problem,
        "Use an undamaged file that Candor has written.");
  }

  private static GenerationException altered() {
    return new GenerationException(
        "state-altered",
        "the saved state was altered: its checksum does not fit",
        "Use an undamaged copy; the conversation can be read again from its text.");
  }

  /** The fields of a file whose values and length have been checked. */
  private record Header(int tokens, int seen, int logits, List<Long> segmentBytes) {

    static Header read(Reader reader, long length, Expected model) throws IOException {
      if (length < FIXED_BYTES + CHECKSUM_BYTES) {
        throw malformed("it has " + length + " bytes");
      }
      ByteBuffer fixed = reader.take(FIXED_BYTES);
      byte[] magic = new byte[MAGIC.length];
      fixed.get(magic);
      if (!Arrays.equals(magic, MAGIC)) {
        throw malformed("it does not begin with " + new String(MAGIC, StandardCharsets.US_ASCII));
      }
      int version = fixed.getInt();
      if (version != VERSION && version != VERSION_WITH_ADAPTER) {
        throw new GenerationException(
            "state-other-version",
            "the saved state has format version "
                + version
                + ", known are "
                + VERSION
                + " and "
                + VERSION_WITH_ADAPTER,
            "Restore it with the version of Candor that wrote it.");
      }
      int tokens = fixed.getInt();
      byte[] digest = new byte[32];
      fixed.get(digest);
      byte[] profile = new byte[PROFILE_BYTES];
      fixed.get(profile);
      int cacheFormat = fixed.getInt();
      int seen = fixed.getInt();
      int vocabulary = fixed.getInt();
      int segments = fixed.getInt();
      requireFit(model, digest, profile, cacheFormat);
      requireAdapter(reader, model, version);
      if (tokens < 0 || tokens > model.capacity()) {
        throw new GenerationException(
            "state-too-long",
            "the saved state has "
                + Integer.toUnsignedString(tokens)
                + " tokens, this context holds "
                + model.capacity(),
            "Restore it with a larger context (--context).");
      }
      boolean known = seen == tokens;
      if (!known && (seen < 0 || seen != tokens - 1)) {
        throw malformed("of " + tokens + " tokens the model has seen " + seen);
      }
      if (vocabulary != model.vocabulary()) {
        throw malformed("its vocabulary has " + vocabulary + " tokens");
      }
      List<Long> expected = model.segmentBytes(seen);
      if (segments != expected.size()) {
        throw malformed("its state has " + segments + " segments");
      }
      int logits = known && tokens > 0 ? vocabulary : 0;
      requireSizes(reader, model, expected, length, bytes(model, tokens, seen, logits));
      return new Header(tokens, seen, logits, expected);
    }

    private static void requireFit(Expected model, byte[] digest, byte[] profile, int cacheFormat) {
      if (!Arrays.equals(digest, HexFormat.of().parseHex(model.digest()))) {
        throw new GenerationException(
            "state-other-model",
            "the saved state is of the model "
                + HexFormat.of().formatHex(digest, 0, 8)
                + "…, this is "
                + model.digest().substring(0, 16)
                + "…",
            "Restore it with the model that it was saved from.");
      }
      if (!Arrays.equals(profile, SavedState.profile(model))) {
        throw new GenerationException(
            "state-other-profile",
            "the saved state was computed with another numeric profile than " + model.profile(),
            "Restore it with the version of Candor that wrote it.");
      }
      if (cacheFormat != number(model.cacheFormat())) {
        throw new GenerationException(
            "state-other-cache-format",
            "the saved state does not keep keys and values as " + model.cacheFormat(),
            "Restore it with the cache format that it was saved with.");
      }
    }

    private static void requireAdapter(Reader reader, Expected model, int version)
        throws IOException {
      boolean same = version == version(model);
      if (same && model.adapter().isPresent()) {
        ByteBuffer digest = reader.take(ADAPTER_BYTES);
        same = Arrays.equals(digest.array(), HexFormat.of().parseHex(model.adapter().get()));
      }
      if (!same) {
        throw new GenerationException(
            "state-other-adapter",
            "the saved state was computed "
                + (version == VERSION
                    ? "without an adapter"
                    : "with another adapter than this session's"),
            "Restore it with the adapter, or without one, as it was saved (--adapter).");
      }
    }

    private static void requireSizes(
        Reader reader, Expected model, List<Long> expected, long length, long needed)
        throws IOException {
      if (length < fixedBytes(model) + 8L * expected.size()) {
        throw malformed("it ends within its header");
      }
      ByteBuffer sizes = reader.take(8 * expected.size());
      for (long bytes : expected) {
        long found = sizes.getLong();
        if (found != bytes) {
          throw malformed("a segment has " + found + " bytes where " + bytes + " belong");
        }
      }
      if (length != needed) {
        throw malformed("it has " + length + " bytes where " + needed + " belong");
      }
    }
  }

  /** Writes in order and sums up. */
  private static final class Writer {
    private final WritableByteChannel channel;
    private final MessageDigest digest = ModelDigest.sha256();

    Writer(WritableByteChannel channel) {
      this.channel = channel;
    }

    void put(byte[] bytes) throws IOException {
      digest.update(bytes);
      write(ByteBuffer.wrap(bytes));
    }

    void put(MemorySegment segment) throws IOException {
      byte[] chunk = new byte[(int) Math.min(BUFFER_BYTES, segment.byteSize())];
      for (long at = 0; at < segment.byteSize(); at += chunk.length) {
        int count = (int) Math.min(chunk.length, segment.byteSize() - at);
        MemorySegment.copy(segment, at, MemorySegment.ofArray(chunk), 0, count);
        digest.update(chunk, 0, count);
        write(ByteBuffer.wrap(chunk, 0, count));
      }
    }

    void finish() throws IOException {
      write(ByteBuffer.wrap(digest.digest()));
    }

    private void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** Reads in order and sums up. */
  private static final class Reader {
    private final ReadableByteChannel channel;
    private final MessageDigest digest = ModelDigest.sha256();
    private final byte[] chunk = new byte[BUFFER_BYTES];

    Reader(ReadableByteChannel channel) {
      this.channel = channel;
    }

    void skip(long bytes) throws IOException {
      for (long rest = bytes; rest > 0; ) {
        rest -= next(rest);
      }
    }

    ByteBuffer take(int bytes) throws IOException {
      ByteBuffer taken = buffer(bytes);
      while (taken.hasRemaining()) {
        int count = next(taken.remaining());
        taken.put(chunk, 0, count);
      }
      return taken.flip();
    }

    MemorySegment take(long bytes, Arena arena) throws IOException {
      MemorySegment taken = arena.allocate(bytes, 64);
      for (long done = 0; done < bytes; ) {
        int count = next(bytes - done);
        MemorySegment.copy(MemorySegment.ofArray(chunk), 0, taken, done, count);
        done += count;
      }
      return taken;
    }

    private int next(long most) throws IOException {
      int count = (int) Math.min(most, chunk.length);
      fill(ByteBuffer.wrap(chunk, 0, count));
      digest.update(chunk, 0, count);
      return count;
    }

    private void fill(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new EOFException("it ends too early");
        }
      }
    }

    /** Reads the checksum and compares it with that of all before it. */
    void requireSum() throws IOException {
      byte[] stored = new byte[CHECKSUM_BYTES];
      fill(ByteBuffer.wrap(stored));
      if (!MessageDigest.isEqual(digest.digest(), stored)) {
        throw altered();
      }
    }
  }
}
