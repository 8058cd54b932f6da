package dev.candor.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.server.ServedHome;
import dev.candor.server.ServerException;
import dev.candor.server.ServerLimits;
import dev.candor.server.ServerSettings;
import dev.candor.server.connections.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Abuse case A27: certificates that count no more, or not yet, and older TLS. */
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class ClientCertificateTest {

  @TempDir private static Path store;
  private static TestCertificates certificates;

  private @TempDir Path folder;

  @BeforeAll
  static void issue() throws Exception {
    certificates = new TestCertificates(store);
    certificates.issue("server", "-1d", 10);
    certificates.issue("triage", "-1d", 10);
    certificates.issue("other", "-1d", 10);
    certificates.issue("late", "-10d", 2);
    certificates.issue("early", "+5d", 2);
  }

  private ServedHome home(Optional<Path> revocations) throws Exception {
    TlsFiles files =
        new TlsFiles(
            certificates.pem("server"),
            certificates.key("server"),
            Optional.of(certificates.pem("authority")),
            revocations);
    return new ServedHome(
        folder,
        new ServerSettings(
            "127.0.0.1", 0, Optional.of(files), List.of(), List.of(), ServerLimits.USUAL));
  }

  private RawClient client(ServedHome home, String name) throws Exception {
    SSLContext context = certificates.client(Optional.of(name));
    return new RawClient(
        context.getSocketFactory().createSocket("127.0.0.1", home.at("/").getPort()));
  }

  /** Asks for what is not there: answered to whoever is let in. */
  private static String ask(RawClient client) throws IOException {
    client.get("/v1/models/none");
    return client.hear("}}");
  }

  @Test
  void oneThatWasTakenBackIsOutAtOnceAlsoInAnOpenConnection() throws Exception {
    Path list = certificates.revoke("other", "first.crl");
    try (ServedHome home = home(Optional.of(list));
        RawClient open = client(home, "triage")) {
      assertThat(ask(open)).startsWith("HTTP/1.1 404");
      while (home.lines().isEmpty()) {
        Thread.sleep(5);
      }
      assertThat(home.lines().getLast()).contains("spiffe://example/triage");
      assertThatThrownBy(() -> ask(client(home, "other"))).isInstanceOf(IOException.class);
      Files.move(
          certificates.revoke("triage", "next.crl"), list, StandardCopyOption.REPLACE_EXISTING);
      long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      String answer = ask(open);
      while (answer.startsWith("HTTP/1.1 404") && System.nanoTime() < end) {
        Thread.sleep(200);
        answer = ask(open);
      }
      assertThat(answer).startsWith("HTTP/1.1 401").contains("invalid_certificate");
      assertThatThrownBy(() -> ask(client(home, "triage"))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void oneWhoseTimeIsOverOrHasNotComeIsNotLetIn() throws Exception {
    try (ServedHome home = home(Optional.empty())) {
      assertThat(ask(client(home, "triage"))).startsWith("HTTP/1.1 404");
      assertThatThrownBy(() -> ask(client(home, "late"))).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> ask(client(home, "early"))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void olderTlsIsNotSpoken() throws Exception {
    try (ServedHome home = home(Optional.empty());
        SSLSocket socket =
            (SSLSocket)
                certificates
                    .client(Optional.of("triage"))
                    .getSocketFactory()
                    .createSocket("127.0.0.1", home.at("/").getPort())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void aFileThatIsNoListIsToldAtTheStart() {
    assertThatThrownBy(() -> home(Optional.of(certificates.key("server"))))
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.code()).isEqualTo("server.tls-revocations"));
  }
}
