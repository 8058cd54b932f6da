package dev.candor.cli.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach the Hugging Face hub, or a server that speaks its protocol.
 *
 * @param endpoint scheme, host and port, no trailing slash
 * @param token sent to the endpoint's own host, never anywhere else
 * @param patience how long to wait for an answer, and over which time a download must bring {@link
 *     #leastBytes} to count as alive
 * @param leastBytes see patience
 * @param attempts how often to try again after a connection broke without any progress
 */
public record HubSettings(
    URI endpoint, Optional<String> token, Duration patience, long leastBytes, int attempts) {

  private static final String PUBLIC = "https://huggingface.co";

  /** Validates. */
  public HubSettings {
    boolean loopback = isLoopback(endpoint);
    boolean web = "https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme());
    if (!web || endpoint.getHost() == null || endpoint.getUserInfo() != null) {
      throw new StoreException(
          "invalid-endpoint",
          "HF_ENDPOINT is not a web address: " + SafeNames.printable(endpoint.toString()),
          "Set HF_ENDPOINT to an address such as https://hub.example.org.");
    }
    if (token.isPresent() && !loopback && !"https".equals(endpoint.getScheme())) {
      throw new StoreException(
          "invalid-endpoint",
          "HF_ENDPOINT is not https, the token would be readable on the way",
          "Set HF_ENDPOINT to an https address, or unset HF_TOKEN.");
    }
    if (token.filter(text -> !text.matches("[\\x21-\\x7e]{1,512}")).isPresent()) {
      throw new StoreException(
          "invalid-token", "HF_TOKEN is not a token", "Set HF_TOKEN to the token alone.");
    }
  }

  /** {@code HF_ENDPOINT} (default the public hub) and {@code HF_TOKEN}. */
  public static HubSettings ofEnvironment() {
    String endpoint = environment("HF_ENDPOINT").orElse(PUBLIC).replaceFirst("/+$", "");
    try {
      return new HubSettings(
          new URI(endpoint), environment("HF_TOKEN"), Duration.ofSeconds(30), 1 << 16, 5);
    } catch (URISyntaxException e) {
      throw new StoreException(
          "invalid-endpoint",
          "HF_ENDPOINT is not a web address: " + SafeNames.printable(endpoint),
          "Set HF_ENDPOINT to an address such as https://hub.example.org.");
    }
  }

  /** Without the token: this may end up in a log. */
  @Override
  public String toString() {
    return endpoint + (token.isPresent() ? " with a token" : "");
  }

  static boolean isLoopback(URI address) {
    String host = String.valueOf(address.getHost());
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  private static Optional<String> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).map(String::strip).filter(s -> !s.isEmpty());
  }
}
