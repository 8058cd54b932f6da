package dev.candor.ledger.keys;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.keys.PayloadKeys.PayloadKey;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a vault holds, and its form in bytes: the line {@code candor-vault/1}, then fields, each
 * a byte with the length of its name, the name in ASCII, four bytes with the length of its value,
 * highest first, and the value. Fields come in the order of {@link #bytes}.
 *
 * @param keyName what the log's keys sign as
 * @param logKeys those that sign now
 * @param nextLogKeys those of a rotation that has begun
 * @param payloadKeys the current one last
 * @param pseudonymKey 32 bytes
 * @param lockDays after so many days without renewal the vault locks itself; 0: never
 * @param renewed when it was renewed last, in whole seconds
 */
record VaultContents(
    String keyName,
    LogKeys logKeys,
    Optional<LogKeys> nextLogKeys,
    List<PayloadKey> payloadKeys,
    byte[] pseudonymKey,
    int lockDays,
    Instant renewed) {

  private static final byte[] MAGIC = "candor-vault/1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_VALUE = 8_192;
  private static final String NEXT = "next-";

  VaultContents {
    payloadKeys = List.copyOf(payloadKeys);
  }

  static VaultContents generate(String keyName, SecureRandom random, Instant now) {
    byte[] pseudonymKey = new byte[32];
    random.nextBytes(pseudonymKey);
    return new VaultContents(
        keyName,
        LogKeys.generate(),
        Optional.empty(),
        List.of(PayloadKey.random(random)),
        pseudonymKey,
        0,
        now);
  }

  PayloadKey payloadKey() {
    return payloadKeys.getLast();
  }

  VaultContents withNext(LogKeys next) {
    return new VaultContents(
        keyName, logKeys, Optional.of(next), payloadKeys, pseudonymKey, lockDays, renewed);
  }

  VaultContents rotated() {
    return new VaultContents(
        keyName,
        nextLogKeys.orElseThrow(),
        Optional.empty(),
        payloadKeys,
        pseudonymKey,
        lockDays,
        renewed);
  }

  VaultContents withPayloadKeys(List<PayloadKey> keys) {
    return new VaultContents(keyName, logKeys, nextLogKeys, keys, pseudonymKey, lockDays, renewed);
  }

  VaultContents withLock(int days, Instant now) {
    return new VaultContents(keyName, logKeys, nextLogKeys, payloadKeys, pseudonymKey, days, now);
  }

  /** Overwrites what can be overwritten; keys of pairs are only let go. */
  void forget() {
    payloadKeys.forEach(PayloadKey::forget);
    Arrays.fill(pseudonymKey, (byte) 0);
  }

  /** Whether bytes begin as these do: who sees that has the right passphrase. */
  static boolean begins(byte[] bytes) {
    return bytes.length > MAGIC.length
        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  byte[] bytes() {
    Fields fields = new Fields();
    fields.put("name", keyName.getBytes(StandardCharsets.UTF_8));
    put("", logKeys, fields);
    nextLogKeys.ifPresent(keys -> put(NEXT, keys, fields));
    for (PayloadKey key : payloadKeys) {
      byte[] idAndKey = Arrays.copyOf(HexFormat.of().parseHex(key.id()), 8 + 32);
      System.arraycopy(key.bytes(), 0, idAndKey, 8, 32);
      fields.put("payload-key", idAndKey);
      Arrays.fill(idAndKey, (byte) 0);
    }
    fields.put("pseudonym-key", pseudonymKey);
    fields.put("lock-days", ByteBuffer.allocate(4).putInt(lockDays).array());
    fields.put("renewed", ByteBuffer.allocate(8).putLong(renewed.getEpochSecond()).array());
    return fields.bytes();
  }

  /**
   * Reads them.
   *
   * @throws LedgerException {@code ledger.keys-damaged} if they are not what {@link #bytes} gives
   */
  static VaultContents parse(byte[] bytes) {
    if (!begins(bytes)) {
      throw damaged("it does not begin as one of this version");
    }
    ByteBuffer from = ByteBuffer.wrap(bytes, MAGIC.length, bytes.length - MAGIC.length);
    Map<String, byte[]> fields = new LinkedHashMap<>();
    List<PayloadKey> payloadKeys = new ArrayList<>();
    try {
      while (from.hasRemaining()) {
        byte[] name = new byte[from.get() & 0xFF];
        from.get(name);
        int length = from.getInt();
        if (length < 0 || length > MOST_VALUE) {
          throw damaged("a field has " + length + " bytes, allowed are " + MOST_VALUE);
        }
        byte[] value = new byte[length];
        from.get(value);
        String field = new String(name, StandardCharsets.US_ASCII);
        if (field.equals("payload-key")) {
          payloadKeys.add(payloadKey(value));
        } else if (fields.put(field, value) != null) {
          throw damaged(field + " is there twice");
        }
      }
      if (payloadKeys.isEmpty()) {
        throw damaged("payload-key is missing");
      }
      return new VaultContents(
          new String(required(fields, "name"), StandardCharsets.UTF_8),
          logKeys("", fields),
          fields.containsKey(NEXT + "log-ed25519-private")
              ? Optional.of(logKeys(NEXT, fields))
              : Optional.empty(),
          payloadKeys,
          required(fields, "pseudonym-key"),
          ByteBuffer.wrap(required(fields, "lock-days")).getInt(),
          Instant.ofEpochSecond(ByteBuffer.wrap(required(fields, "renewed")).getLong()));
    } catch (BufferUnderflowException | DateTimeException e) {
      throw damaged("it ends in the middle of a field");
    }
  }

  private static void put(String prefix, LogKeys keys, Fields fields) {
    put(prefix + "log-ed25519-", keys.ed25519(), fields);
    put(prefix + "log-ml-dsa-44-", keys.mlDsa44(), fields);
  }

  private static void put(String prefix, KeyPair keys, Fields fields) {
    byte[] encoded = keys.getPrivate().getEncoded();
    fields.put(prefix + "private", encoded);
    Arrays.fill(encoded, (byte) 0);
    fields.put(prefix + "public", keys.getPublic().getEncoded());
  }

  private static LogKeys logKeys(String prefix, Map<String, byte[]> fields) {
    return new LogKeys(
        keys(LogKeys.ED25519, prefix + "log-ed25519-", fields),
        keys(LogKeys.ML_DSA_44, prefix + "log-ml-dsa-44-", fields));
  }

  private static KeyPair keys(String algorithm, String prefix, Map<String, byte[]> fields) {
    byte[] privateKey = required(fields, prefix + "private");
    KeyPair keys = LogKeys.read(algorithm, privateKey, required(fields, prefix + "public"));
    Arrays.fill(privateKey, (byte) 0);
    return keys;
  }

  private static PayloadKey payloadKey(byte[] idAndKey) {
    if (idAndKey.length != PayloadKeys.ID_BYTES + PayloadKeys.KEY_BYTES) {
      throw damaged("payload-key has " + idAndKey.length + " bytes, not 40");
    }
    PayloadKey key =
        new PayloadKey(
            HexFormat.of().formatHex(idAndKey, 0, PayloadKeys.ID_BYTES),
            Arrays.copyOfRange(idAndKey, PayloadKeys.ID_BYTES, idAndKey.length));
    Arrays.fill(idAndKey, (byte) 0);
    return key;
  }

  private static byte[] required(Map<String, byte[]> fields, String name) {
    byte[] value = fields.get(name);
    if (value == null) {
      throw damaged(name + " is missing");
    }
    return value;
  }

  private static LedgerException damaged(String why) {
    return new LedgerException(
        "keys-damaged",
        "what the keystore holds is damaged: " + why,
        "Restore the keystore from a copy.");
  }

  /** Fields one after another; what a grown buffer leaves behind is overwritten. */
  private static final class Fields extends ByteArrayOutputStream {

    Fields() {
      super(16_384);
      writeBytes(MAGIC);
    }

    void put(String name, byte[] value) {
      byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
      write(nameBytes.length);
      writeBytes(nameBytes);
      writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
      writeBytes(value);
    }

    byte[] bytes() {
      byte[] bytes = toByteArray();
      Arrays.fill(buf, (byte) 0);
      return bytes;
    }
  }
}
