package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;

/** Reads a policy file, line by line: what a line names must stand above it. */
final class PolicyReader {

  private static final String NONE = "none";

  private final List<WitnessPolicy.Log> logs = new ArrayList<>();
  private final List<Quorum.Witness> witnesses = new ArrayList<>();
  private final Map<String, Quorum> defined = new HashMap<>();
  private final Set<String> members = new HashSet<>();
  private Optional<Quorum> quorum = Optional.empty();
  private int groups;
  private int number;

  WitnessPolicy read(byte[] file) {
    if (file.length > WitnessPolicy.MOST_BYTES) {
      throw malformed(
          "the file has " + file.length + " bytes, allowed are " + WitnessPolicy.MOST_BYTES);
    }
    // Names are octets to the specification: Latin-1 keeps each as one character.
    String text = new String(file, StandardCharsets.ISO_8859_1);
    if (!text.isEmpty() && !text.endsWith("\n")) {
      throw malformed("the file does not end with a line feed");
    }
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7F)) {
        throw malformed("there is a control character");
      }
      List<String> words = new ArrayList<>();
      new StringTokenizer(line, " \t").asIterator().forEachRemaining(w -> words.add((String) w));
      if (!words.isEmpty() && !words.getFirst().startsWith("#")) {
        read(words);
      }
    }
    return new WitnessPolicy(
        logs, witnesses, quorum.orElseThrow(() -> malformed("there is no quorum line")));
  }

  private void read(List<String> words) {
    switch (words.getFirst()) {
      case "log" -> readLog(words);
      case "witness" -> readWitness(words);
      case "group" -> readGroup(words);
      case "quorum" -> readQuorum(words);
      default -> throw malformed("it begins with neither log, witness, group nor quorum");
    }
  }

  private void readLog(List<String> words) {
    requireWords(words, 2, 3);
    VerifierKey key = key(words.get(1));
    if (key.type() == SignatureType.ED25519_COSIGNATURE) {
      throw malformed("a key of type 04 cosigns: it is no key of a log");
    }
    if (logs.stream().anyMatch(log -> log.key().sameKeyAs(key))) {
      throw malformed("the same key stands for a log above");
    }
    requireRoom("logs", logs.size());
    logs.add(new WitnessPolicy.Log(key, words.stream().skip(2).findFirst()));
  }

  private void readWitness(List<String> words) {
    requireWords(words, 3, 4);
    VerifierKey key = key(words.get(2));
    if (!key.type().timed()) {
      throw malformed("a key of type 01 does not cosign: it is no key of a witness");
    }
    if (witnesses.stream().anyMatch(witness -> witness.key().sameKeyAs(key))) {
      throw malformed("the same key stands for a witness above");
    }
    requireRoom("witnesses", witnesses.size());
    Quorum.Witness witness = new Quorum.Witness(words.get(1), key);
    witnesses.add(witness);
    define(words.get(1), witness);
  }

  private void readGroup(List<String> words) {
    requireWords(words, 4, Integer.MAX_VALUE);
    List<Quorum> all = new ArrayList<>();
    for (String name : words.subList(3, words.size())) {
      all.add(defined(name));
      if (!members.add(name)) {
        throw malformed(quoted(name) + " is a member already");
      }
    }
    long threshold =
        switch (words.get(2)) {
          case "any" -> 1;
          case "all" -> all.size();
          default -> NoteText.number(words.get(2)).orElse(0L);
        };
    if (threshold < 1 || threshold > all.size()) {
      throw malformed("the threshold is not any, all or 1 to " + all.size());
    }
    requireRoom("groups", groups++);
    define(words.get(1), new Quorum.Group(words.get(1), (int) threshold, all));
  }

  private void readQuorum(List<String> words) {
    requireWords(words, 2, 2);
    if (quorum.isPresent()) {
      throw malformed("a quorum stands above");
    }
    quorum = Optional.of(words.get(1).equals(NONE) ? new Quorum.None() : defined(words.get(1)));
  }

  private VerifierKey key(String word) {
    try {
      // A key's name is UTF-8, so it is decoded as such from its octets.
      return VerifierKey.parse(NoteText.decode("key", word.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (LedgerException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private Quorum defined(String name) {
    Quorum member = defined.get(name);
    if (member == null) {
      throw malformed(quoted(name) + " is not defined above");
    }
    return member;
  }

  private void define(String name, Quorum member) {
    if (name.equals(NONE) || defined.putIfAbsent(name, member) != null) {
      throw malformed(quoted(name) + " has a meaning already");
    }
  }

  private void requireWords(List<String> words, int least, int most) {
    if (words.size() < least || words.size() > most) {
      throw malformed("it has " + words.size() + " words, " + least + " at least");
    }
  }

  private void requireRoom(String what, int size) {
    if (size >= WitnessPolicy.MOST_MEMBERS) {
      throw malformed("more than " + WitnessPolicy.MOST_MEMBERS + " " + what);
    }
  }

  private static String quoted(String name) {
    byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
    return "'" + NoteText.shown(new String(octets, StandardCharsets.UTF_8)) + "'";
  }

  private LedgerException malformed(String why) {
    return new LedgerException(
        "policy-malformed", "line " + number + " of the policy: " + why, "Correct the policy.");
  }
}
