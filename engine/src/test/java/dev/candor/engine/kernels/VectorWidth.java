package dev.candor.engine.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * Vector kernels of a given width, whatever the machine prefers: the width is a constant of their
 * classes, so they are loaded anew for each. What the machine lacks is emulated, slowly.
 */
final class VectorWidth extends ClassLoader {

  /** The contract stays shared, so that the callers' types are theirs. */
  private static final Set<String> SHARED =
      Set.of("Kernels", "Matrix", "BlockFormat", "Activation", "WorkerPool");

  private VectorWidth() {
    super(VectorWidth.class.getClassLoader());
  }

  static Kernels kernels(int bits) {
    String property = LaneVectors.WIDTH_PROPERTY;
    String before = System.getProperty(property);
    System.setProperty(property, Integer.toString(bits));
    try {
      Class<?> type = new VectorWidth().loadClass(VectorKernels.class.getName());
      Kernels kernels = (Kernels) type.getDeclaredConstructor().newInstance();
      if (!kernels.name().equals("vector-" + bits)) {
        throw new IllegalStateException(kernels.name() + ", not of " + bits + " bits");
      }
      return kernels;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    String prefix = "dev.candor.engine.kernels.";
    if (!name.startsWith(prefix)
        || SHARED.contains(name.substring(prefix.length()).replaceFirst("\\$.*", ""))) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(file)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
