/**
 * Documents with headings that must all be there: model cards and datasheets, from templates that
 * are data. What nobody knows is {@code UNKNOWN}, and never blank.
 */
@NullMarked
package dev.candor.governance.provenance.documents;

import org.jspecify.annotations.NullMarked;
