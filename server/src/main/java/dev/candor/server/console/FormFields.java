package dev.candor.server.console;

import dev.candor.server.HttpProblem;
import dev.candor.server.connections.Exchange;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a form has sent: {@code application/x-www-form-urlencoded} (WHATWG URL, 5). */
final class FormFields {

  /** Longer than any prompt that a model here can read. */
  private static final int MOST_BYTES = 4 << 20;

  private static final int MOST_FIELDS = 200;

  private final Map<String, List<String>> values = new LinkedHashMap<>();

  private FormFields() {}

  /**
   * Reads them.
   *
   * @throws HttpProblem 400 or 413
   */
  static FormFields read(ServerRequest request) {
    try (InputStream in = Exchange.current().body(request)) {
      byte[] body = in.readNBytes(MOST_BYTES + 1);
      if (body.length > MOST_BYTES) {
        throw HttpProblem.of(
            413, "form_too_large", "The form has more than " + MOST_BYTES + " bytes.");
      }
      return parse(new String(body, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FormFields parse(String body) {
    FormFields fields = new FormFields();
    if (body.isEmpty()) {
      return fields;
    }
    String[] pairs = body.split("&", MOST_FIELDS + 1);
    if (pairs.length > MOST_FIELDS) {
      throw HttpProblem.of(
          400, "form_fields", "The form has more than " + MOST_FIELDS + " fields.");
    }
    for (String pair : pairs) {
      int sign = pair.indexOf('=');
      String name = decoded(sign < 0 ? pair : pair.substring(0, sign));
      String value = sign < 0 ? "" : decoded(pair.substring(sign + 1));
      fields.values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }
    return fields;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw HttpProblem.of(400, "form_malformed", "The form cannot be read.").causedBy(e);
    }
  }

  /** A field that is there and not blank, without blanks around it. */
  Optional<String> text(String name) {
    return values.getOrDefault(name, List.of()).stream()
        .map(String::strip)
        .filter(it -> !it.isEmpty())
        .findFirst();
  }

  /**
   * The same.
   *
   * @throws HttpProblem 400 if it is not there
   */
  String required(String name) {
    return text(name)
        .orElseThrow(
            () -> HttpProblem.ofField(name, "missing_value", "Fill in the field '" + name + "'."));
  }

  /** All values of a field. */
  List<String> all(String name) {
    return List.copyOf(values.getOrDefault(name, List.of()));
  }

  /** Whether a box is ticked. */
  boolean isTicked(String name) {
    return text(name).isPresent();
  }

  /**
   * A number within limits.
   *
   * @throws HttpProblem 400
   */
  double number(String name, double usual, double least, double most) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      double value = Double.parseDouble(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number that is out of range is.
    }
    throw HttpProblem.ofField(
        name,
        "invalid_value",
        "The field '" + name + "' takes a number from " + least + " to " + most + ".");
  }
}
