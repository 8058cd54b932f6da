package dev.candor.training.gates;

import dev.candor.statistics.intervals.Measured;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a gate found.
 *
 * @param name of the gate
 * @param kind of the gate
 * @param verdict what it says
 * @param rows how many it is based on
 * @param measured what it measured; absent if there was nothing to measure
 * @param limit what the gate file asks for
 * @param reason in words
 */
public record GateResult(
    String name,
    String kind,
    Verdict verdict,
    int rows,
    Optional<Measured> measured,
    double limit,
    String reason) {

  /** As the members of a JSON object. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", name);
    members.put("kind", kind);
    members.put("verdict", verdict.name());
    members.put("rows", rows);
    measured.ifPresent(found -> {
      members.put("estimate", found.estimate());
      members.put("lower", found.lower());
      members.put("upper", found.upper());
    });
    members.put("limit", limit);
    members.put("reason", reason);
    return members;
  }
}
