package dev.candor.governance.loading;

import dev.candor.governance.evidence.EvidenceKind;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One kind of evidence for one tuple.
 *
 * @param kind which
 * @param required whether the rating of the model asks for it
 * @param state what has become of it
 * @param entry index of the entry that says so, if one does
 * @param document SHA-256 of the document, if there is one
 * @param until when it ends, if it does
 * @param why in words, such as {@code the template has changed}; may be empty
 */
public record EvidenceItem(
    EvidenceKind kind,
    boolean required,
    EvidenceState state,
    OptionalLong entry,
    Optional<String> document,
    Optional<Instant> until,
    String why) {}
