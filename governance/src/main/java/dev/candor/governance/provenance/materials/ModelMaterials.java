package dev.candor.governance.provenance.materials;

import dev.candor.governance.provenance.documents.Document;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of what a model consists of.
 *
 * @param name what people call it
 * @param digest SHA-256 by which records call it
 * @param files that are computed with
 * @param architecture its Hugging Face {@code model_type}
 * @param family what kind of network that is
 * @param task what it does, by the words of Hugging Face
 * @param parameters how many numbers its weights are
 * @param bytesByFormat bytes of its weights, by the format of their tensors
 * @param contextTokens the longest text it takes
 * @param source where this copy comes from
 * @param dataSets what it learnt from, as far as their manifests are here
 * @param runtime what computes it
 * @param card what is known of it in words
 */
public record ModelMaterials(
    String name,
    String digest,
    List<MaterialFile> files,
    String architecture,
    String family,
    String task,
    long parameters,
    SortedMap<String, Long> bytesByFormat,
    OptionalLong contextTokens,
    Optional<String> source,
    List<DataSetMaterial> dataSets,
    Runtime runtime,
    Document card) {

  public ModelMaterials {
    files = List.copyOf(files);
    bytesByFormat = Collections.unmodifiableSortedMap(new TreeMap<>(bytesByFormat));
    dataSets = List.copyOf(dataSets);
  }

  /**
   * A file.
   *
   * @param digest SHA-256
   */
  public record MaterialFile(String name, String digest, long sizeBytes) {}

  /**
   * A data set that has a manifest.
   *
   * @param digest SHA-256 by which evidence calls it
   * @param rowsDigest SHA-256 of its rows
   * @param source where they come from
   * @param collectedBy who has collected them
   * @param licence of the rows, as the manifest says it
   * @param purposes what they may be used for
   * @param aboutPeople whether its rows say whom they are about
   */
  public record DataSetMaterial(
      String name,
      String version,
      String digest,
      String rowsDigest,
      long rows,
      String source,
      String collectedBy,
      String licence,
      List<String> purposes,
      boolean aboutPeople) {}

  /**
   * What computes a model.
   *
   * @param version of the program
   * @param java version of the platform
   * @param libraries all of them
   */
  public record Runtime(String version, String java, List<Library> libraries) {
    public Runtime {
      libraries = List.copyOf(libraries);
    }
  }

  /**
   * A library.
   *
   * @param group of its Maven coordinates, if they are known
   * @param version if it is known
   * @param digest SHA-256 of its jar, if it is one
   */
  public record Library(
      Optional<String> group, String name, Optional<String> version, Optional<String> digest) {}
}
