package dev.candor.server.access;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of a TLS server, in PEM. Who renews them replaces them; they are read again then.
 *
 * @param certificates the server's certificate, and those that lead to its issuer
 * @param key its private key, PKCS#8, not encrypted
 * @param clientAuthorities certificates of those who issue certificates to clients; if given, no
 *     client comes in without one
 * @param clientRevocations lists of certificates that those have taken back (CRL, RFC 5280), of
 *     each of them one that is not out of date
 */
public record TlsFiles(
    Path certificates,
    Path key,
    Optional<Path> clientAuthorities,
    Optional<Path> clientRevocations) {

  /** Without lists of what was taken back. */
  public TlsFiles(Path certificates, Path key, Optional<Path> clientAuthorities) {
    this(certificates, key, clientAuthorities, Optional.empty());
  }
}
