package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.verification.EntryRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an entry commits to is kept, and is what it commits to; or it was erased. That nothing is
 * there, and nothing was erased, means that it was lost.
 */
public final class PayloadRule implements EntryRule {

  private static final List<String> NAMES = List.of("input", "output", "reason", "replacement");

  private final PayloadStore payloads;
  private long kept;
  private long erased;

  /** Of a store that is open. */
  public PayloadRule(PayloadStore payloads) {
    this.payloads = payloads;
  }

  /** What an entry commits to, by the names of its values. */
  public static Map<String, Commitment> commitments(Entry entry) {
    Map<String, Commitment> commitments = new LinkedHashMap<>();
    // The reason of a refusal is the policy's, and in clear.
    if (!entry.kind().equals(DecisionRefused.KIND)) {
      for (String name : NAMES) {
        entry.value(name).ifPresent(hex -> commitments.put(name, new Commitment(hex)));
      }
    }
    return commitments;
  }

  @Override
  public void check(long index, Entry entry, Problems problems) {
    Map<String, Commitment> commitments;
    try {
      commitments = commitments(entry);
    } catch (IllegalArgumentException e) {
      problems.wrong("entry-field", "a commitment is " + e.getMessage());
      return;
    }
    commitments.forEach((name, commitment) -> check(name, commitment, problems));
  }

  private void check(String name, Commitment commitment, Problems problems) {
    try {
      switch (payloads.find(commitment)) {
        case Finding.Present present -> {
          if (!commitment.opens(present.payload().salt(), present.payload().bytes())) {
            problems.wrong("payload-other", "what is kept as its " + name + " is something else");
          }
          kept++;
        }
        case Finding.Erased _ -> erased++;
        case Finding.Absent _ ->
            problems.wrong("payload-missing", "what it commits to as its " + name + " is lost");
      }
    } catch (GovernanceException | LedgerException e) {
      problems.wrong("payload-damaged", name + ": " + e.getMessage());
    }
  }

  @Override
  public void end(long size, Problems problems) {
    problems.remark("payloads", kept + " payloads are kept and right, " + erased + " were erased");
  }
}
