package dev.candor.cli.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Makes libraries of a build start faster.
 *
 * <p>Class files of before Java 6 have no stack maps. The JVM keeps none of them in an AOT cache
 * and verifies each at every start, by inference; picocli's are such. They get the form of Java 8
 * and its stack maps; what they do is the same. A signed jar stays as it is.
 *
 * <p>SQLite's native library is put beside the jars: the driver would unpack it into the folder of
 * temporary files at every start, and ask another program what machine this is.
 */
public final class Libraries {

  /** The first form of class files that may be in an AOT cache. */
  private static final int FIRST_CACHED = ClassFile.JAVA_6_VERSION;

  private static final int MAGIC_AND_VERSION_BYTES = 8;
  private static final int MAJOR_VERSION_AT = 6;

  private Libraries() {}

  /**
   * Where the process starts.
   *
   * @param arguments the folder of a build, with the jars in {@code lib}; the native library goes
   *     to {@code native}
   */
  public static void main(String[] arguments) throws IOException {
    Path build = Path.of(arguments[0]);
    List<Path> jars;
    try (Stream<Path> files = Files.list(build.resolve("lib"))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    for (Path jar : jars) {
      if (needsStackMaps(jar)) {
        rewrite(jar);
      }
    }
    unpackSqlite(build.resolve("native"));
  }

  private static boolean needsStackMaps(Path jar) throws IOException {
    boolean needs = false;
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (entry.getName().startsWith("META-INF/") && entry.getName().endsWith(".SF")) {
          return false;
        }
        if (entry.getName().endsWith(".class")) {
          try (InputStream in = zip.getInputStream(entry)) {
            needs |= isOld(in.readNBytes(MAGIC_AND_VERSION_BYTES));
          }
        }
      }
    }
    return needs;
  }

  private static boolean isOld(byte[] beginning) {
    return beginning.length >= MAGIC_AND_VERSION_BYTES
        && ByteBuffer.wrap(beginning).getShort(MAJOR_VERSION_AT) < FIRST_CACHED;
  }

  private static void rewrite(Path jar) throws IOException {
    Path part = jar.resolveSibling(jar.getFileName() + ".part");
    try (ZipFile zip = new ZipFile(jar.toFile());
        OutputStream file = Files.newOutputStream(part);
        ZipOutputStream rewritten = new ZipOutputStream(file)) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        ZipEntry same = new ZipEntry(entry.getName());
        same.setTime(entry.getTime());
        rewritten.putNextEntry(same);
        boolean isOldClass = entry.getName().endsWith(".class") && isOld(bytes);
        rewritten.write(isOldClass ? withStackMaps(bytes) : bytes);
        rewritten.closeEntry();
      }
    }
    Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The same class in the form of Java 8. */
  static byte[] withStackMaps(byte[] bytes) {
    ClassHierarchyResolver hierarchy =
        ClassHierarchyResolver.ofResourceParsing(Libraries.class.getClassLoader())
            .orElse(ClassHierarchyResolver.defaultResolver());
    ClassFile files =
        ClassFile.of(
            StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(hierarchy));
    ClassTransform version =
        ClassTransform.endHandler(builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0));
    // Bodies are only written anew, and get their stack maps, if something seems to change them.
    return files.transformClass(
        files.parse(bytes),
        version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
  }

  private static void unpackSqlite(Path folder) throws IOException {
    Files.createDirectories(folder);
    String name = LibraryLoaderUtil.getNativeLibName();
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
    try (InputStream in = LibraryLoaderUtil.class.getResourceAsStream(resource)) {
      if (in != null) {
        Files.copy(in, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
