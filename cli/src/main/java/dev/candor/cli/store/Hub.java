package dev.candor.cli.store;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The Hugging Face hub, as its own client speaks to it: a repository's files from {@code
 * /api/models/<repository>/revision/<revision>}, their contents from {@code
 * /<repository>/resolve/<revision>/<path>}, which redirects large ones to another host and says in
 * {@code X-Linked-Etag} and {@code X-Linked-Size} what they are.
 */
final class Hub implements AutoCloseable {

  private static final int LONGEST_LISTING = 16 << 20;

  /** A file of a repository. Size and digest only if the listing has them. */
  private record RemoteFile(String path, OptionalLong sizeBytes, Optional<String> sha256) {}

  private record Listing(String commit, List<RemoteFile> files) {}

  private final HubSettings settings;
  private final HubConnection connection;
  private final PartialDownloads downloads;

  /**
   * @param downloads where files grow until they are complete, to be resumed after a break; on the
   *     same file system as the store
   */
  Hub(HubSettings settings, PartialDownloads downloads) {
    this.settings = settings;
    this.connection = new HubConnection(settings);
    this.downloads = downloads;
  }

  /** Brings a repository's model into the staging folder. */
  ModelStore.Arrived fetch(
      ModelSource.HubRepository repository, Staging staging, Progress progress) {
    Listing listing;
    List<RemoteFile> wanted;
    if (repository.file().isPresent()) {
      String path = repository.file().get();
      if (!isGguf(path)) {
        throw new StoreException(
            "unknown-source",
            path + " is not a GGUF file by its name",
            "Name a .gguf file of the repository, or none for its safetensors checkpoint.");
      }
      wanted = List.of(new RemoteFile(path, OptionalLong.empty(), Optional.empty()));
      listing = new Listing(repository.revision(), wanted);
    } else {
      listing = list(repository);
      wanted = choose(repository, listing.files());
    }
    staging.requireSpace(
        wanted.stream().mapToLong(file -> file.sizeBytes().orElse(0)).reduce(0, Hub::saturatedSum));
    String commit = listing.commit();
    for (RemoteFile file : wanted) {
      String name = SafeNames.requirePlain(file.path());
      ModelSource.HubRepository source =
          new ModelSource.HubRepository(
              repository.repository(), listing.commit(), Optional.of(file.path()));
      Download download =
          new Download(
              connection,
              settings,
              address(repository.repository(), "resolve", listing.commit(), file.path()),
              source,
              name,
              downloads);
      Download.Result result = download.run(file.sha256(), progress);
      commit = result.commit().orElse(commit);
      staging.take(result.file(), name, result.sha256());
      downloads.forget(source); // Earlier versions, which nobody will complete.
    }
    String weights =
        wanted.size() == 1 && isGguf(wanted.getFirst().path())
            ? SafeNames.requirePlain(wanted.getFirst().path())
            : ".";
    return new ModelStore.Arrived(
        weights,
        repository.repository()
            + "@"
            + commit
            + repository.file().map(path -> ":" + path).orElse(""));
  }

  @Override
  public void close() {
    connection.close();
  }

  private Listing list(ModelSource.HubRepository repository) {
    URI address =
        URI.create(
            address("api/models/" + repository.repository(), "revision", repository.revision())
                + "?blobs=true");
    byte[] document = connection.read(address, LONGEST_LISTING);
    JsonObject model =
        Json.parseObject(
            new ByteArrayInputStream(document), Json.Limits.CONFIG, "the hub's list of files");
    List<RemoteFile> files =
        model.list("siblings").orElse(List.of()).stream()
            .filter(JsonObject.class::isInstance)
            .map(JsonObject.class::cast)
            .map(Hub::remoteFile)
            .toList();
    String commit = model.optionalString("sha").orElse(repository.revision());
    return new Listing(SafeNames.requireRelative(commit), files);
  }

  private static RemoteFile remoteFile(JsonObject sibling) {
    return new RemoteFile(
        sibling.string("rfilename"),
        sibling.optionalInteger("size"),
        sibling
            .object("lfs")
            .flatMap(lfs -> lfs.optionalString("sha256").or(() -> lfs.optionalString("oid")))
            .map(digest -> digest.toLowerCase(Locale.ROOT))
            .filter(Digests::isSha256));
  }

  /** The safetensors checkpoint if the repository is one, else its only GGUF. */
  private static List<RemoteFile> choose(
      ModelSource.HubRepository repository, List<RemoteFile> files) {
    List<String> checkpoint = SafetensorsFiles.of(files.stream().map(RemoteFile::path).toList());
    if (!checkpoint.isEmpty()) {
      return files.stream().filter(file -> checkpoint.contains(file.path())).toList();
    }
    List<RemoteFile> gguf = files.stream().filter(file -> isGguf(file.path())).toList();
    if (gguf.size() == 1) {
      return gguf;
    }
    String names =
        gguf.stream()
            .map(file -> SafeNames.printable(file.path()))
            .limit(40)
            .collect(Collectors.joining(", "));
    throw gguf.isEmpty()
        ? new StoreException(
            "no-weights",
            repository + " holds neither a safetensors checkpoint nor a GGUF file",
            "Name another repository.")
        : new StoreException(
            "ambiguous",
            repository + " holds several GGUF files: " + names,
            "Name one by its path: "
                + repository.repository()
                + ":"
                + SafeNames.printable(gguf.getFirst().path())
                + ", for example.");
  }

  private URI address(String first, String second, String... rest) {
    String path =
        Arrays.stream((first + "/" + second + "/" + String.join("/", rest)).split("/"))
            .map(element -> URLEncoder.encode(element, StandardCharsets.UTF_8).replace("+", "%20"))
            .collect(Collectors.joining("/"));
    return URI.create(settings.endpoint() + "/" + path);
  }

  private static boolean isGguf(String path) {
    return path.toLowerCase(Locale.ROOT).endsWith(".gguf");
  }

  private static long saturatedSum(long left, long right) {
    long sum = left + right;
    return sum < left ? Long.MAX_VALUE : sum;
  }
}
