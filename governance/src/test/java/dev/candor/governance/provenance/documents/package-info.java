@NullMarked
package dev.candor.governance.provenance.documents;

import org.jspecify.annotations.NullMarked;
