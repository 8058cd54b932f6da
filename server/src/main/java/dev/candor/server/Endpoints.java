package dev.candor.server;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;

/**
 * The endpoints of the server, each with its method. Another method is answered 405 with the one
 * that is there, and another path 404.
 */
final class Endpoints {

  private final HttpRouting.Builder routing;

  /** Adds them to a routing. */
  Endpoints(HttpRouting.Builder routing) {
    this.routing = routing;
  }

  Endpoints get(String path, Handler handler) {
    routing.get(path, handler);
    return alone("GET", path);
  }

  Endpoints post(String path, Handler handler) {
    routing.post(path, handler);
    return alone("POST", path);
  }

  private Endpoints alone(String method, String path) {
    routing.any(
        path,
        (request, _) -> {
          throw HttpProblem.of(
                  405,
                  "method_not_allowed",
                  asked(request) + " is not possible, " + method + " is.")
              .with("Allow", method);
        });
    return this;
  }

  /** Nothing else is there. */
  void end() {
    routing.any((request, _) -> {
      throw HttpProblem.of(404, "not_found", "There is no " + asked(request) + " here.");
    });
  }

  private static String asked(ServerRequest request) {
    return request.prologue().method().text()
        + " "
        + request.path().path().replaceAll("[^\\x20-\\x7e]", "?");
  }
}
