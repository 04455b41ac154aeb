package org.daxcheck.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Draws graphs with the host's {@code dot}. */
public final class Graphviz {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Graphviz() {}

  /**
   * Draws a graph.
   *
   * @param dot the graph in DOT
   * @param svg the picture, replaced where it exists
   * @throws GuestException where dot is missing or refuses the graph
   */
  public static void svg(Path dot, Path svg) throws GuestException {
    Command.Output output =
        Command.run(
            LIMIT,
            Path.of("/"),
            Map.of(),
            "dot",
            "-Tsvg",
            "-o",
            svg.toAbsolutePath().toString(),
            dot.toAbsolutePath().toString());
    if (!output.ok()) {
      throw new GuestException(
          "Graphviz cannot draw " + dot + " (" + output.complaint() + "); install graphviz");
    }
  }
}
