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
 */
public record TlsFiles(Path certificates, Path key, Optional<Path> clientAuthorities) {}
