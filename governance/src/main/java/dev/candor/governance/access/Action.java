package dev.candor.governance.access;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What can be done, and which roles may do it. */
public enum Action {
  ASK("ask a model", false, Role.INVOKE),
  GIVE_CONSENT("record a consent", true, Role.OPERATE, Role.GOVERN),
  WITHDRAW_CONSENT("withdraw a consent", true, Role.OPERATE, Role.GOVERN),
  READ_SUBJECT("read what is kept of one data subject", true, Role.GOVERN, Role.AUDIT),
  EXPLAIN("have a decision explained", true, Role.GOVERN),
  READ_ALL("read all entries, payloads and reports", false, Role.AUDIT),
  VERIFY(
      "verify the ledger, export it without payloads",
      false,
      Role.OPERATE,
      Role.GOVERN,
      Role.AUDIT),
  STOP("stop a decision that runs", false, Role.OPERATE, Role.GOVERN),
  OVERRIDE("put something else in the place of a decision", false, Role.OPERATE, Role.GOVERN),
  ERASE("erase what is kept of a data subject", true, Role.GOVERN),
  KEEP_INVENTORY("record, rate and move models", false, Role.OPERATE, Role.GOVERN),
  REVIEW_MODEL("review a model of others", false, Role.OPERATE, Role.GOVERN),
  APPROVE_MODEL(
      "approve a model of others, as its rating allows", false, Role.OPERATE, Role.GOVERN),
  RECORD_EVIDENCE("record evidence about a model", false, Role.OPERATE, Role.GOVERN),
  WAIVE_EVIDENCE("waive evidence about a model of others", false, Role.GOVERN),
  CHANGE_LOADER("say how much evidence the loader asks for", false, Role.GOVERN),
  CHANGE_POLICY("put a policy into force", false, Role.GOVERN),
  ISSUE_REPORT("issue a report", false, Role.GOVERN),
  CHANGE_KEYS("give out, revoke, rotate or destroy keys", false, Role.OPERATE, Role.GOVERN);

  private final String words;
  private final boolean subjectItself;
  private final Set<Role> roles;

  Action(String words, boolean subjectItself, Role first, Role... others) {
    this.words = words;
    this.subjectItself = subjectItself;
    this.roles = EnumSet.of(first, others);
  }

  /** As it is written in entries. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For people: completes "may …". */
  public String words() {
    return words;
  }

  /** Whether a data subject may do it to what is its own, without any role. */
  public boolean openToTheSubject() {
    return subjectItself;
  }

  /** Whether this role may do it to anybody's. */
  public boolean isOpenTo(Role role) {
    return roles.contains(role);
  }
}
