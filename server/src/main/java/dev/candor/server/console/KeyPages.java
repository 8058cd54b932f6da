package dev.candor.server.console;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.ApiKey;
import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Role;
import dev.candor.server.HttpProblem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys of those who call the server, and who is signed in. */
public final class KeyPages {

  private final ConsoleParts parts;
  private final ConsoleSessions sessions;

  KeyPages(ConsoleParts parts, ConsoleSessions sessions) {
    this.parts = parts;
    this.sessions = sessions;
  }

  /** A key, without itself. */
  public record KeyRow(
      String id, String holder, String roles, String expires, String state, boolean isAlive) {}

  /** Somebody who is signed in. */
  public record SessionRow(
      String id, String name, String roles, String how, String began, boolean own) {}

  void show(Visit visit) {
    show(visit, Optional.empty());
  }

  private void show(Visit visit, Optional<ApiKeys.Created> created) {
    boolean changes = visit.may(Action.CHANGE_KEYS);
    boolean sees = changes || visit.may(Action.READ_ALL);
    Instant now = parts.governance().clock().instant();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("changes", changes);
    values.put("sees", sees);
    values.put(
        "keys", sees ? parts.keys().list().stream().map(key -> row(key, now)).toList() : List.of());
    values.put(
        "sessions",
        sessions.list().stream()
            .filter(session -> sees || session.id().equals(visit.session().id()))
            .map(session -> row(session, visit))
            .toList());
    values.put("roles", visit.principal().roleKeys());
    values.put("created", created);
    visit.show("keys", "Keys and sessions", Section.KEYS.path(), values);
  }

  private static KeyRow row(ApiKey key, Instant now) {
    String state = key.revoked() ? "revoked" : key.isValid(now) ? "holds" : "expired";
    return new KeyRow(
        key.id(),
        key.holder(),
        String.join(", ", key.roles().stream().map(Role::key).toList()),
        key.expires().map(Shown::time).orElse("never"),
        state,
        key.isValid(now));
  }

  private static SessionRow row(ConsoleSession session, Visit visit) {
    return new SessionRow(
        session.id(),
        session.principal().name(),
        String.join(", ", session.principal().roleKeys()),
        session.how().words(),
        Shown.time(session.began()),
        session.id().equals(visit.session().id()));
  }

  /** Makes a key, and shows it this once. */
  void create(Visit visit, FormFields form) {
    List<Role> roles = form.all("role").stream().map(Role::of).toList();
    Optional<Instant> expires = form.text("expires").map(KeyPages::endOfDay);
    ApiKeys.Created created =
        parts.keys().create(visit.principal(), form.required("holder"), roles, expires);
    show(visit, Optional.of(created));
  }

  /** The end of a day that a form names. */
  static Instant endOfDay(String text) {
    try {
      return LocalDate.parse(text).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw HttpProblem.of(400, "invalid_value", "A day is written so: 2027-05-01.").causedBy(e);
    }
  }

  void revoke(Visit visit) {
    var unused = parts.keys().revoke(visit.principal(), visit.part("id"));
    visit.goTo(Section.KEYS.path());
  }

  /** Signs somebody out: oneself, or others for whoever may take their keys. */
  void endSession(Visit visit) {
    String id = visit.part("id");
    if (!id.equals(visit.session().id())) {
      visit.require(Action.CHANGE_KEYS);
    }
    sessions.end(id);
    visit.goTo(Section.KEYS.path());
  }
}
