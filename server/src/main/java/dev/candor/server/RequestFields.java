package dev.candor.server;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.server.connections.Exchange;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The fields of a request, each of which somebody must take: what nobody has taken in the end is
 * refused by its name. Not safe for use by many threads.
 */
public final class RequestFields {

  private static final Json.Limits LIMITS = new Json.Limits(64L << 20, 64, 200_000);

  private final JsonObject object;
  private final String path;
  private final Set<String> taken = new LinkedHashSet<>();
  private final List<String> reported;

  private RequestFields(JsonObject object, String path, List<String> reported) {
    this.object = object;
    this.path = path;
    this.reported = reported;
  }

  /**
   * Reads the body of a request.
   *
   * @param request the one that this thread answers
   * @throws HttpProblem 400 {@code invalid_json}
   */
  public static RequestFields read(ServerRequest request) {
    try (InputStream body = Exchange.current().body(request)) {
      return of(Json.parseObject(body, LIMITS, "the body"));
    } catch (ConfigException e) {
      throw HttpProblem.of(400, "invalid_json", e.getMessage() + ". Send one JSON object.")
          .causedBy(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The fields of an object. */
  public static RequestFields of(JsonObject object) {
    return new RequestFields(object, "", new ArrayList<>());
  }

  /** The fields of an object within this one. */
  public RequestFields within(String name, Object value) {
    if (!(value instanceof JsonObject inner)) {
      throw wrong(name, "is not an object");
    }
    return new RequestFields(inner, path + name + ".", reported);
  }

  private <T> T take(String name, Supplier<T> value) {
    taken.add(name);
    try {
      return value.get();
    } catch (ConfigException e) {
      throw HttpProblem.ofField(path + name, "invalid_type", path + name + ": " + e.getMessage())
          .causedBy(e);
    }
  }

  /** The object itself. */
  public JsonObject object() {
    return object;
  }

  /** Whether the field is there, and not {@code null}. It is not taken by this. */
  public boolean has(String name) {
    return object.has(name);
  }

  /** The value, if there is one. */
  public Optional<Object> value(String name) {
    return take(name, () -> object.value(name));
  }

  /** A text, if there is one. */
  public Optional<String> text(String name) {
    return take(name, () -> object.optionalString(name));
  }

  /** A text that must be there. */
  public String requiredText(String name) {
    return text(name).orElseThrow(() -> missing(name));
  }

  /** A flag. */
  public boolean flag(String name, boolean absent) {
    return take(name, () -> object.bool(name, absent));
  }

  /** A number within limits, if there is one. */
  public OptionalDouble number(String name, double least, double most) {
    OptionalDouble value = take(name, () -> object.optionalNumber(name));
    if (value.isPresent() && !(value.getAsDouble() >= least && value.getAsDouble() <= most)) {
      throw outOfRange(name, value.getAsDouble(), least, most);
    }
    return value;
  }

  /** A whole number within limits, if there is one. */
  public OptionalLong integer(String name, long least, long most) {
    OptionalLong value = take(name, () -> object.optionalInteger(name));
    if (value.isPresent() && (value.getAsLong() < least || value.getAsLong() > most)) {
      throw outOfRange(name, value.getAsLong(), least, most);
    }
    return value;
  }

  /** A list, if there is one. */
  public Optional<List<Object>> list(String name) {
    return take(name, () -> object.list(name));
  }

  /** An object, if there is one. */
  public Optional<RequestFields> object(String name) {
    return value(name).map(value -> within(name, value));
  }

  /** Texts: one alone, or a list of them. */
  public List<String> texts(String name) {
    Optional<Object> value = value(name);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof String one) {
      return List.of(one);
    }
    List<String> texts = new ArrayList<>();
    for (Object each : value.get() instanceof List<?> list ? list : List.of(0)) {
      if (!(each instanceof String text)) {
        throw wrong(name, "is neither a text nor a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /** The field changes nothing here, and the reply says so. */
  public void report(String... names) {
    for (String name : names) {
      taken.add(name);
      if (object.has(name) && !reported.contains(path + name)) {
        reported.add(path + name);
      }
    }
  }

  /** The field may only have this value, if it is there: any other is not honoured here. */
  public void only(String name, Object... allowed) {
    Optional<Object> value = value(name);
    if (value.isPresent()) {
      for (Object each : allowed) {
        if (each.equals(value.get())) {
          return;
        }
      }
      throw HttpProblem.ofField(
          path + name,
          "unsupported_value",
          path + name + " is not honoured here, save with " + List.of(allowed) + ".");
    }
  }

  /** Refuses what nobody has taken. */
  public void requireAllTaken() {
    for (String name : object.members().keySet()) {
      if (!taken.contains(name)) {
        throw HttpProblem.ofField(
            path + name,
            "unknown_parameter",
            "The field " + path + name + " is not known here. Leave it out.");
      }
    }
  }

  /** What changes nothing, by the names of the fields. */
  public List<String> reported() {
    return List.copyOf(reported);
  }

  /** A field that is not there. */
  public HttpProblem missing(String name) {
    return HttpProblem.ofField(path + name, "missing_parameter", path + name + " is missing.");
  }

  /** A field that is not as it should be. */
  public HttpProblem wrong(String name, String why) {
    return HttpProblem.ofField(path + name, "invalid_value", path + name + " " + why + ".");
  }

  private HttpProblem outOfRange(String name, Object value, Object least, Object most) {
    return wrong(name, "is " + value + ", allowed is " + least + " to " + most);
  }
}
