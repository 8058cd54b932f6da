package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelSelectorTest {

  @Test
  void choosesAPathAndSaysWhy() {
    KernelSelector.Choice choice = KernelSelector.choose();
    assertThat(choice.reason()).startsWith(choice.kernels().name()).endsWith(".");
  }

  @Test
  void aPathCanBeAskedFor() {
    assertThat(KernelSelector.choose("scalar").kernels()).isInstanceOf(ScalarKernels.class);
    assertThat(KernelSelector.choose("scalar").reason()).contains("asked for");
  }

  @Test
  void theNameThatARunRecordsCanBeAskedForAgain() {
    String name = KernelSelector.choose().kernels().name();
    assertThat(KernelSelector.choose(name).kernels().name()).isEqualTo(name);
    assertThatThrownBy(() -> KernelSelector.choose("vector-7"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vector");
  }

  @Test
  void anUnknownPathIsRefusedWithTheNamesThatThereAre() {
    assertThatThrownBy(() -> KernelSelector.choose("fastest"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no kernels are called 'fastest'; there are scalar, vector and emitted");
  }

  private static Optional<String> difference(Kernels candidate) {
    return KernelSelfTest.difference(candidate, EnumSet.allOf(BlockFormat.class));
  }

  /** And at plain floats, which adapters and heads have. */
  @Test
  void theSelfTestLooksAtTheFormatsOfTheModel() {
    List<BlockFormat> seen = new ArrayList<>();
    Kernels watched =
        watched((method, arguments) -> {
          if (method.equals("multiply")) {
            seen.add(((Matrix) arguments[0]).format());
          }
        });
    assertThat(KernelSelfTest.difference(watched, Set.of(BlockFormat.Q4_1))).isEmpty();
    assertThat(seen).contains(BlockFormat.Q4_1, BlockFormat.F32).doesNotContain(BlockFormat.Q8_0);
    seen.clear();
    assertThat(difference(watched)).isEmpty();
    assertThat(seen).contains(BlockFormat.values());
  }

  @Test
  void theSelfTestPassesTheRightKernels() {
    assertThat(difference(new ScalarKernels())).isEmpty();
    assertThat(difference(new VectorKernels())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"multiply", "activate", "softmax", "softplus", "rmsNorm", "layerNorm"})
  void theSelfTestCatchesOneWrongBit(String broken) {
    assertThat(difference(breaking(broken))).isPresent();
  }

  /** The scalar kernels, but one method leaves its first output a bit off. */
  private static Kernels breaking(String broken) {
    return watched((method, arguments) -> {
      if (method.equals(broken)) {
        float[] out = output(method, arguments);
        out[0] = Float.intBitsToFloat(Float.floatToIntBits(out[0]) ^ 1);
      }
    });
  }

  /** The scalar kernels; what is called, with which arguments, is told behind each call. */
  private static Kernels watched(BiConsumer<String, Object[]> watcher) {
    Kernels right = new ScalarKernels();
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, called, arguments) -> {
              try {
                Object result = called.invoke(right, arguments);
                watcher.accept(called.getName(), arguments);
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static float[] output(String method, Object[] arguments) {
    return (float[])
        switch (method) {
          case "multiply" -> arguments[4];
          case "activate" -> arguments[1];
          case "rmsNorm" -> arguments[5];
          case "layerNorm" -> arguments[6];
          default -> arguments[0];
        };
  }
}
