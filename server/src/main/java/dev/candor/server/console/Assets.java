package dev.candor.server.console;

import dev.candor.server.HttpProblem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Scripts and styles of the console, from the program itself. Their addresses have a version in
 * them, so a browser may keep them.
 */
final class Assets {

  private static final String WEBJARS = "/META-INF/resources/webjars/";

  /** What there is, each by its name in addresses; nothing else is handed out. */
  private static final Map<String, String> FILES = files();

  private final Map<String, byte[]> read = new ConcurrentHashMap<>();

  private static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("htmx-2.0.10.js", WEBJARS + "htmx.org/2.0.10/dist/htmx.min.js");
    files.put("sse-2.2.2.js", WEBJARS + "htmx-ext-sse/2.2.2/sse.js");
    files.put("uplot-1.6.30.js", WEBJARS + "uplot/1.6.30/dist/uPlot.iife.min.js");
    files.put("uplot-1.6.30.css", WEBJARS + "uplot/1.6.30/dist/uPlot.min.css");
    files.put("console.css", "console.css");
    files.put("console.js", "console.js");
    files.put("charts.js", "charts.js");
    files.put("icon.svg", "icon.svg");
    return Map.copyOf(files);
  }

  /** Hands one out. */
  void send(ServerRequest request, ServerResponse response) {
    String name = request.path().pathParameters().get("name");
    byte[] bytes = bytes(name);
    String tag = "\"" + Integer.toHexString(java.util.Arrays.hashCode(bytes)) + "\"";
    Pages.guard(response);
    // The program's own have no version in their names: they are asked for again, by their tag.
    response
        .header("Cache-Control", name.contains("-") ? "public, max-age=31536000" : "no-cache")
        .header("ETag", tag);
    Optional<String> known = request.headers().first(HeaderNames.IF_NONE_MATCH);
    if (known.equals(Optional.of(tag))) {
      response.status(304).send();
      return;
    }
    response.header("Content-Type", type(name)).send(bytes);
  }

  private static String type(String name) {
    return name.endsWith(".css")
        ? "text/css; charset=utf-8"
        : name.endsWith(".svg") ? "image/svg+xml" : "text/javascript; charset=utf-8";
  }

  /** The bytes of one, read once. */
  byte[] bytes(String name) {
    String place = FILES.get(name);
    if (place == null) {
      throw HttpProblem.of(404, "not_found", "The console has no such file.");
    }
    return read.computeIfAbsent(
        name,
        _ -> {
          try (InputStream in = Assets.class.getResourceAsStream(place)) {
            if (in == null) {
              throw new IllegalStateException("the program comes without " + place);
            }
            return in.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
