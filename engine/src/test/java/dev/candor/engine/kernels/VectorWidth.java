package dev.candor.engine.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;

/**
 * Vector kernels of a given width, whatever the machine prefers: the width is a constant of their
 * classes, so they are loaded anew for each. What the machine lacks is emulated, slowly.
 */
final class VectorWidth extends ClassLoader {

  private VectorWidth() {
    super(VectorWidth.class.getClassLoader());
  }

  /** The vector kernels of this width under test. */
  static KernelProperties load(int bits) {
    String property = LaneVectors.WIDTH_PROPERTY;
    String before = System.getProperty(property);
    System.setProperty(property, Integer.toString(bits));
    try {
      Class<?> type = new VectorWidth().loadClass(KernelComparison.class.getName());
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      KernelProperties kernels = (KernelProperties) constructor.newInstance();
      if (!kernels.toString().equals("vector-" + bits)) {
        throw new IllegalStateException(kernels + ", not of " + bits + " bits");
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
    // Package-private members want one loader for the whole package; what is shared is the contract
    // of the tests.
    if (!name.startsWith("dev.candor.engine.kernels.")
        || name.equals(KernelProperties.class.getName())) {
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
