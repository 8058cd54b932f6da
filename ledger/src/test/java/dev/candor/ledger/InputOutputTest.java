package dev.candor.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputOutputTest {

  @TempDir private Path folder;

  private static String why(Path file) {
    return InputOutput.why(catchThrowableOfType(IOException.class, () -> Files.readAllBytes(file)));
  }

  @Test
  void whatTheSystemRefusesIsSaidInWords() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "a");
    assertThat(why(folder.resolve("none"))).isEqualTo("there is no such file or folder");
    // Words of the operating system.
    assertThat(why(file.resolve("below"))).isNotEmpty().doesNotContain(folder.toString());
    assertThat(
            InputOutput.why(
                catchThrowableOfType(IOException.class, () -> Files.createDirectory(file))))
        .isEqualTo("a file is in the way");
    assertThat(InputOutput.why(catchThrowableOfType(IOException.class, () -> Files.delete(folder))))
        .isEqualTo("the folder is not empty");
    assertThat(InputOutput.why(new IOException())).isEqualTo("the device refused");
    assertThat(InputOutput.where(new IOException("gone"))).isEqualTo("gone");
    assertThat(
            InputOutput.where(
                catchThrowableOfType(IOException.class, () -> Files.createDirectory(file))))
        .isEqualTo(file + ": a file is in the way");
  }
}
