package dev.candor.server.prefixes;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.server.ServerException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A saved state in a file that the vault opens, for one scope and under one name. Format version 1;
 * numbers have their highest byte first:
 *
 * <pre>
 *   offset  bytes
 *        0      8  magic, the ASCII characters CANDORPX
 *        8      4  format version, 1
 *       12     69  the key of the file, as the vault wraps it
 *       81     52  sealed: the scope (32 bytes) and the number of tokens (4)
 *      133      …  the state in parts of 65,536 bytes, the last of 1 to 65,536, each sealed
 * </pre>
 *
 * <p>Each file has a random key of its own for AES-256-GCM; sealed is a ciphertext with its tag of
 * 16 bytes. The nonce is a byte that says what is sealed, three zeros, and the number of the part:
 * so parts cannot change places, and the last cannot be missing (the STREAM construction, Hoang,
 * Reyhanitabar, Rogaway and Vizár, CRYPTO 2015). No byte is given out whose tag was not compared.
 */
final class SealedState {

  /** Of what is outside the parts. */
  static final int BEGIN_BYTES = 133;

  static final int PART_BYTES = 1 << 16;

  private static final byte[] MAGIC = "CANDORPX".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int KEY_BYTES = 32;
  private static final int WRAPPED_BYTES = KEY_BYTES + 37;
  private static final int SCOPE_BYTES = 32;
  private static final int HEADER_BYTES = SCOPE_BYTES + Integer.BYTES;
  private static final int TAG_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The code of what is refused because an erasure or a rotation has retired its key. */
  static final String RETIRED = "prefix-key-retired";

  /** What is sealed, as the first byte of a nonce says. */
  private static final byte HEADER = 0;

  private static final byte PART = 1;
  private static final byte LAST_PART = 2;

  private SealedState() {}

  /** What a file says of itself. */
  record Header(String scope, int tokens, long stateBytes, String payloadKey) {}

  /** Writes a state. */
  interface Content {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  /** How large the file of a state of so many bytes is. */
  static long fileBytes(long stateBytes) {
    return BEGIN_BYTES + stateBytes + TAG_BYTES * ((stateBytes + PART_BYTES - 1) / PART_BYTES);
  }

  /** The size of the state in a file of so many bytes, if that is one. */
  private static long stateBytes(long fileBytes) {
    long parts = fileBytes - BEGIN_BYTES;
    long count = (parts + PART_BYTES + TAG_BYTES - 1) / (PART_BYTES + TAG_BYTES);
    long bytes = parts - TAG_BYTES * count;
    if (bytes <= 0 || fileBytes(bytes) != fileBytes) {
      throw damaged("it has " + fileBytes + " bytes");
    }
    return bytes;
  }

  /**
   * What a file is sealed with.
   *
   * @param payloadKey the only key of the vault that it may be sealed under
   */
  record Sealing(KeyVault vault, String payloadKey) {

    private byte[] wrap(byte[] key, byte[] context) {
      byte[] wrapped = vault.wrap(key, context);
      if (!KeyVault.payloadKeyId(wrapped).equals(payloadKey)) {
        throw new Retired();
      }
      return wrapped;
    }
  }

