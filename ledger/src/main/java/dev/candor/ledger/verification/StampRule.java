package dev.candor.ledger.verification;

import dev.candor.ledger.entries.Entry;
import java.util.Optional;

/**
 * Every entry says when it was logged, and within one start of the machine its clock does not go
 * back. The wall clock may: a person or a server can set it.
 */
final class StampRule implements EntryRule {

  private String boot = "";
  private long clock = Long.MIN_VALUE;
  private long back;
  private long firstBack;

  @Override
  public void check(long index, Entry entry, Problems problems) {
    Optional<String> at = entry.value("at");
    Optional<String> thisBoot = entry.value("boot");
    Optional<String> thisClock = entry.value("clock");
    if (at.isEmpty()
        || thisBoot.isEmpty()
        || thisClock.isEmpty()
        || !at.get().matches("\\d{4,9}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z")
        || !thisClock.get().matches("-?\\d{1,18}|-?[1-8]\\d{18}")) {
      problems.wrong("stamp-missing", "it does not say when it was logged: at, boot and clock");
      return;
    }
    long now = Long.parseLong(thisClock.get());
    if (thisBoot.get().equals(boot) && now < clock) {
      if (back++ == 0) {
        firstBack = index;
      }
    }
    boot = thisBoot.get();
    clock = now;
  }

  @Override
  public void end(long size, Problems problems) {
    if (back > 0) {
      problems.remark(
          "clock-back",
          "the clock of the machine goes back "
              + back
              + " times within one start, first at entry "
              + firstBack);
    }
  }
}
