package dev.candor.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates that keytool makes, in a folder of a test: an authority, and whom it vouches for.
 */
final class TestCertificates {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String AUTHORITY = "authority";

  private final Path folder;

  /** Makes the authority. */
  TestCertificates(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    keytool(
        AUTHORITY, "-genkeypair", "-keyalg", "EC", "-dname", "CN=authority", "-ext", "bc=ca:true");
  }

  private void keytool(String alias, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", alias, "-keystore", folder.resolve("all.p12").toString()));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  /**
   * Makes a key and its certificate, which the authority has signed.
   *
   * @param began when it begins to be good, as keytool takes it, such as {@code -10d}
   * @param days how long it is good
   */
  void issue(String name, String began, int days) throws IOException, InterruptedException {
    keytool(
        name,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-signer",
        AUTHORITY,
        "-startdate",
        began,
        "-validity",
        Integer.toString(days),
        "-ext",
        "san=ip:127.0.0.1,uri:spiffe://example/" + name);
  }

  /** Writes the list of what the authority has taken back: one certificate. */
  Path revoke(String name, String list) throws Exception {
    String serial = certificate(name).getSerialNumber().toString();
    Path file = folder.resolve(list);
    keytool(AUTHORITY, "-gencrl", "-rfc", "-id", serial, "-file", file.toString());
    return file;
  }

  private KeyStore all() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("all.p12"))) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private X509Certificate certificate(String name) throws IOException, GeneralSecurityException {
    return (X509Certificate) all().getCertificate(name);
  }

  private Path pem(String file, String what, byte[] der) throws IOException {
    return Files.writeString(
        folder.resolve(file),
        "-----BEGIN "
            + what
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END "
            + what
            + "-----\n");
  }

  /** The certificate of one, as a server reads it. */
  Path pem(String name) throws IOException, GeneralSecurityException {
    return pem(name + ".pem", "CERTIFICATE", certificate(name).getEncoded());
  }

  /** The private key of one, as a server reads it. */
  Path key(String name) throws IOException, GeneralSecurityException {
    return pem(name + ".key", "PRIVATE KEY", all().getKey(name, PASSWORD).getEncoded());
  }

  /** What a client says that trusts the authority, and is this one. */
  SSLContext client(Optional<String> name) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(AUTHORITY, certificate(AUTHORITY));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    if (name.isPresent()) {
      Certificate[] chain = all().getCertificateChain(name.get());
      own.setKeyEntry("own", all().getKey(name.get(), PASSWORD), PASSWORD, chain);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
