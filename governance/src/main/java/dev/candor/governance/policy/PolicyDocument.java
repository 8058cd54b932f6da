package dev.candor.governance.policy;

import java.util.List;

/**
 * What a policy file says, before its expressions are compiled.
 *
 * @param name for people
 * @param refused uses that are never served
 * @param rules in the order of the file, denying ones first
 */
record PolicyDocument(String name, List<RefusedUse> refused, List<PolicyRule> rules) {}
