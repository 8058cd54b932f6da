package dev.candor.server.batching;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.decisions.Decision;

/** What happens to a decision on its way, in this order. */
public sealed interface RunEvent {

  /** Which of several decisions of one request it is, from 0. */
  int choice();

  /** It may be made, and is called this. */
  record Admitted(int choice, String decision) implements RunEvent {}

  /** So much of the prompt is read. */
  record Progress(int choice, int done, int total) implements RunEvent {}

  /** A token of the answer. */
  record Told(int choice, GeneratedToken token) implements RunEvent {}

  /** The vector of a text. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Vector(int choice, float[] vector) implements RunEvent {}

  /** It is made and on record. */
  record Finished(int choice, Decision decision) implements RunEvent {}

  /** It is not made. */
  record Failed(int choice, Throwable thrown) implements RunEvent {}
}
