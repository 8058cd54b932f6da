package dev.candor.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.server.ServedHome;
import dev.candor.server.ServerException;
import dev.candor.server.ServerLimits;
import dev.candor.server.ServerSettings;
import dev.candor.server.connections.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private @TempDir Path folder;

  /** A key and its certificate, which it has signed itself. */
  private KeyStore identity(String name, String algorithm, String... extension)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-ext",
                "san=ip:127.0.0.1" + String.join("", extension))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }

  private Path certificateFile(String name, KeyStore identity)
      throws IOException, GeneralSecurityException {
    return Files.writeString(
        folder.resolve(name), pem("CERTIFICATE", identity.getCertificate("it").getEncoded()));
  }

  private Path keyFile(String name, KeyStore identity)
      throws IOException, GeneralSecurityException {
    return Files.writeString(
        folder.resolve(name), pem("PRIVATE KEY", identity.getKey("it", PASSWORD).getEncoded()));
  }

  private static SSLContext context(KeyStore trusted, Optional<KeyStore> own)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("server", trusted.getCertificate("it"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own.orElse(null), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static ServerSettings settings(TlsFiles files) {
    return new ServerSettings(
        "127.0.0.1", 0, Optional.of(files), List.of(), List.of(), ServerLimits.USUAL);
  }

  private static HttpResponse<String> ask(ServedHome home, SSLContext context)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      return client.send(
          HttpRequest.newBuilder(home.at("/v1/models")).timeout(Duration.ofSeconds(20)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /** The name in the certificate that the server shows. */
  private static String shown(ServedHome home, SSLContext context) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", home.at("/").getPort())) {
      socket.setSoTimeout(10_000);
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
      X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return certificate.getSubjectX500Principal().getName();
    }
  }

  @Test
  void encryptsByTls13AndReadsItsFilesAgain() throws Exception {
    KeyStore first = identity("first", "EC");
    KeyStore second = identity("second", "RSA");
    Path certificate = certificateFile("server.pem", first);
    Path key = keyFile("server.key", first);
    try (ServedHome home =
        new ServedHome(folder, settings(new TlsFiles(certificate, key, Optional.empty())))) {
      assertThat(ask(home, context(first, Optional.empty())).statusCode()).isEqualTo(200);
      assertThat(shown(home, context(first, Optional.empty()))).isEqualTo("CN=first");
      SSLContext old = context(first, Optional.empty());
      try (HttpClient client =
          HttpClient.newBuilder()
              .sslContext(old)
              .sslParameters(new SSLParameters(null, new String[] {"TLSv1.2"}))
              .build()) {
        assertThatThrownBy(() ->
                client.send(
                    HttpRequest.newBuilder(home.at("/health")).build(),
                    HttpResponse.BodyHandlers.ofString()))
            .isInstanceOf(IOException.class);
      }
      Files.move(
          certificateFile("new.pem", second), certificate, StandardCopyOption.REPLACE_EXISTING);
      Files.move(keyFile("new.key", second), key, StandardCopyOption.REPLACE_EXISTING);
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      String name = "";
      while (!name.equals("CN=second") && System.nanoTime() < end) {
        Thread.sleep(200);
        try {
          name = shown(home, context(second, Optional.empty()));
        } catch (SSLException e) {
          name = "not yet";
        }
      }
      assertThat(name).isEqualTo("CN=second");
    }
  }

  @Test
  void aClientNeedsACertificateWhereOneIsAskedFor() throws Exception {
    KeyStore server = identity("server", "EC");
    KeyStore client = identity("client", "EC", ",uri:spiffe://example/triage");
    KeyStore stranger = identity("stranger", "EC");
    TlsFiles files =
        new TlsFiles(
            certificateFile("server.pem", server),
            keyFile("server.key", server),
            Optional.of(certificateFile("clients.pem", client)));
    try (ServedHome home = new ServedHome(folder, settings(files))) {
      assertThatThrownBy(() -> ask(home, context(server, Optional.empty())))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> ask(home, context(server, Optional.of(stranger))))
          .isInstanceOf(IOException.class);
      assertThat(ask(home, context(server, Optional.of(client))).statusCode()).isEqualTo(200);
      // The line is written once the answer is on its way.
      long end = System.nanoTime() + 10_000_000_000L;
      while (home.lines().isEmpty() && System.nanoTime() < end) {
        Thread.sleep(10);
      }
      assertThat(home.lines()).singleElement().asString().contains("spiffe://example/triage");
    }
  }

  /** The first line of the answer to a request in a connection of its own. */
  private static String firstLine(ServedHome home, SSLContext context) throws IOException {
    int port = home.at("/").getPort();
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      return line == null ? "" : line;
    }
  }

  @Test
  void aClientWhoseIssuerWasTakenAwayComesInNoMore() throws Exception {
    KeyStore server = identity("server", "EC");
    KeyStore client = identity("client", "EC");
    Path clients = certificateFile("clients.pem", client);
    TlsFiles files =
        new TlsFiles(
            certificateFile("server.pem", server),
            keyFile("server.key", server),
            Optional.of(clients));
    try (ServedHome home = new ServedHome(folder, settings(files))) {
      SSLContext context = context(server, Optional.of(client));
      assertThat(firstLine(home, context)).contains(" 200 ");
      Files.move(
          certificateFile("others.pem", identity("other", "EC")),
          clients,
          StandardCopyOption.REPLACE_EXISTING);
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      boolean comesIn = true;
      while (comesIn && System.nanoTime() < end) {
        Thread.sleep(200);
        try {
          comesIn = firstLine(home, context).contains(" 200 ");
        } catch (IOException e) {
          comesIn = false;
        }
      }
      assertThat(comesIn).isFalse();
    }
  }

  @Test
  void filesThatCannotBeUsedAreToldAtTheStart() throws Exception {
    KeyStore server = identity("server", "EC");
    Path certificate = certificateFile("server.pem", server);
    assertThatThrownBy(() -> new TlsKeys(new TlsFiles(certificate, certificate, Optional.empty())))
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.code()).isEqualTo("server.tls-key"));
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> new TlsKeys(new TlsFiles(missing, certificate, Optional.empty())))
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.code()).isEqualTo("server.tls-file"));
  }

  @Test
  void aClientThatLeavesIsNoticedBeforeAnythingIsWritten() throws Exception {
    KeyStore server = identity("server", "EC");
    TlsFiles files =
        new TlsFiles(
            certificateFile("server.pem", server), keyFile("server.key", server), Optional.empty());
    try (ServedHome home = new ServedHome(folder, settings(files))) {
      int port = home.at("/").getPort();
      SSLContext context = context(server, Optional.empty());
      try (RawClient client =
          new RawClient(context.getSocketFactory().createSocket("127.0.0.1", port))) {
        client.post("/v1/chat/completions", ServedHome.endless("'n': 12").replace('\'', '"'));
        while (home.entries().size() < 12) {
          Thread.sleep(5);
        }
      }
      long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      while (home.lines().isEmpty() && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      assertThat(home.lines()).singleElement().asString().contains("\"status\":499");
    }
  }
}
