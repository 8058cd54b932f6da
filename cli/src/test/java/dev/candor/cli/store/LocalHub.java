package dev.candor.cli.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two servers that speak the Hugging Face hub's protocol: the hub, and the host to which it sends
 * downloads of large files. What they do wrong on demand is what a test sets.
 */
final class LocalHub implements AutoCloseable {

  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** A request as a server saw it. */
  record Seen(String host, String method, String path, String authorization, String range) {}

  final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger cutsLeft = new AtomicInteger();
  final AtomicInteger failuresLeft = new AtomicInteger();
  volatile int cutAfterBytes = Integer.MAX_VALUE;
  volatile boolean ignoresRanges;
  volatile boolean refusesRanges;
  volatile boolean wrongRange;
  volatile boolean endless;
  volatile boolean trickles;
  volatile String declaredDigest = "";
  volatile long declaredSize = -1;
  volatile String requiredToken = "";
  volatile int refusal;
  volatile String redirectTo = "";

  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer hub;
  private final HttpServer storage;

  LocalHub() {
    try {
      hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      storage = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    hub.createContext("/", this::answerAsHub);
    storage.createContext("/", this::answerAsStorage);
    hub.setExecutor(threads);
    storage.setExecutor(threads);
    hub.start();
    storage.start();
  }

  void put(String path, byte[] content) {
    files.put(path, content);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  HubSettings settings(Optional<String> token) {
    return new HubSettings(endpoint(), token, Duration.ofMillis(600), 1_000, 4);
  }

  List<Seen> seenBy(String host) {
    return seen.stream().filter(request -> request.host().equals(host)).toList();
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
    threads.shutdownNow();
  }

  private void answerAsHub(HttpExchange exchange) throws IOException {
    try (exchange) {
      note("hub", exchange);
      String path = exchange.getRequestURI().getPath();
      if (failuresLeft.getAndDecrement() > 0) {
        exchange.sendResponseHeaders(503, -1);
      } else if (refusal != 0) {
        exchange.sendResponseHeaders(refusal, -1);
      } else if (!requiredToken.isEmpty()
          && !("Bearer " + requiredToken)
              .equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(401, -1);
      } else if (path.startsWith("/api/models/org/name/revision/")) {
        send(exchange, 200, Archives.text(listing()));
      } else if (path.startsWith("/org/old-name/")) {
        // A renamed repository: a relative redirect on the hub itself.
        exchange.getResponseHeaders().set("Location", path.replace("old-name", "name"));
        exchange.sendResponseHeaders(307, -1);
      } else if (path.startsWith("/org/name/resolve/")) {
        resolve(exchange, path.replaceFirst("/org/name/resolve/[^/]+/", ""));
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private void resolve(HttpExchange exchange, String file) throws IOException {
    byte[] content = files.get(file);
    if (content == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
    if (file.endsWith(".json")) {
      exchange.getResponseHeaders().set("ETag", '"' + gitBlob(content) + '"');
      send(exchange, 200, content);
      return;
    }
    String digest = declaredDigest.isEmpty() ? Archives.sha256(content) : declaredDigest;
    exchange.getResponseHeaders().set("X-Linked-Etag", '"' + digest + '"');
    exchange
        .getResponseHeaders()
        .set("X-Linked-Size", Long.toString(declaredSize < 0 ? content.length : declaredSize));
    exchange
        .getResponseHeaders()
        .set(
            "Location",
            redirectTo.isEmpty()
                ? "http://localhost:" + storage.getAddress().getPort() + "/blobs/" + file
                : redirectTo);
    exchange.sendResponseHeaders(302, -1);
  }

  private void answerAsStorage(HttpExchange exchange) throws IOException {
    try (exchange) {
      note("storage", exchange);
      byte[] content =
          files.getOrDefault(
              exchange.getRequestURI().getPath().replaceFirst("^/blobs/", ""), new byte[0]);
      String range = exchange.getRequestHeaders().getFirst("Range");
      int start =
          range == null || ignoresRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
      if (start > 0 && refusesRanges) {
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      if (start > 0) {
        exchange
            .getResponseHeaders()
            .set(
                "Content-Range",
                "bytes "
                    + (wrongRange ? 0 : start)
                    + "-"
                    + (content.length - 1)
                    + "/"
                    + content.length);
      }
      if (endless || trickles) {
        exchange.sendResponseHeaders(200, 0);
        pour(exchange.getResponseBody(), content);
        return;
      }
      exchange.sendResponseHeaders(start > 0 ? 206 : 200, content.length - start);
      OutputStream out = exchange.getResponseBody();
      if (cutsLeft.getAndDecrement() > 0) {
        out.write(content, start, Math.min(cutAfterBytes, content.length - start));
        out.flush();
        return; // Closing with bytes outstanding breaks the connection.
      }
      out.write(content, start, content.length - start);
    }
  }

  private void pour(OutputStream out, byte[] content) throws IOException {
    try {
      out.write(content);
      while (endless) {
        out.write(content);
      }
      while (trickles) {
        out.write(0);
        out.flush();
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String listing() {
    StringBuilder siblings = new StringBuilder();
    new TreeMap<>(files)
        .forEach((path, content) ->
            siblings
                .append(siblings.isEmpty() ? "" : ",")
                .append("{\"rfilename\":\"")
                .append(path)
                .append("\",\"size\":")
                .append(content.length)
                .append(
                    path.endsWith(".json")
                        ? ""
                        : ",\"lfs\":{\"sha256\":\"" + Archives.sha256(content) + "\"}")
                .append('}'));
    return "{\"id\":\"org/name\",\"sha\":\"" + COMMIT + "\",\"siblings\":[" + siblings + "]}";
  }

  private static String gitBlob(byte[] content) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(Archives.text("blob " + content.length + "\0"));
      return HexFormat.of().formatHex(sha1.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void note(String host, HttpExchange exchange) {
    seen.add(
        new Seen(
            host,
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
            String.valueOf(exchange.getRequestHeaders().getFirst("Range"))));
  }

  private static void send(HttpExchange exchange, int status, byte[] content) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
    }
    exchange.sendResponseHeaders(status, head ? -1 : content.length);
    if (!head) {
      exchange.getResponseBody().write(content);
    }
  }
}
