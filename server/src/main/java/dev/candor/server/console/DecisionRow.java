package dev.candor.server.console;

/**
 * A decision in a list.
 *
 * @param id all 32 digits
 * @param entry index of the entry that it began with, or was refused by
 * @param at when
 * @param principal who asked
 * @param purpose what for
 * @param subject whether it is about a data subject
 * @param model as the user calls it
 * @param outcome why it ended, {@code running}, or {@code refused}
 * @param note what else there is: an override, the rule that refused it
 */
public record DecisionRow(
    String id,
    long entry,
    String at,
    String principal,
    String purpose,
    boolean subject,
    String model,
    String outcome,
    String note) {}
