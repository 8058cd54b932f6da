package dev.candor.ledger.storage;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.TreeHash;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What is done while the power may go. Each takes how many images to look at at each moment. */
enum CrashScenarios {
  /** A ledger begins. */
  FRESH {
    @Override
    CrashScenario run(int most, String forgotten) {
      CrashScenario scenario = begin(new FaultDisk(), 0, most, forgotten);
      try (Ledger ledger = open(scenario)) {
        scenario.append(ledger);
        scenario.append(ledger);
        scenario.checkpoint(ledger);
        scenario.append(ledger);
        scenario.checkpoint(ledger);
      }
      return scenario;
    }
  },

  /** One entry more, over several sectors. */
  SMALL {
    @Override
    CrashScenario run(int most, String forgotten) {
      CrashScenario scenario = begin(CrashScenario.prepared(2), 2, most, forgotten);
      try (Ledger ledger = open(scenario)) {
        scenario.appendOf(ledger, "2".repeat(700));
      }
      return scenario;
    }
  },

  /** One file becomes whole and the next begins. */
  NEXT_FILE {
    @Override
    CrashScenario run(int most, String forgotten) {
      CrashScenario scenario = begin(CrashScenario.prepared(254), 254, most, forgotten);
      try (Ledger ledger = open(scenario)) {
        scenario.append(ledger);
        scenario.append(ledger);
        scenario.append(ledger);
        scenario.append(ledger);
      }
      return scenario;
    }
  },

  /** A group that two files share. */
  GROUP {
    @Override
    CrashScenario run(int most, String forgotten) {
      CrashScenario scenario = begin(CrashScenario.prepared(252), 252, most, forgotten);
      try (Ledger ledger = open(scenario)) {
        scenario.appendGroup(ledger, 7);
        scenario.appendGroup(ledger, 3);
      }
      return scenario;
    }
  },

  /** The thousandth file becomes whole; the next is in a folder of its own. */
  NEXT_FOLDER {
    @Override
    CrashScenario run(int most, String forgotten) {
      CrashScenario scenario =
          begin(ThousandFiles.DISK.copy(), 255_999, Math.min(most, 12), forgotten);
      try (Ledger ledger = open(scenario)) {
        scenario.append(ledger);
        scenario.append(ledger);
      }
      return scenario;
    }
  },

  /** A force fails; the ledger goes on. */
  FAILED_FORCE {
    @Override
    CrashScenario run(int most, String forgotten) {
      CrashScenario scenario = begin(CrashScenario.prepared(3), 3, most, forgotten);
      try (Ledger ledger = open(scenario)) {
        scenario.append(ledger);
        failOnce(scenario, "force", "entries/000");
        scenario.appendInVain(ledger);
        // What failed may be there until the next is written, and then no more.
        scenario.disk.faults =
            operation -> {
              if (operation.kind().equals("write") && operation.name().equals("entries/000")) {
                scenario.disk.faults = after -> {};
                scenario.replaceFailed("replacement");
              }
            };
        scenario.appendReplacement(ledger, "replacement");
        scenario.append(ledger);
      }
      return scenario;
    }
  },

  /** A force fails, and the process ends before it can cut; another finds what it left. */
  FOUND_BY_ANOTHER {
    @Override
    CrashScenario run(int most, String forgotten) {
      CrashScenario scenario = begin(CrashScenario.prepared(255), 255, most, forgotten);
      // The last entry of a file, the first of the next, and one within a file.
      for (int i = 0; i < 3; i++) {
        try (Ledger ledger = open(scenario)) {
          scenario.disk.faults =
              operation -> {
                if (operation.kind().equals("force") || operation.kind().equals("truncate")) {
                  throw new IOException("Input/output error");
                }
              };
          scenario.appendInVain(ledger);
        }
        scenario.disk.faults = operation -> {};
        open(scenario).close();
        // It has been given out.
        scenario.acknowledgeFailed();
      }
      try (Ledger ledger = open(scenario)) {
        scenario.append(ledger);
      }
      return scenario;
    }
  },

  /** The power goes while a half-written group is cut, and when the next one follows. */
  CUT {
    @Override
    CrashScenario run(int most, String forgotten) {
      FaultDisk disk = CrashScenario.prepared(4);
      byte[] entry = new Entry("note", Map.of("number", "9".repeat(500))).bytes();
      byte[] group = Frames.group(List.of(entry, entry, entry), 7, new byte[TreeHash.BYTES]);
      if (disk.find("entries/000") instanceof FaultDisk.FileNode file) {
        file.write(file.bytes.length, group);
        file.force();
      }
      CrashScenario scenario = begin(disk, 4, most, forgotten);
      try (Ledger ledger = open(scenario)) {
        scenario.append(ledger);
        scenario.append(ledger);
      }
      return scenario;
    }
  };

  /**
   * Runs it.
   *
   * @param most images at a moment, and as many with a torn sector; 0 to look at none
   * @param forgotten which force is not done, none if empty
   */
  abstract CrashScenario run(int most, String forgotten);

  private static CrashScenario begin(FaultDisk disk, int entries, int most, String forgotten) {
    CrashScenario scenario = new CrashScenario(disk, entries, most);
    disk.forgotten = forgotten;
    scenario.begin();
    return scenario;
  }

  private static Ledger open(CrashScenario scenario) {
    return Ledger.open(scenario.disk.process(), TestKeys.SETTINGS);
  }

  private static void failOnce(CrashScenario scenario, String kind, String name) {
    scenario.disk.faults =
        operation -> {
          if (operation.kind().equals(kind) && operation.name().equals(name)) {
            scenario.disk.faults = after -> {};
            throw new IOException("Input/output error");
          }
        };
  }

  /** Made once: it takes a second. */
  private static final class ThousandFiles {
    static final FaultDisk DISK = CrashScenario.prepared(255_999);
  }
}
