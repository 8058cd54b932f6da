package dev.candor.cli.store;

import dev.candor.cli.store.ModelSource.HubRepository;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One file of the hub on its way here. It grows under a name made of its address and its tag, so
 * that a later run continues exactly this version of it by a range request (RFC 9110, 14), and
 * counts as complete when its size and its digest are what the hub declared.
 */
final class Download {

  private static final int CHUNK = 1 << 18;

  /** The most a file may be whose size nobody declares; all weights have one. */
  private static final long UNDECLARED_LIMIT = 64L << 20;

  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

  /**
   * A complete file.
   *
   * @param sha256 of its content
   * @param commit of the repository it belongs to, if the hub said
   */
  record Result(Path file, String sha256, Optional<String> commit) {}

  /** What the hub says of a file before it is fetched. */
  private record Declared(String tag, OptionalLong sizeBytes, Optional<String> commit) {}

  private final HubConnection connection;
  private final HubSettings settings;
  private final URI address;
  private final HubRepository file;
  private final String name;
  private final PartialDownloads downloads;
  private final Path folder;

  /**
   * @param address where the file is
   * @param file which one of its repository it is
   * @param name what to call it in messages
   * @param downloads where to let it grow
   */
  Download(
      HubConnection connection,
      HubSettings settings,
      URI address,
      HubRepository file,
      String name,
      PartialDownloads downloads) {
    this.connection = connection;
    this.settings = settings;
    this.address = address;
    this.file = file;
    this.name = name;
    this.downloads = downloads;
    this.folder = downloads.folder();
  }

  /**
   * Fetches what is missing of the file.
   *
   * @param sha256 its digest, if known from elsewhere
   * @throws StoreException if the hub refuses, the connection does not hold, or the content is not
   *     what was declared
   */
  Result run(Optional<String> sha256, Progress progress) {
    Declared declared = declared();
    try {
      Files.createDirectories(folder);
      Path part = downloads.part(file, address.getPath() + "\n" + declared.tag());
      if (declared.sizeBytes().isPresent()) {
        long present = Files.exists(part) ? Files.size(part) : 0;
        Staging.requireSpace(folder, declared.sizeBytes().getAsLong() - present);
      }
      try (FileChannel channel =
              FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(channel)) {
        complete(channel, declared, progress);
        channel.force(true);
        return new Result(part, verified(part, declared.tag(), sha256), declared.commit());
      } catch (StoreException e) {
        if (e.code().equals("store.wrong-digest") || e.code().equals("store.too-large")) {
          Files.deleteIfExists(part);
        }
        throw e;
      }
    } catch (IOException e) {
      throw Staging.failed(e, folder);
    }
  }

  /** The digest of the file, after it was found to be what the hub declares. */
  private String verified(Path part, String tag, Optional<String> sha256) throws IOException {
    String actual = Digests.sha256(part);
    for (String expected : Stream.concat(Stream.of(tag), sha256.stream()).toList()) {
      if (Digests.isSha256(expected) && !expected.equals(actual)) {
        throw Digests.wrong(name, expected, actual);
      }
    }
    if (Digests.isGitBlob(tag)) {
      Digests.requireGitBlob(part, name, tag);
    }
    return actual;
  }

  private Declared declared() {
    for (int attempt = 1; ; attempt++) {
      try (HubConnection.Reply reply = connection.send("HEAD", address, Map.of(), false)) {
        connection.requireSuccess(reply, address);
        if (HubConnection.isTransient(reply.status())) {
          connection.retryOrGiveUp(
              attempt, address, new IOException("status " + reply.status()), reply);
          continue;
        }
        boolean redirected = reply.status() / 100 == 3;
        OptionalLong size =
            number(reply.hubHeader("X-Linked-Size"))
                .or(() -> redirected ? Optional.empty() : number(reply.hubHeader("Content-Length")))
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
        String tag = reply.hubHeader("X-Linked-Etag").or(() -> reply.hubHeader("ETag")).orElse("");
        return new Declared(
            tag.replaceFirst("^W/", "").replace("\"", "").toLowerCase(Locale.ROOT),
            size,
            reply.hubHeader("X-Repo-Commit").filter(commit -> commit.matches("[0-9a-f]{40}")));
      } catch (IOException e) {
        connection.retryOrGiveUp(attempt, address, e, null);
      }
    }
  }