  /** The payload key under which a state was to be sealed is gone. */
  static final class Retired extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /**
   * Writes a file.
   *
   * @param name under which alone it can be opened
   * @throws IOException what the channel throws
   * @throws Retired if the vault has another payload key by now
   */
  static void write(
      WritableByteChannel file,
      Sealing with,
      PrefixScope scope,
      String name,
      int tokens,
      Content content)
      throws IOException {
    byte[] key = new byte[KEY_BYTES];
    RANDOM.nextBytes(key);
    try {
      ByteBuffer begin = ByteBuffer.allocate(BEGIN_BYTES);
      begin.put(MAGIC).putInt(VERSION).put(with.wrap(key, context(name)));
      Parts sealing = new Parts(key, Cipher.ENCRYPT_MODE);
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      header.put(HexFormat.of().parseHex(scope.hex())).putInt(tokens);
      sealing.next(HEADER, 0, context(name), header.flip(), begin);
      put(file, begin.flip());
      Writer parts = new Writer(file, sealing, scope.text());
      content.writeTo(parts);
      parts.finish();
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Reads what a file says of itself.
   *
   * @throws ServerException {@code server.prefix-damaged}
   * @throws LedgerException {@code ledger.payload-key-unknown} or {@code
   *     ledger.wrapped-key-damaged}
   */
  static Header header(SeekableByteChannel file, KeyVault vault, String name) throws IOException {
    Begin begin = Begin.read(file);
    byte[] key = begin.key(vault, name);
    try {
      return begin.header(new Parts(key, Cipher.DECRYPT_MODE), name);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Opens a file for whoever has the scope.
   *
   * @return the state; reading it throws as this does where a part is not what was written
   * @throws ServerException {@code server.prefix-damaged}, also if it is of another scope
   * @throws LedgerException as {@link #header}
   */
  static Reader open(SeekableByteChannel file, KeyVault vault, PrefixScope scope, String name)
      throws IOException {
    Begin begin = Begin.read(file);
    byte[] key = begin.key(vault, name);
    try {
      Parts opening = new Parts(key, Cipher.DECRYPT_MODE);
      Header header = begin.header(opening, name);
      if (!header.scope().equals(scope.hex())) {
        throw damaged("it is of another scope");
      }
      return new Reader(file, opening, scope.text(), header);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] context(String name) {
    return ("candor-prefix/1\n" + name + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  static ServerException damaged(String how) {
    return new ServerException(
        "prefix-damaged",
        "a saved state on the disk is damaged: " + how,
        "Nothing is to be done: it is removed, and the conversation is read anew.");
  }

  private static void put(WritableByteChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private static void fill(ReadableByteChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (file.read(bytes) < 0) {
        throw new EOFException("it ends too early");
      }
    }
    bytes.flip();
  }

  /** What is before the parts, as it is in the file. */
  private record Begin(byte[] wrapped, byte[] sealed, long stateBytes) {

    static Begin read(SeekableByteChannel file) throws IOException {
      long bytes = file.size();
      if (bytes <= BEGIN_BYTES) {
        throw damaged("it has " + bytes + " bytes");
      }
      ByteBuffer begin = ByteBuffer.allocate(BEGIN_BYTES);
      file.position(0);
      fill(file, begin);
      byte[] magic = new byte[MAGIC.length];
      begin.get(magic);
      if (!Arrays.equals(magic, MAGIC) || begin.getInt() != VERSION) {
        throw damaged("it does not begin as version " + VERSION + " of the format does");
      }
      byte[] wrapped = new byte[WRAPPED_BYTES];
      begin.get(wrapped);
      byte[] sealed = new byte[HEADER_BYTES + TAG_BYTES];
      begin.get(sealed);
      return new Begin(wrapped, sealed, SealedState.stateBytes(bytes));
    }

    byte[] key(KeyVault vault, String name) {
      // A vault reads its file anew for a key that it does not know: not for each of many files.
      if (!KeyVault.payloadKeyId(wrapped).equals(vault.payloadKeyId())) {
        throw new ServerException(
            RETIRED,
            "a saved state on the disk is under a key that has been retired",
            "Nothing is to be done: it is removed, and the conversation is read anew.");
      }
      byte[] key = vault.unwrap(wrapped, context(name));
      if (key.length != KEY_BYTES) {
        throw damaged("its key has " + key.length + " bytes");
      }
      return key;
    }

    Header header(Parts opening, String name) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      opening.next(HEADER, 0, context(name), ByteBuffer.wrap(sealed), header);
      byte[] scope = new byte[SCOPE_BYTES];
      header.flip().get(scope);
      return new Header(
          HexFormat.of().formatHex(scope),
          header.getInt(),
          stateBytes,
          KeyVault.payloadKeyId(wrapped));
    }
  }

  /** Seals or opens with the key of one file. */
  private static final class Parts {
    private final SecretKeySpec key;
    private final int mode;
    private final Cipher cipher;

    Parts(byte[] key, int mode) {
      this.key = new SecretKeySpec(key, "AES");
      this.mode = mode;
      try {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has AES-GCM", e);
      }
    }

    void next(byte what, long number, byte[] associated, ByteBuffer in, ByteBuffer out) {
      ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES).put(0, what).putLong(4, number);
      try {
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce.array()));
        cipher.updateAAD(associated);
        cipher.doFinal(in, out);
      } catch (AEADBadTagException e) {
        throw damaged("a tag does not fit");
      } catch (ShortBufferException e) {
        throw new IllegalArgumentException("no room for a part", e);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has AES-GCM", e);
      }
    }
  }

  /** Seals what is written to it; a part waits until it is known whether it is the last. */
  private static final class Writer implements WritableByteChannel {
    private final WritableByteChannel file;
    private final Parts sealing;
    private final byte[] associated;
    private final ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
    private final ByteBuffer sealed = ByteBuffer.allocate(PART_BYTES + TAG_BYTES);
    private long number;

    Writer(WritableByteChannel file, Parts sealing, byte[] associated) {
      this.file = file;
      this.sealing = sealing;
      this.associated = associated;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int all = bytes.remaining();
      while (bytes.hasRemaining()) {
        if (!part.hasRemaining()) {
          seal(PART);
        }
        int count = Math.min(part.remaining(), bytes.remaining());
        part.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
      }
      return all;
    }

    void finish() throws IOException {
      seal(LAST_PART);
    }

    private void seal(byte what) throws IOException {
      sealed.clear();
      sealing.next(what, number++, associated, part.flip(), sealed);
      part.clear();
      put(file, sealed.flip());
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Gives a state part by part. */
  static final class Reader implements ReadableByteChannel {
    private final SeekableByteChannel file;
    private final Parts opening;
    private final byte[] associated;
    private final Header header;
    private final ByteBuffer sealed = ByteBuffer.allocate(PART_BYTES + TAG_BYTES);
    private final ByteBuffer part = ByteBuffer.allocate(PART_BYTES).limit(0);
    private long number;
    private long left;

    private Reader(SeekableByteChannel file, Parts opening, byte[] associated, Header header) {
      this.file = file;
      this.opening = opening;
      this.associated = associated;
      this.header = header;
      left = header.stateBytes();
    }

    Header header() {
      return header;
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
      if (!part.hasRemaining()) {
        if (left == 0) {
          return -1;
        }
        next();
      }
      int count = Math.min(part.remaining(), bytes.remaining());
      bytes.put(part.slice(part.position(), count));
      part.position(part.position() + count);
      return count;
    }

    private void next() throws IOException {
      int count = (int) Math.min(PART_BYTES, left);
      left -= count;
      fill(file, sealed.clear().limit(count + TAG_BYTES));
      opening.next(left == 0 ? LAST_PART : PART, number++, associated, sealed, part.clear());
      part.flip();
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
