package dev.candor.server.access;

import dev.candor.governance.access.Principal;

/**
 * Who has made a request.
 *
 * @param principal by their key, their certificate, or as whoever uses this machine
 * @param how in a word, for logs
 */
public record Caller(Principal principal, How how) {

  /** How a caller is known. */
  public enum How {
    /** From this machine, where no key was ever made. */
    LOCAL,
    KEY,
    CERTIFICATE
  }
}
