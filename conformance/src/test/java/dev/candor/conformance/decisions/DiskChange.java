package dev.candor.conformance.decisions;

/** What a process did that outlives it: to a disk, or what it told. Paths are absolute. */
sealed interface DiskChange {

  /** A file came to be, or lost its content. */
  record Opened(String path, boolean isEmptied) implements DiskChange {}

  record Written(String path, long offset, byte[] bytes) implements DiskChange {}

  record Cut(String path, long size) implements DiskChange {}

  record FolderMade(String path) implements DiskChange {}

  record Renamed(String from, String to) implements DiskChange {}

  record Linked(String from, String to) implements DiskChange {}

  record Removed(String path) implements DiskChange {}

  /** A force of a file or a folder begins: what comes after this may not be in it. */
  record ForceBegun(String thread, String path) implements DiskChange {}

  /** A force has returned. */
  record Forced(String thread, String path) implements DiskChange {}

  /** Something on standard output. */
  record Told(String text) implements DiskChange {}
}
