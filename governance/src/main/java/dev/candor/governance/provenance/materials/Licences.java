package dev.candor.governance.provenance.materials;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Licences as CycloneDX wants them: by SPDX id where a name is surely one, otherwise by name. */
final class Licences {

  /** Names of the licence tags of Hugging Face, which are SPDX ids in lower case. */
  private static final Map<String, String> SPDX =
      Map.ofEntries(
          Map.entry("apache-2.0", "Apache-2.0"),
          Map.entry("mit", "MIT"),
          Map.entry("bsd-2-clause", "BSD-2-Clause"),
          Map.entry("bsd-3-clause", "BSD-3-Clause"),
          Map.entry("isc", "ISC"),
          Map.entry("mpl-2.0", "MPL-2.0"),
          Map.entry("unlicense", "Unlicense"),
          Map.entry("cc0-1.0", "CC0-1.0"),
          Map.entry("cc-by-4.0", "CC-BY-4.0"),
          Map.entry("cc-by-sa-4.0", "CC-BY-SA-4.0"),
          Map.entry("cc-by-nc-4.0", "CC-BY-NC-4.0"),
          Map.entry("odc-by", "ODC-By-1.0"),
          Map.entry("odbl", "ODbL-1.0"));

  private Licences() {}

  /** The member {@code licenses} of a component. */
  static List<Object> of(String name) {
    String id = SPDX.get(name.strip().toLowerCase(Locale.ROOT));
    return List.of(Map.of("license", id == null ? Map.of("name", name.strip()) : Map.of("id", id)));
  }
}
