package dev.candor.server.console;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.server.HttpProblem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request to the console of somebody who has signed in, and its response.
 *
 * @param session whose it is
 * @param pages makes the response
 */
record Visit(ServerRequest request, ServerResponse response, ConsoleSession session, Pages pages) {

  /** Who it is. */
  Principal principal() {
    return session.principal();
  }

  /** Whether they may do it where no one data subject is concerned. */
  boolean may(Action action) {
    return Authority.permits(principal(), action);
  }

  /**
   * Goes on only if they may.
   *
   * @throws dev.candor.governance.GovernanceException {@code governance.not-permitted}
   */
  void require(Action action) {
    Authority.require(principal(), action);
  }

  /** A part of the path. */
  String part(String name) {
    return request.path().pathParameters().get(name);
  }

  /** What the query says. */
  Optional<String> query(String name) {
    return request.query().first(name).asOptional().map(String::strip).filter(it -> !it.isEmpty());
  }

  /** A whole number of the query. */
  Optional<Long> queryNumber(String name) {
    Optional<String> text = query(name);
    if (text.isPresent() && !text.get().matches("[0-9]{1,15}")) {
      throw HttpProblem.ofField(name, "invalid_value", "'" + name + "' takes a whole number.");
    }
    return text.map(Long::parseLong);
  }

  /** Whether a script of the page asks for a part of it. */
  boolean wantsPart() {
    return request.headers().contains(HeaderNames.create("HX-Request"));
  }

  /** Shows a page. */
  void show(String template, String title, String section, Map<String, Object> values) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put("frame", frame(title, section));
    pages.send(response, 200, template, all);
  }

  /** Shows a part of a page. */
  void showPart(String template, Map<String, Object> values) {
    pages.send(response, 200, template, values);
  }

  /** What is around a page for them. */
  Frame frame(String title, String section) {
    return new Frame(
        title,
        section,
        Optional.of(
            new Frame.Visitor(
                principal().name(),
                String.join(", ", principal().roleKeys()),
                session.how().words(),
                session.csrf())),
        Pages.theme(request),
        links());
  }

  private List<Frame.Link> links() {
    List<Frame.Link> links = new ArrayList<>();
    for (Section section : Section.values()) {
      if (section.isOpenTo(principal())) {
        links.add(new Frame.Link(section.path(), section.title()));
      }
    }
    return links;
  }

  /** Sends the browser to another page, after a change. */
  void goTo(String path) {
    if (wantsPart()) {
      response.status(204).header("HX-Redirect", path).send();
    } else {
      response.status(303).header("Location", path).send();
    }
  }
}
