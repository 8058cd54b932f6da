package dev.candor.cli;

import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.RefusedUse;
import java.util.LinkedHashMap;
import java.util.Map;

/** A policy as members of a JSON object. */
final class PolicyReport {

  private PolicyReport() {}

  /** Name, digest, refused uses and rules. */
  static Map<String, Object> members(Policy policy) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", policy.name());
    members.put("digest", policy.digest());
    members.put("refused", policy.refused().stream().map(RefusedUse::purpose).toList());
    members.put(
        "rules",
        policy.rules().stream()
            .map(rule -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("id", rule.id());
              row.put("effect", rule.effect().key());
              row.put("line", rule.line());
              row.put("reason", rule.reason());
              return row;
            })
            .toList());
    return members;
  }
}
