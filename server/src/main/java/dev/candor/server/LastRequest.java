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

  private static final String HTTP_1 = "1.1";

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    chain.proceed();
    boolean last =
        request.prologue().protocolVersion().equals(HTTP_1)
            && request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    // Where a body has not been read, closing would take the reply from the client as well.
    boolean read = !request.content().hasEntity() || request.content().consumed();
    if (last && read && response.isSent()) {
      throw new CloseConnectionException("the client asked to close the connection");
    }
  }
}
