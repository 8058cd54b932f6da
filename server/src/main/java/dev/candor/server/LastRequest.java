package dev.candor.server;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/**
 * Closes a connection behind the reply to a request with {@code Connection: close} (RFC 9112, 9.6).
 * Helidon 4.5 says so in the reply and keeps the connection open, so that a client that reads to
 * its end waits for ever, and the connection counts among those that may be open.
 */
final class LastRequest implements Filter {

  private static final System.Logger LOG = System.getLogger(LastRequest.class.getName());

  private static final String HTTP_1 = "1.1";

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    chain.proceed();
    boolean last =
        request.prologue().protocolVersion().equals(HTTP_1)
            && request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    if (last && response.isSent()) {
      readRest(request);
      throw new CloseConnectionException("the client asked to close the connection");
    }
  }

  /** Where a body has not been read, closing would take the reply from the client as well. */
  private static void readRest(RoutingRequest request) {
    // Who waits to be told to go on sends no body behind a refusal.
    boolean comes =
        request.content().hasEntity()
            && !request.content().consumed()
            && !request.headers().containsToken(HeaderValues.EXPECT_100);
    if (comes) {
      try {
        request.content().consume();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.DEBUG, "the rest of a body did not come", e);
      }
    }
  }
}
