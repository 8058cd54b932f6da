package dev.candor.server.access;

import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.server.HttpProblem;
import dev.candor.server.ServerSettings;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Stands before every request: by which name it came, from which page, and whose it is.
 *
 * <h2>Security guarantees</h2>
 *
 * A page of another origin that a browser on this machine shows reaches nothing, also not by a name
 * of its own that it lets point here (DNS rebinding): the name must be one of this server's, and
 * the origin too. A key that was given is right, or the request is refused; where keys were made,
 * or clients need certificates, nothing is answered without one. A certificate is looked at for
 * each request, not only when the connection begins.
 *
 * <h2>Restrictions</h2>
 *
 * Where no key was ever made, whoever can open a connection to the loopback address may ask: all
 * users of the machine.
 */
public final class Gatekeeper implements Filter {

  /** What a probe may ask without a key. */
  private static final Set<String> OPEN = Set.of("/health", "/ready");

  /** Whose requests they are, the console finds out itself: by a session. */
  private static final String CONSOLE = "/console";

  private static final String BEARER = "bearer ";

  /** Subject alternative name of kind URI (RFC 5280), where SPIFFE has its ids. */
  private static final int URI_NAME = 6;

  private final ApiKeys keys;
  private final HostNames hosts;
  private final List<String> allowedOrigins;
  private final boolean loopback;
  private final boolean encrypted;
  private final String localUser;
  private final Optional<TlsKeys> tls;

  /**
   * @param keys those that hold now
   * @param loopback whether only this machine can connect
   * @param localUser what entries call who asks from this machine without a key
   * @param tls says whose certificates are good now, if connections are encrypted
   */
  public Gatekeeper(
      ApiKeys keys,
      ServerSettings settings,
      boolean loopback,
      String localUser,
      Optional<TlsKeys> tls) {
    this.tls = tls;
    this.keys = keys;
    this.hosts = new HostNames(settings.host(), settings.allowedHosts());
    this.allowedOrigins = settings.allowedOrigins();
    this.loopback = loopback;
    this.encrypted = settings.tls().isPresent();
    this.localUser = localUser;
  }

  /** Who made a request that was let in. */
  public static Caller callerOf(ServerRequest request) {
    return request
        .context()
        .get(Caller.class)
        .orElseThrow(() -> HttpProblem.of(401, "unauthorized", "No caller is known."));
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    requireHost(request);
    requireCertificate(request);
    boolean foreign = requireOrigin(request, response);
    if (foreign && request.prologue().method().equals(Method.OPTIONS)) {
      response
          .header("Access-Control-Allow-Methods", "GET, POST")
          .header(
              "Access-Control-Allow-Headers",
              "authorization, content-type, idempotency-key, candor-purpose, candor-subject")
          .header("Access-Control-Max-Age", "600")
          .status(204)
          .send();
      return;
    }
    String path = request.path().path();
    boolean console = path.equals(CONSOLE) || path.startsWith(CONSOLE + "/");
    // What of it needs a caller and asks for one here would be refused.
    if (!console && !OPEN.contains(path)) {
      request.context().register(caller(request));
    }
    chain.proceed();
  }

  private void requireCertificate(RoutingRequest request) {
    if (tls.isEmpty() || !tls.get().wantsClients()) {
      return;
    }
    X509Certificate[] chain =
        request.remotePeer().tlsCertificates().stream()
            .flatMap(Arrays::stream)
            .map(X509Certificate.class::cast)
            .toArray(X509Certificate[]::new);
    if (chain.length == 0 || !tls.get().wouldLetIn(chain)) {
      throw HttpProblem.of(
          401,
          "invalid_certificate",
          "The certificate of the connection has expired, or its issuer has taken it back.");
    }
  }

  private void requireHost(RoutingRequest request) {
    String authority = request.authority();
    if (!hosts.allow(authority)) {
      throw HttpProblem.of(
          421,
          "host_not_allowed",
          "The server is not called '"
              + shown(authority)
              + "': allowed are addresses, localhost and what --allow-host names.");
    }
  }

  /** Whether it came from a page of another origin, which is then one that is allowed. */
  private boolean requireOrigin(RoutingRequest request, RoutingResponse response) {
    ServerRequestHeaders headers = request.headers();
    Optional<String> origin = headers.first(HeaderNames.ORIGIN);
    if (origin.isPresent() && allowedOrigins.contains(origin.get())) {
      response.header("Access-Control-Allow-Origin", origin.get()).header("Vary", "Origin");
      return true;
    }
    String own = (encrypted ? "https://" : "http://") + request.authority();
    boolean otherOrigin =
        origin
            .filter(it -> !it.toLowerCase(Locale.ROOT).equals(own.toLowerCase(Locale.ROOT)))
            .isPresent();
    boolean otherSite =
        origin.isEmpty()
            && headers
                .first(HeaderNames.create("Sec-Fetch-Site"))
                .filter(site -> site.equals("cross-site") || site.equals("same-site"))
                .isPresent();
    if (otherOrigin || otherSite) {
      throw HttpProblem.of(
          403,
          "origin_not_allowed",
          "A page of "
              + shown(origin.orElse("another site"))
              + " may not call this server:"
              + " allowed is what --allow-origin names.");
    }
    return false;
  }

  private Caller caller(RoutingRequest request) {
    Optional<Principal> byCertificate = certificate(request);
    Optional<String> key = key(request.headers());
    if (key.isPresent() && (key.get().startsWith(ApiKeys.PREFIX) || keys.wasOneEverMade())) {
      return new Caller(
          keys.principal(key.get()).orElseThrow(Gatekeeper::unauthorized), Caller.How.KEY);
    }
    if (byCertificate.isPresent()) {
      return new Caller(byCertificate.get(), Caller.How.CERTIFICATE);
    }
    if (loopback && !keys.wasOneEverMade()) {
      // A client that must send some key sends any.
      return new Caller(Principal.of(localUser, List.of(Role.INVOKE)), Caller.How.LOCAL);
    }
    throw unauthorized();
  }

  private static HttpProblem unauthorized() {
    return HttpProblem.of(
            401,
            "invalid_api_key",
            "The request has no key that holds: send 'Authorization: Bearer KEY', with a key that"
                + " 'candor keys create' has made.")
        .with("WWW-Authenticate", "Bearer");
  }

  private static Optional<String> key(ServerRequestHeaders headers) {
    return headers
        .first(HeaderNames.AUTHORIZATION)
        .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(BEARER))
        .map(value -> value.substring(BEARER.length()).strip())
        .filter(value -> !value.isEmpty());
  }

  /** Whom a client's certificate names: by a URI, or by its subject. */
  public static Optional<Principal> certificate(ServerRequest request) {
    Optional<Certificate[]> chain = request.remotePeer().tlsCertificates();
    if (chain.isEmpty() || !(chain.get()[0] instanceof X509Certificate certificate)) {
      return Optional.empty();
    }
    String name = certificate.getSubjectX500Principal().getName();
    try {
      Collection<List<?>> others = certificate.getSubjectAlternativeNames();
      for (List<?> each : others == null ? List.<List<?>>of() : others) {
        if (each.get(0).equals(URI_NAME)) {
          name = String.valueOf(each.get(1));
          break;
        }
      }
    } catch (CertificateParsingException e) {
      throw HttpProblem.of(401, "invalid_certificate", "The certificate cannot be read.")
          .causedBy(e);
    }
    return Optional.of(Principal.of(name, List.of(Role.INVOKE)));
  }

  private static String shown(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?").substring(0, Math.min(100, text.length()));
  }
}
