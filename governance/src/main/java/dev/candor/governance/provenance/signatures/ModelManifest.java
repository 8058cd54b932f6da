package dev.candor.governance.provenance.signatures;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.JsonObject;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.provenance.attestations.Statement;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is signed of a model: its files, and how they were listed (section 5 of the specification).
 *
 * @param subject what the model is called; nobody relies on it
 * @param resources names to SHA-256, 64 lower-case hexadecimal digits; in the order in which they
 *     stand, which the root digest goes by
 */
record ModelManifest(String subject, Map<String, String> resources, Serialization serialization) {

  static final String PREDICATE_TYPE = "https://model_signing/signature/v1.0";

  /** What a single file is called by the package model-signing up to 1.1.1. */
  static final String DOT = ".";

  private static final String FIRST_PREDICATE_TYPE = "https://model_signing/Digests/v0.1";

  ModelManifest {
    resources = Collections.unmodifiableMap(new LinkedHashMap<>(resources));
    if (resources.isEmpty()) {
      throw new GovernanceException(
          "signature-empty",
          "there is no file to sign in the model",
          "Give a folder with files that are not left out.");
    }
  }

  /** The manifest of files, in the order that signers must write. */
  static ModelManifest sorted(
      String subject, Map<String, String> resources, Serialization serialization) {
    SortedMap<String, String> sorted = new TreeMap<>(RelativePaths.ORDER);
    sorted.putAll(resources);
    return new ModelManifest(subject, sorted, serialization);
  }

  /** SHA-256 over the digests of all files, one after the other (section 6.5.1). */
  String rootDigest() {
    try {
      MessageDigest root = MessageDigest.getInstance("SHA-256");
      resources.values().forEach(digest -> root.update(HexFormat.of().parseHex(digest)));
      return HexFormat.of().formatHex(root.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** As it is signed. */
  Statement statement(SigningScope.Dialect dialect) {
    String algorithm =
        switch (dialect) {
          case SPECIFICATION -> Serialization.HASH;
          case MODEL_SIGNING_PACKAGE -> serialization.pieceAlgorithm();
        };
    List<Object> list = new ArrayList<>();
    resources.forEach((name, digest) -> {
      Map<String, Object> resource = new LinkedHashMap<>();
      resource.put("name", name);
      resource.put("digest", digest);
      resource.put("algorithm", algorithm);
      list.add(resource);
    });
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("resources", list);
    predicate.put("serialization", serialization.members());
    return new Statement(
        List.of(Statement.Subject.sha256(subject, rootDigest())), PREDICATE_TYPE, predicate);
  }

  /** Reads what was signed. The signature must have been verified before. */
  static ModelManifest of(Statement statement) {
    if (statement.predicateType().equals(FIRST_PREDICATE_TYPE)) {
      throw SignatureErrors.unsupported(
          "predicateType", FIRST_PREDICATE_TYPE, PREDICATE_TYPE + ", as of version 1.0");
    }
    if (!statement.predicateType().equals(PREDICATE_TYPE)) {
      throw SignatureErrors.malformed("predicateType is " + statement.predicateType());
    }
    if (statement.subjects().size() != 1) {
      throw SignatureErrors.malformed("subject has " + statement.subjects().size() + " elements");
    }
    try {
      JsonObject predicate = new JsonObject(statement.predicate(), "predicate");
      if (!predicate.members().keySet().equals(Set.of("resources", "serialization"))) {
        throw SignatureErrors.malformed(
            "the predicate has the members " + predicate.members().keySet());
      }
      Serialization serialization =
          Serialization.of(
              predicate
                  .object("serialization")
                  .orElseThrow(() -> SignatureErrors.malformed("serialization is missing")));
      Map<String, String> resources = new LinkedHashMap<>();
      for (Object value : predicate.list("resources").orElse(List.of())) {
        if (!(value instanceof JsonObject resource)) {
          throw SignatureErrors.malformed("resources holds something that is no object");
        }
        put(resources, resource, serialization);
      }
      if (resources.isEmpty()) {
        throw SignatureErrors.malformed("resources is empty");
      }
      Statement.Subject subject = statement.subjects().getFirst();
      ModelManifest manifest = new ModelManifest(subject.name(), resources, serialization);
      String root = subject.digests().get("sha256");
      if (!manifest.rootDigest().equals(root)) {
        throw SignatureErrors.malformed(
            "the digest of its subject is not that of its files: " + manifest.rootDigest());
      }
      return manifest;
    } catch (ConfigException e) {
      throw SignatureErrors.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static void put(
      Map<String, String> resources, JsonObject resource, Serialization serialization) {
    String name = resource.string("name");
    String file = serialization.shardBytes().isPresent() ? Shard.fileOf(name) : name;
    if (!file.equals(DOT)) {
      RelativePaths.require("the name of a resource", file);
    }
    String algorithm = resource.string("algorithm");
    if (!algorithm.equals(serialization.pieceAlgorithm())) {
      Serialization.requireHash("algorithm", algorithm);
    }
    String digest = resource.string("digest");
    if (!digest.matches("[0-9a-f]{64}")) {
      throw SignatureErrors.malformed("the digest of " + PlainText.shown(name) + " is no SHA-256");
    }
    if (resources.put(name, digest) != null) {
      throw SignatureErrors.malformed("resources has " + PlainText.shown(name) + " twice");
    }
  }

  /** The files it names, by their names without the marks of shards. */
  Set<String> files() {
    Set<String> files = new TreeSet<>(RelativePaths.ORDER);
    resources
        .keySet()
        .forEach(
            name -> files.add(serialization.shardBytes().isPresent() ? Shard.fileOf(name) : name));
    return files;
  }
}
