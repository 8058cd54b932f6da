package dev.candor.server.console;

import java.util.List;
import java.util.Optional;

/**
 * What is around every page.
 *
 * @param title of the page
 * @param section path of the section that it belongs to
 * @param visitor whoever looks at it; nobody on the page that signs in
 * @param theme {@code light}, {@code dark}, or {@code auto}
 * @param links the sections that the visitor may see
 */
public record Frame(
    String title, String section, Optional<Visitor> visitor, String theme, List<Link> links) {

  /**
   * Whoever looks at a page.
   *
   * @param name of the principal
   * @param roles in words
   * @param how they signed in
   * @param csrf what each change must bring along
   */
  public record Visitor(String name, String roles, String how, String csrf) {}

  /** A section. */
  public record Link(String path, String text) {}

  /** What forms bring along; empty for nobody. */
  public String csrf() {
    return visitor.map(Visitor::csrf).orElse("");
  }
}
