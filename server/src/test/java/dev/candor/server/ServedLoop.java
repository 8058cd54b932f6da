package dev.candor.server;

import java.io.IOException;
import java.nio.file.Path;

/** A process that serves a home until it is killed. It says its address. */
final class ServedLoop {

  private ServedLoop() {}

  /**
   * @param arguments the folder of the home
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (ServedHome home = new ServedHome(Path.of(arguments[0]))) {
      System.out.println(home.at(""));
      System.out.flush();
      Thread.sleep(Long.MAX_VALUE);
    }
  }
}
