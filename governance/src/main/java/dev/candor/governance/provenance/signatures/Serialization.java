package dev.candor.governance.provenance.signatures;

import dev.candor.engine.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the files of a model are listed and hashed (section 5.2.2). The hash is SHA-256: the JDK has
 * neither BLAKE2b nor BLAKE3, which the specification leaves open.
 *
 * @param shardBytes how long the pieces are that are hashed one by one; none: whole files
 * @param allowSymlinks whether symbolic links are followed
 * @param ignoredPaths what is left out, relative to the model, with all below it; sorted
 */
record Serialization(OptionalLong shardBytes, boolean allowSymlinks, List<String> ignoredPaths) {

  static final String HASH = "sha256";

  /** What git keeps beside a model, and what every signer leaves out. */
  static final List<String> ALWAYS_IGNORED =
      List.of(".git", ".gitattributes", ".github", ".gitignore");

  private static final Set<String> MEMBERS =
      Set.of("method", "hash_type", "shard_size", "allow_symlinks", "ignore_paths");

  Serialization {
    Set<String> all = new TreeSet<>(RelativePaths.ORDER);
    ignoredPaths.forEach(path -> all.add(RelativePaths.requireIgnored(path)));
    ignoredPaths = List.copyOf(all);
  }

  /** As members of a JSON object. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("method", shardBytes.isPresent() ? "shards" : "files");
    members.put("hash_type", HASH);
    shardBytes.ifPresent(bytes -> members.put("shard_size", bytes));
    members.put("allow_symlinks", allowSymlinks);
    if (!ignoredPaths.isEmpty()) {
      members.put("ignore_paths", ignoredPaths);
    }
    return members;
  }

  /** Reads them. */
  static Serialization of(JsonObject members) {
    for (String key : members.members().keySet()) {
      if (!MEMBERS.contains(key)) {
        throw SignatureErrors.malformed("serialization has the unknown member " + key);
      }
    }
    String method = members.string("method");
    requireHash("hash_type", members.string("hash_type"));
    OptionalLong shardBytes = shardSize(members.value("shard_size"));
    switch (method) {
      case "files" -> {
        if (shardBytes.isPresent()) {
          throw SignatureErrors.malformed("shard_size is there, and the method is files");
        }
      }
      case "shards" -> {
        if (shardBytes.isEmpty()) {
          throw SignatureErrors.malformed("shard_size is missing, and the method is shards");
        }
      }
      default -> throw SignatureErrors.unsupported("method", method, "files or shards");
    }
    return new Serialization(
        shardBytes,
        allowSymlinks(members.value("allow_symlinks")),
        members.has("ignore_paths") ? members.strings("ignore_paths") : List.of());
  }

  /** Signers before 1.1 wrote the number as a double, as protobuf does. */
  private static OptionalLong shardSize(Optional<Object> value) {
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    if (value.get() instanceof Long bytes && bytes > 0) {
      return OptionalLong.of(bytes);
    }
    if (value.get() instanceof Double bytes && bytes >= 1 && bytes == Math.rint(bytes)) {
      return OptionalLong.of(bytes.longValue());
    }
    throw SignatureErrors.malformed("shard_size is " + value.get() + ", allowed is 1 or more");
  }

  private static boolean allowSymlinks(Optional<Object> value) {
    if (value.orElse("") instanceof Boolean allowed) {
      return allowed;
    }
    throw SignatureErrors.malformed("allow_symlinks is missing or neither true nor false");
  }

  /** What the package model-signing up to 1.1.1 calls the algorithm of a piece. */
  String pieceAlgorithm() {
    return shardBytes.isPresent() ? HASH + "-sharded-" + shardBytes.getAsLong() : HASH;
  }

  static void requireHash(String field, String hash) {
    if (!hash.equals(HASH)) {
      throw SignatureErrors.unsupported(field, hash, HASH);
    }
  }
}
