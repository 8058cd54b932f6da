/**
 * Statements about artefacts, signed: in-toto Statement v1 in a DSSE envelope, with keys on the
 * curves P-256, P-384 and P-521 and nothing but the JDK.
 */
@NullMarked
package dev.candor.governance.provenance.attestations;

import org.jspecify.annotations.NullMarked;
