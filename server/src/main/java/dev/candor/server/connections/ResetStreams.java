package dev.candor.server.connections;

import io.helidon.http.http2.Http2Stream;
import io.helidon.http.http2.Http2StreamState;
import io.helidon.webserver.http.ServerResponse;
import java.lang.reflect.Field;

/**
 * Knows which requests of HTTP/2 were taken back (RST_STREAM). Helidon notes it in the stream and
 * tells only a handler that reads: one that computes is not told, and what it writes goes nowhere
 * without an error (4.5.0). The stream is a field of the response that no method gives, so it is
 * read by its name; where there is none, the first such request says so.
 */
final class ResetStreams {

  private ResetStreams() {}

  private static final ClassValue<Field> STREAM =
      new ClassValue<>() {
        @Override
        protected Field computeValue(Class<?> type) {
          try {
            Field field = type.getDeclaredField("stream");
            field.setAccessible(true);
            return field;
          } catch (NoSuchFieldException e) {
            throw new IllegalStateException("an HTTP/2 response of an unknown form", e);
          }
        }
      };

  /** Whether the client wants this answer no more. Only for one that has not ended. */
  static boolean isReset(ServerResponse response) {
    try {
      return STREAM.get(response.getClass()).get(response) instanceof Http2Stream stream
          && stream.streamState() == Http2StreamState.CLOSED;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
