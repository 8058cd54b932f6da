package dev.candor.cli;

import dev.candor.governance.provenance.materials.ModelMaterials.Library;
import dev.candor.training.ContentDigest;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The jars that this process runs from, each with its digest. */
final class RuntimeLibraries {

  private static final Pattern FILE_NAME = Pattern.compile("(.+?)-(\\d[^/]*?)\\.jar");

  private RuntimeLibraries() {}

  /** All of them, in the order of the class path. */
  static List<Library> list() {
    Set<Path> jars = new LinkedHashSet<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        collect(Path.of(entry).toAbsolutePath().normalize(), jars);
      }
    }
    // The same jar in two places is one library.
    return jars.stream().map(RuntimeLibraries::library).distinct().toList();
  }

  /** A jar, and those that its manifest names. */
  private static void collect(Path jar, Set<Path> jars) {
    if (!Files.isRegularFile(jar) || !jars.add(jar)) {
      return;
    }
    try (JarFile file = new JarFile(jar.toFile())) {
      String more =
          file.getManifest() == null
              ? null
              : file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      for (String entry : more == null ? new String[0] : more.trim().split("\\s+")) {
        URI address = jar.toUri().resolve(entry);
        if (entry.endsWith(".jar") && "file".equals(address.getScheme())) {
          collect(Path.of(address).normalize(), jars);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Library library(Path jar) {
    String fileName = jar.getFileName().toString();
    Matcher named = FILE_NAME.matcher(fileName);
    String name = named.matches() ? named.group(1) : fileName.replaceFirst("\\.jar$", "");
    Optional<String> version = named.matches() ? Optional.of(named.group(2)) : Optional.empty();
    Optional<String> digest = Optional.of(ContentDigest.of(jar));
    // A jar with others in it has several.
    List<Properties> poms = poms(jar);
    return poms.stream()
        .filter(pom -> poms.size() == 1 || fileName.startsWith(pom.getProperty("artifactId", "?")))
        .findFirst()
        .map(pom ->
            new Library(
                Optional.ofNullable(pom.getProperty("groupId")),
                pom.getProperty("artifactId", name) + classifier(pom, fileName),
                Optional.ofNullable(pom.getProperty("version")),
                digest))
        .orElseGet(() -> new Library(Optional.empty(), name, version, digest));
  }

  /** What tells a jar from the main one of the same coordinates, such as "-tests"; else nothing. */
  private static String classifier(Properties pom, String fileName) {
    String main = pom.getProperty("artifactId") + "-" + pom.getProperty("version");
    return fileName.startsWith(main + "-") && fileName.endsWith(".jar")
        ? fileName.substring(main.length(), fileName.length() - ".jar".length())
        : "";
  }

  /** The Maven coordinates that a jar says it has. */
  private static List<Properties> poms(Path jar) {
    List<Properties> poms = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(file.entries())) {
        if (entry.getName().matches("META-INF/maven/[^/]+/[^/]+/pom\\.properties")) {
          Properties pom = new Properties();
          try (InputStream in = file.getInputStream(entry)) {
            pom.load(in);
          }
          poms.add(pom);
        }
      }
      return poms;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
