package dev.candor.governance.decisions;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.access.Principal;
import java.util.Optional;

/**
 * What somebody wants decided.
 *
 * @param principal who asks
 * @param purpose what for: kebab-case, 1 to 64 characters
 * @param subject whose data it is about, in words of the caller; 1 to 256 characters
 * @param requestKey what the caller calls this request: asking twice is one decision; 1 to 256
 *     characters
 * @param model who is to decide
 * @param text what was asked, in the asker's own words, for whoever reads the record
 * @param task what is to be done
 */
public record DecisionRequest(
    Principal principal,
    String purpose,
    Optional<String> subject,
    Optional<String> requestKey,
    ModelIdentity model,
    String text,
    DecisionTask task) {

  private static final int LONGEST_NAME = 256;

  public DecisionRequest {
    if (!purpose.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*") || purpose.length() > 64) {
      throw new GovernanceException(
          "purpose-malformed",
          "the purpose is '"
              + PlainText.shown(purpose)
              + "'; allowed are 1 to 64 of a-z, 0-9 and single dashes",
          "Name a purpose such as customer-service (--purpose).");
    }
    subject.ifPresent(it -> requireName("subject", it));
    requestKey.ifPresent(it -> requireName("request key", it));
  }

  private static void requireName(String what, String name) {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw new GovernanceException(
          "name-malformed",
          "the " + what + " has " + name.length() + " characters, allowed are 1 to " + LONGEST_NAME,
          "Give a shorter one, and not only blanks.");
    }
  }
}
