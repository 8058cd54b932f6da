package dev.candor.server.access;

import dev.candor.server.ServerException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a TLS server, read again when their files change: connections that begin then use the
 * new ones, and a file that cannot be used leaves the old ones in place. Safe for use by many
 * threads.
 */
public final class TlsKeys {

  private static final String ALIAS = "server";

  /** So long an answer about a certificate is good. */
  private static final Duration LOOKED_AT = Duration.ofSeconds(10);

  private static final int MOST_ACCEPTED = 1_000;

  private final TlsFiles files;
  private final Map<X509Certificate, Accepted> accepted = new ConcurrentHashMap<>();
  private volatile Loaded loaded;

  private record Loaded(
      X509Certificate[] chain,
      PrivateKey key,
      @Nullable X509ExtendedTrustManager clients,
      List<FileTime> times) {}

  /** A certificate that was good, when, and by which files. */
  private record Accepted(Loaded by, long millis) {}

  /**
   * Reads them.
   *
   * @throws ServerException {@code server.tls-file}, {@code tls-certificate}, {@code tls-key} or
   *     {@code tls-revocations}
   */
  public TlsKeys(TlsFiles files) {
    this.files = files;
    this.loaded = load();
  }

  private Loaded load() {
    List<FileTime> times = times();
    List<X509Certificate> chain = PemFiles.certificates(files.certificates());
    PrivateKey key = PemFiles.key(files.key());
    if (!chain.getFirst().getPublicKey().getAlgorithm().equals(key.getAlgorithm())
        && !key.getAlgorithm().startsWith("Ed")) {
      throw new ServerException(
          "tls-key",
          files.key() + " is not the key of the first certificate in " + files.certificates(),
          "Give the key that belongs to the certificate.");
    }
    X509ExtendedTrustManager clients =
        files.clientAuthorities().isEmpty()
            ? null
            : trust(files.clientAuthorities().get(), files.clientRevocations());
    return new Loaded(chain.toArray(X509Certificate[]::new), key, clients, times);
  }

  private static X509ExtendedTrustManager trust(Path authorities, Optional<Path> revocations) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate each : PemFiles.certificates(authorities)) {
        store.setCertificateEntry("authority-" + number++, each);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      if (revocations.isEmpty()) {
        factory.init(store);
      } else {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
        parameters.addCertStore(
            CertStore.getInstance(
                "Collection",
                new CollectionCertStoreParameters(PemFiles.revocations(revocations.get()))));
        // From here on what has no list that holds is not trusted.
        parameters.setRevocationEnabled(true);
        factory.init(new CertPathTrustManagerParameters(parameters));
      }
      for (TrustManager each : factory.getTrustManagers()) {
        if (each instanceof X509ExtendedTrustManager manager) {
          return manager;
        }
      }
      throw new IllegalStateException("no trust manager");
    } catch (GeneralSecurityException | IOException e) {
      throw new ServerException(
          "tls-certificate",
          authorities + " cannot be used as authorities: " + e.getMessage(),
          "Give a PEM file of certificates.",
          e);
    }
  }

  private List<FileTime> times() {
    List<Path> all = new ArrayList<>(List.of(files.certificates(), files.key()));
    files.clientAuthorities().ifPresent(all::add);
    files.clientRevocations().ifPresent(all::add);
    List<FileTime> times = new ArrayList<>();
    for (Path file : all) {
      try {
        times.add(Files.getLastModifiedTime(file));
      } catch (IOException e) {
        times.add(FileTime.fromMillis(0));
      }
    }
    return times;
  }

  /**
   * Reads the files again if one has changed.
   *
   * @return whether there are other keys now
   * @throws ServerException as the constructor does; the old ones stay
   */
  public boolean reload() {
    if (times().equals(loaded.times())) {
      return false;
    }
    loaded = load();
    return true;
  }

  /** Whether clients need certificates. */
  public boolean wantsClients() {
    return files.clientAuthorities().isPresent();
  }

  /**
   * Whether a client that came in with this certificate would come in now: connections live long,
   * and a session that is taken up again is not asked for its certificate.
   *
   * @param chain its own certificate, and those that lead to its issuer
   */
  @SuppressWarnings("ReferenceEquality") // by these very files
  public boolean wouldLetIn(X509Certificate... chain) {
    Loaded now = loaded;
    Accepted known = accepted.get(chain[0]);
    long millis = System.currentTimeMillis();
    if (known != null
        && known.by() == now
        && millis - known.millis() < LOOKED_AT.toMillis()
        && millis < chain[0].getNotAfter().getTime()) {
      return true;
    }
    try {
      new CurrentAuthorities().checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    } catch (CertificateException e) {
      return false;
    }
    if (accepted.size() >= MOST_ACCEPTED) {
      accepted.clear();
    }
    accepted.put(chain[0], new Accepted(now, millis));
    return true;
  }

  /** What connections are encrypted with. */
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new CurrentKey()},
          wantsClients() ? new TrustManager[] {new CurrentAuthorities()} : new TrustManager[0],
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks anew for each connection. */
  private final class CurrentKey extends X509ExtendedKeyManager {

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      String alias = alias(type);
      return alias == null ? null : new String[] {alias};
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(type);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(type);
    }

    private @Nullable String alias(String type) {
      String algorithm = loaded.key().getAlgorithm();
      boolean fits =
          algorithm.startsWith("Ed")
              ? type.startsWith("Ed")
              : type.equals(algorithm) || type.startsWith(algorithm);
      return fits ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return loaded.chain().clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return loaded.key();
    }
  }

  /** Asks anew for each client. One that is itself listed as an authority has its dates too. */
  private final class CurrentAuthorities extends X509ExtendedTrustManager {

    private X509ExtendedTrustManager now() {
      X509ExtendedTrustManager clients = loaded.clients();
      if (clients == null) {
        throw new IllegalStateException("clients need no certificates");
      }
      return clients;
    }

    private X509ExtendedTrustManager dated(X509Certificate[] chain) throws CertificateException {
      for (X509Certificate each : chain) {
        each.checkValidity();
      }
      return now();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      dated(chain).checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      dated(chain).checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      dated(chain).checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      now().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      now().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      now().checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return now().getAcceptedIssuers();
    }
  }
}
