package dev.candor.server.prefixes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A disk that has room for 100,000 bytes of each file. */
final class FullChannel implements WritableByteChannel {

  private final WritableByteChannel file;
  private int written;

  FullChannel(WritableByteChannel file) {
    this.file = file;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    written += bytes.remaining();
    if (written > 100_000) {
      throw new IOException("No space left on device");
    }
    return file.write(bytes);
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
