package org.daxcheck.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.daxcheck.coverage.SourceCoverage;
import org.daxcheck.guest.GuestException;
import org.daxcheck.io.IoReason;

/** What kernels counted of their code in finished runs. */
public final class RunCounts {
  private RunCounts() {}

  /**
   * That of these runs together.
   *
   * @param runs their folders
   * @throws Failure where one has none, or they are not of one kernel
   */
  public static SourceCoverage of(List<Path> runs) {
    Map<Path, String> folders = new LinkedHashMap<>();
    Path notes = null;
    try {
      for (Path run : runs) {
        Path counts = run.resolve(RunFolder.COUNTS);
        Path own = counts.resolve(RunFolder.NOTES);
        if (!Files.isDirectory(own)) {
          throw new Failure(
              run + " has no counts; make them by './daxcheck run --kernel-config coverage'");
        }
        if (notes != null && !same(notes, own)) {
          throw new Failure(run + " is of another kernel than " + runs.get(0));
        }
        notes = own;
        folders.putAll(SourceCoverage.folders(counts, own));
      }
      return SourceCoverage.of(notes, folders);
    } catch (IOException e) {
      throw new Failure("the counts of " + runs + " cannot be read: " + IoReason.of(e));
    } catch (GuestException e) {
      throw new Failure(e.getMessage());
    }
  }

  private static boolean same(Path a, Path b) throws IOException {
    try (Stream<Path> all = Files.walk(a)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path other = b.resolve(a.relativize(file));
        if (!Files.isRegularFile(other) || Files.mismatch(file, other) >= 0) {
          return false;
        }
      }
    }
    return true;
  }
}
