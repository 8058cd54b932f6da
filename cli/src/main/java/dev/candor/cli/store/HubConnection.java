package dev.candor.cli.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the hub. Redirects are followed here, one by one: the token goes to the hub's own
 * scheme, host and port, and once a redirect has led elsewhere, to nobody any more; https is never
 * left for http.
 */
final class HubConnection implements AutoCloseable {

  private static final int MOST_REDIRECTS = 5;
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

  private final HubSettings settings;
  private final HttpClient client;

  HubConnection(HubSettings settings) {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.patience())
            .build();
  }

  /**
   * An answer, its body not yet read.
   *
   * @param first the hub's own answer, which says of a redirected file what it is
   * @param last the answer at the end of the redirects
   */
  record Reply(HttpResponse<InputStream> first, HttpResponse<InputStream> last)
      implements AutoCloseable {

    int status() {
      return last.statusCode();
    }

    /** Whether the hub itself answered, with no other host between. */
    boolean isDirect() {
      return first.uri().getAuthority().equals(last.uri().getAuthority());
    }

    /** A header of the hub's own answer. */
    Optional<String> hubHeader(String name) {
      return first.headers().firstValue(name);
    }

    @Override
    public void close() {
      try {
        last.body().close();
      } catch (IOException e) {
        // Nothing more was wanted of it.
        return;
      }
    }
  }

  /**
   * Sends a request.
   *
   * @param follow whether to follow a redirect to another host; one to the same host always is
   * @throws IOException if no answer came
   */
  Reply send(String method, URI address, Map<String, String> headers, boolean follow)
      throws IOException {
    URI next = address;
    boolean trusted = true;
    HttpResponse<InputStream> hubs = null;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      trusted &= sameOrigin(next, settings.endpoint());
      HttpResponse<InputStream> response = sendOnce(method, next, headers, trusted);
      if (trusted) {
        hubs = response;
      }
      HttpResponse<InputStream> first = hubs == null ? response : hubs;
      Optional<String> location = response.headers().firstValue("Location");
      if (!isRedirect(response.statusCode()) || location.isEmpty()) {
        return new Reply(first, response);
      }
      URI target = target(next, location.get());
      if (!follow && !sameOrigin(target, settings.endpoint())) {
        return new Reply(first, response);
      }
      response.body().close();
      next = target;
    }
    throw new StoreException(
        "redirects",
        address + " redirects more than " + MOST_REDIRECTS + " times",
        "Check HF_ENDPOINT; the server may be misconfigured.");
  }

  /** Reads a short document completely, trying again as often as the settings allow. */
  byte[] read(URI address, int limitBytes) {
    for (int attempt = 1; ; attempt++) {
      try (Reply reply = send("GET", address, Map.of(), true)) {
        requireSuccess(reply, address);
        if (!isTransient(reply.status())) {
          try (Watchdog watchdog = new Watchdog(reply.last().body(), settings)) {
            byte[] document = reply.last().body().readNBytes(limitBytes + 1);
            watchdog.requireAlive();
            if (document.length > limitBytes) {
              throw new StoreException(
                  "too-large",
                  address + " is longer than " + limitBytes + " bytes",
                  "Check HF_ENDPOINT; this is no list of files.");
            }
            return document;
          }
        }
        retryOrGiveUp(attempt, address, new IOException("status " + reply.status()), reply);
      } catch (IOException e) {
        retryOrGiveUp(attempt, address, e, null);
      }
    }
  }

  /** Waits before the next attempt, or gives up with what went wrong. */
  void retryOrGiveUp(int attempt, URI address, IOException cause, @Nullable Reply reply) {
    if (attempt >= settings.attempts()) {
      throw new StoreException(
          cause instanceof HttpTimeoutException ? "timeout" : "network",
          address.getAuthority() + " could not be reached or broke off: " + describe(cause),
          "Check the network and run the command again; what has arrived is kept.");
    }
    Duration delay = settings.patience().dividedBy(30).multipliedBy(1L << Math.min(attempt - 1, 4));
    if (reply != null) {
      delay =
          reply
              .last()
              .headers()
              .firstValue("Retry-After")
              .filter(seconds -> seconds.matches("\\d{1,6}"))
              .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
              .orElse(delay);
    }
    Duration bounded = delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
    try {
      Thread.sleep(bounded);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Passes what is a success or worth another attempt; everything else is refused by its status.
   */
  void requireSuccess(Reply reply, URI address) {
    int status = reply.status();
    if (status / 100 == 2 || isTransient(status) || status == 416 || isRedirect(status)) {
      return;
    }
    String what = "the hub refuses " + address.getPath() + " with status " + status;
    throw switch (status) {
      case 401 ->
          new StoreException(
              "unauthorized",
              what,
              settings.token().isPresent()
                  ? "Set HF_TOKEN to a token that is valid."
                  : "Check the name; if the repository is private, set HF_TOKEN to your token.");
      case 403 ->
          new StoreException(
              "forbidden",
              what,
              "Accept the model's terms on its page, and set HF_TOKEN to a token of that account.");
      case 404, 410 ->
          new StoreException(
              "not-found", what, "Check the repository, the revision and the file name.");
      default -> new StoreException("refused", what, "Check HF_ENDPOINT, and try again later.");
    };
  }

  static boolean isTransient(int status) {
    return status == 408 || status == 429 || status / 100 == 5;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private HttpResponse<InputStream> sendOnce(
      String method, URI address, Map<String, String> headers, boolean trusted) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(settings.patience())
            .header("User-Agent", "candor")
            // Sizes, ranges and digests are those of the file, not of a compressed form.
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    if (trusted) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private URI target(URI from, String location) {
    URI target;
    try {
      target = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          "redirects",
          from.getAuthority() + " redirects to '" + SafeNames.printable(location) + "'",
          "Check HF_ENDPOINT; the server may be misconfigured.");
    }
    boolean allowed =
        target.getHost() != null
            && ("https".equals(target.getScheme())
                || "http".equals(target.getScheme()) && "http".equals(from.getScheme()));
    if (!allowed) {
      throw new StoreException(
          "redirects",
          from.getAuthority()
              + " redirects to an address that is not secure: "
              + SafeNames.printable(location),
          "Check HF_ENDPOINT; somebody may be in between.");
    }
    return target;
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static boolean sameOrigin(URI one, URI other) {
    return one.getScheme().equals(other.getScheme())
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI address) {
    return address.getPort() >= 0
        ? address.getPort()
        : "https".equals(address.getScheme()) ? 443 : 80;
  }

  private static String describe(IOException e) {
    String message = e.getMessage();
    if (message != null) {
      return SafeNames.printable(message);
    }
    // The JDK's client gives this one no message: nobody listens there, or the name is unknown.
    return e instanceof ConnectException ? "no connection" : e.getClass().getSimpleName();
  }

  private static StoreException interrupted() {
    Thread.currentThread().interrupt();
    return new StoreException(
        "interrupted",
        "the download was stopped",
        "Run the command again; what has arrived is kept.");
  }
}
