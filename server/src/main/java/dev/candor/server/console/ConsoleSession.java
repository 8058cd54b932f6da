package dev.candor.server.console;

import dev.candor.governance.access.Principal;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who has signed in with a browser.
 *
 * @param id what it is called on pages; tells nothing of the cookie
 * @param principal whom it stands for
 * @param how how they signed in
 * @param key id of the API key that they signed in with, if they did
 * @param csrf what each change must bring along
 * @param began when
 */
public record ConsoleSession(
    String id, Principal principal, How how, Optional<String> key, String csrf, Instant began) {

  /** How somebody signed in. */
  public enum How {
    /** From this machine, where no key was ever made. */
    LOCAL("this machine"),
    /** By the link that whoever started the server was shown. */
    LINK("the link of the start"),
    /** With an API key. */
    KEY("a key"),
    /** With a certificate. */
    CERTIFICATE("a certificate");

    private final String words;

    How(String words) {
      this.words = words;
    }

    /** For people: completes "signed in by …". */
    public String words() {
      return words;
    }
  }
}
