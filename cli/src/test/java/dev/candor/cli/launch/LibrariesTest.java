package dev.candor.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the launcher does with the libraries of a build. */
class LibrariesTest {

  @Test
  void oldClassFilesGetStackMapsAndStillWork(@TempDir Path build) throws Exception {
    Path original =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = Files.createDirectories(build.resolve("lib")).resolve("picocli.jar");
    Files.copy(original, jar);
    assertThat(versions(jar)).contains(ClassFile.JAVA_5_VERSION);
    List<String> names = names(jar);

    Libraries.main(new String[] {build.toString()});

    assertThat(names(jar)).isEqualTo(names);
    assertThat(versions(jar)).isNotEmpty().allMatch(version -> version >= ClassFile.JAVA_8_VERSION);
    // Verified by their stack maps as they are loaded, and not those of this class path.
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (String name : names) {
        if (name.startsWith("picocli/") && name.endsWith(".class") && !name.contains("groovy")) {
          Class<?> rewritten =
              Class.forName(
                  name.substring(0, name.length() - ".class".length()).replace('/', '.'),
                  true,
                  loader);
          assertThat(rewritten.getClassLoader()).isSameAs(loader);
        }
      }
      Class<?> main = loader.loadClass("picocli.AutoComplete");
      assertThat(main.getMethod("bash", String.class, loader.loadClass("picocli.CommandLine")))
          .isNotNull();
    }
  }

  @Test
  void theNativeLibraryOfSqliteLiesBesideTheJars(@TempDir Path build) throws IOException {
    Files.createDirectories(build.resolve("lib"));
    Libraries.main(new String[] {build.toString()});
    Path library = build.resolve("native").resolve(System.mapLibraryName("sqlitejdbc"));
    assertThat(Files.size(library)).isGreaterThan(500_000);
  }

  private static List<String> names(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream().map(ZipEntry::getName).toList();
    }
  }

  private static List<Integer> versions(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      List<Integer> versions = new ArrayList<>();
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (entry.getName().endsWith(".class")) {
          versions.add((int) ByteBuffer.wrap(zip.getInputStream(entry).readNBytes(8)).getShort(6));
        }
      }
      return versions;
    }
  }
}
