package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * What the ledger says itself of each entry, in front of the entry's values: {@code at}, the wall
 * clock; {@code boot}, the start of the machine, or of the process where the machine does not name
 * one; {@code clock}, nanoseconds of a clock that does not jump within a boot. The order of the
 * entries is their order: a wall clock that goes back is data.
 */
final class Stamp {

  static final String AT = "at";
  static final String BOOT = "boot";
  static final String CLOCK = "clock";

  private static final List<String> NAMES = List.of(AT, BOOT, CLOCK);

  /** Nine digits behind the point, always, so that entries of one kind have one length. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private static final String THIS_BOOT = boot();

  private final InstantSource wallClock;

  Stamp(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  /**
   * The entry with the stamp of now.
   *
   * @throws LedgerException {@code ledger.entry-stamped} if it has one of the three values already,
   *     {@code ledger.entry-too-large} if it is too long with them
   */
  Entry on(Entry entry) {
    for (String name : NAMES) {
      if (entry.values().containsKey(name)) {
        throw new LedgerException(
            "entry-stamped",
            "an entry of kind " + entry.kind() + " brings its own " + name,
            "Leave at, boot and clock to the ledger, and call other times otherwise.");
      }
    }
    Map<String, String> values = new LinkedHashMap<>();
    values.put(AT, TIME.format(wallClock.instant()));
    values.put(BOOT, THIS_BOOT);
    values.put(CLOCK, Long.toString(System.nanoTime()));
    values.putAll(entry.values());
    return new Entry(entry.kind(), values);
  }

  private static String boot() {
    try {
      return UUID.fromString(Files.readString(BOOT_ID).strip()).toString();
    } catch (IOException | IllegalArgumentException e) {
      return UUID.randomUUID().toString();
    }
  }
}
