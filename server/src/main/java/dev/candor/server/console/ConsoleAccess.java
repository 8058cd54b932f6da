package dev.candor.server.console;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.server.HttpProblem;
import dev.candor.server.access.Gatekeeper;
import io.helidon.http.HeaderNames;
import io.helidon.http.SetCookie;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;

/**
 * Whose a request to the console is, and whether it is meant: a cookie that only this site sends
 * back, and for each change a secret that only its pages know. Safe for use by many threads.
 */
final class ConsoleAccess {

  /** In which a form brings the secret of its session; scripts send it as a header. */
  static final String CSRF_FIELD = "csrf";

  private static final String CSRF_HEADER = "Candor-Csrf";

  private final ConsoleSessions sessions;
  private final ApiKeys keys;
  private final boolean loopback;
  private final String localUser;
  private final String link;

  /**
   * @param loopback whether only this machine can connect
   * @param localUser what entries call who asks from this machine without a key
   */
  ConsoleAccess(ConsoleSessions sessions, ApiKeys keys, boolean loopback, String localUser) {
    this.sessions = sessions;
    this.keys = keys;
    this.loopback = loopback;
    this.localUser = localUser;
    this.link = sessions.secret();
  }

  /** What the link of the start ends with. */
  String link() {
    return link;
  }

  ConsoleSessions sessions() {
    return sessions;
  }

  /** Cookies do not know ports, and two servers on a machine have different sessions. */
  private static String cookie(ServerRequest request) {
    return "candor-console-" + request.localPeer().port();
  }

  /** The session that a request belongs to. */
  Optional<ConsoleSession> find(ServerRequest request) {
    return request.headers().cookies().first(cookie(request)).asOptional().flatMap(sessions::find);
  }

  /**
   * The same; where somebody needs no key, or has a certificate, a session is opened.
   *
   * @return empty if they have to sign in
   */
  Optional<ConsoleSession> findOrOpen(ServerRequest request, ServerResponse response) {
    Optional<ConsoleSession> there = find(request);
    if (there.isPresent()) {
      return there;
    }
    Optional<Principal> certificate = Gatekeeper.certificate(request);
    if (certificate.isPresent()) {
      return Optional.of(
          begin(
              request, response, sessions.open(certificate.get(), ConsoleSession.How.CERTIFICATE)));
    }
    if (loopback && !keys.wasOneEverMade()) {
      return Optional.of(
          begin(
              request,
              response,
              sessions.open(
                  Principal.of(localUser, List.of(Role.INVOKE)), ConsoleSession.How.LOCAL)));
    }
    return Optional.empty();
  }

  /** Signs somebody in with a key. */
  ConsoleSession signIn(ServerRequest request, ServerResponse response, String key) {
    return begin(request, response, sessions.open(key));
  }

  /**
   * Signs in whoever has the link of the start: they have seen what only those see who run the
   * program, and who runs it may do everything.
   *
   * @throws HttpProblem 401 if it is another
   */
  void signInByLink(ServerRequest request, ServerResponse response, String given) {
    if (!ConsoleSessions.same(link, given)) {
      throw HttpProblem.of(
          401, "link_unknown", "This is not the link that 'candor serve' has printed.");
    }
    begin(
        request,
        response,
        sessions.open(Principal.of(localUser, List.of(Role.values())), ConsoleSession.How.LINK));
  }

  private static ConsoleSession begin(
      ServerRequest request, ServerResponse response, ConsoleSessions.Opened opened) {
    setCookie(request, response, opened.cookie(), ConsoleSessions.LONGEST.toSeconds());
    return opened.session();
  }

  /** Signs out. */
  void signOut(ServerRequest request, ServerResponse response) {
    find(request).ifPresent(session -> sessions.end(session.id()));
    setCookie(request, response, "", 0);
  }

  private static void setCookie(
      ServerRequest request, ServerResponse response, String value, long seconds) {
    response
        .headers()
        .addCookie(
            SetCookie.builder(cookie(request), value)
                .path("/console")
                .httpOnly(true)
                .secure(request.isSecure())
                .sameSite(SetCookie.SameSite.STRICT)
                .maxAge(java.time.Duration.ofSeconds(seconds))
                .build());
  }

  /**
   * Goes on only if the change was asked for by one of the session's own pages.
   *
   * @throws HttpProblem 403
   */
  static void requireMeant(ServerRequest request, ConsoleSession session, FormFields form) {
    Optional<String> given =
        request.headers().first(HeaderNames.create(CSRF_HEADER)).or(() -> form.text(CSRF_FIELD));
    if (given.filter(it -> ConsoleSessions.same(it, session.csrf())).isEmpty()) {
      throw HttpProblem.of(
          403,
          "csrf",
          "The request does not come from a page of this session. Load the page again, and repeat"
              + " it there.");
    }
  }

  /** Whether somebody may do it where no one data subject is concerned. */
  static boolean may(ConsoleSession session, Action action) {
    return Authority.permits(session.principal(), action);
  }
}
