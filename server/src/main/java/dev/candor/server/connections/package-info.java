/**
 * What clients do to their connections: how long they may take, how many they have, when they
 * leave.
 */
@NullMarked
package dev.candor.server.connections;

import org.jspecify.annotations.NullMarked;
