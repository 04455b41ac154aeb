package org.daxcheck.explore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.daxcheck.suite.Run;
import org.daxcheck.trace.TraceFile;

/** Walks that broke a rule, as they were: shrinking may fail, or find something else. */
public final class WalkFolder {
  private final Path folder;

  /** Those of an exploration whose results are in this folder. */
  public WalkFolder(Path results) {
    folder = results.resolve("walks");
  }

  /**
   * Keeps one, as a scenario and with its trace.
   *
   * @throws IOException where it cannot be written
   */
  public void keep(Run.Case walk) throws IOException {
    Files.createDirectories(folder);
    String name = walk.scenario().name();
    Files.writeString(folder.resolve(name + ".kmem"), walk.scenario().source());
    Path file = folder.resolve(name + ".jsonl");
    Files.deleteIfExists(file);
    TraceFile.write(file, walk.trace().orElseThrow());
  }
}
