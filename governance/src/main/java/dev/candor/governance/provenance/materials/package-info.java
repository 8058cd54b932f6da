/** What a model consists of, as a bill of materials: CycloneDX 1.7. */
@NullMarked
package dev.candor.governance.provenance.materials;

import org.jspecify.annotations.NullMarked;
