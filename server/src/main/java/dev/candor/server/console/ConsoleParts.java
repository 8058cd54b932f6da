package dev.candor.server.console;

import dev.candor.governance.Governance;
import dev.candor.governance.access.ApiKeys;
import dev.candor.server.admin.LiveFigures;
import dev.candor.server.batching.Decider;
import dev.candor.server.models.ModelPool;

/**
 * What pages show and act on.
 *
 * @param governance of the device
 * @param keys of those who call the server
 * @param models who may be asked
 * @param decider lets requests have their decisions
 * @param live what the server does
 */
public record ConsoleParts(
    Governance governance, ApiKeys keys, ModelPool models, Decider decider, LiveFigures live) {}