  private void complete(FileChannel channel, Declared declared, Progress progress)
      throws IOException {
    long limit = declared.sizeBytes().orElse(UNDECLARED_LIMIT);
    long total = declared.sizeBytes().orElse(-1);
    if (channel.size() > limit || total < 0) {
      channel.truncate(0);
    }
    int attempt = 1;
    while (channel.size() != total) {
      long before = channel.size();
      progress.update(name, before, total);
      try {
        if (append(channel, before, limit, declared, progress)) {
          return;
        }
        throw new IOException("the connection ended early");
      } catch (IOException e) {
        Staging.requireSpace(folder, 0);
        if (isDiskFull(e)) {
          throw Staging.failed(e, folder);
        }
        if (total < 0) {
          channel.truncate(0);
        }
        // As long as it gets on, it may break as often as it likes.
        attempt = channel.size() - before >= settings.leastBytes() ? 1 : attempt + 1;
        connection.retryOrGiveUp(attempt - 1, address, e, null);
      }
    }
  }

  /**
   * Appends what one request brings.
   *
   * @return whether the file is complete
   */
  private boolean append(
      FileChannel channel, long start, long limit, Declared declared, Progress progress)
      throws IOException {
    Map<String, String> headers = new HashMap<>();
    if (start > 0) {
      headers.put("Range", "bytes=" + start + "-");
    }
    try (HubConnection.Reply reply = connection.send("GET", address, headers, true)) {
      connection.requireSuccess(reply, address);
      long total = declared.sizeBytes().orElse(-1);
      long position =
          switch (reply.status()) {
            case 200 -> 0;
            case 206 -> requireRange(reply, start, total);
            case 416 -> {
              if (start == 0) {
                throw range("the server refuses to send " + name);
              }
              // What is here is of no use to this server: begin again.
              channel.truncate(0);
              throw new IOException("the server refuses to continue");
            }
            default -> throw new IOException("status " + reply.status());
          };
      channel.truncate(position);
      channel.position(position);
      return copy(reply, channel, position, limit, total, progress);
    }
  }

  private boolean copy(
      HubConnection.Reply reply,
      FileChannel channel,
      long start,
      long limit,
      long total,
      Progress progress)
      throws IOException {
    long position = start;
    InputStream body = reply.last().body();
    byte[] chunk = new byte[CHUNK];
    try (Watchdog watchdog = new Watchdog(body, settings)) {
      try {
        for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
          watchdog.received(read);
          position += read;
          if (position > limit) {
            throw new StoreException(
                "too-large",
                name + " is longer than the " + limit + " bytes that were declared",
                "Do not use this source; it may be malicious.");
          }
          ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, read);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
          progress.update(name, position, total);
        }
      } catch (IOException e) {
        watchdog.requireAlive();
        throw e;
      }
      watchdog.requireAlive();
    }
    return total < 0 || position == total;
  }

  private long requireRange(HubConnection.Reply reply, long start, long total) {
    String range = reply.last().headers().firstValue("Content-Range").orElse("");
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches()
        || Long.parseLong(matcher.group(1)) != start
        || (total >= 0
            && !matcher.group(2).equals("*")
            && Long.parseLong(matcher.group(2)) != total)) {
      throw range(
          "asked to continue at "
              + start
              + " of "
              + total
              + ", the server answers '"
              + SafeNames.printable(range)
              + "'");
    }
    return start;
  }

  private static StoreException range(String message) {
    return new StoreException(
        "range", message, "Check HF_ENDPOINT; this server does not keep to HTTP ranges.");
  }

  private FileLock lock(FileChannel channel) throws IOException {
    return PartialDownloads.lock(channel)
        .orElseThrow(() ->
            new StoreException(
                "busy", name + " is being fetched by another process", "Wait until it is done."));
  }

  private static boolean isDiskFull(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left") || message.contains("Disk quota");
  }

  private static Optional<Long> number(Optional<String> header) {
    return header.filter(text -> text.matches("\\d{1,18}")).map(Long::parseLong);
  }
}
