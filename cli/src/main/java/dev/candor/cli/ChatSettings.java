package dev.candor.cli;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SessionOptions;
import java.util.Optional;

/**
 * What stays the same over a chat.
 *
 * @param request of every answer
 * @param session what a session may hold
 * @param system what the model is told first
 * @param decisions who asks, what for, and about whom
 * @param json whether answers are JSON objects, one a line
 */
record ChatSettings(
    GenerationRequest request,
    SessionOptions session,
    Optional<String> system,
    DecisionArguments decisions,
    boolean json) {}
