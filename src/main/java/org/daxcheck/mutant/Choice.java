package org.daxcheck.mutant;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which faults are wanted.
 *
 * @param names all where there is none
 * @param glob that names must match as well
 */
public record Choice(List<String> names, String glob) {
  public Choice {
    names = List.copyOf(names);
  }

  /**
   * Those that are wanted.
   *
   * @throws IllegalArgumentException with a sentence for the user where a name is unknown, or none
   *     is wanted
   */
  public List<DriverFault> of(List<DriverFault> all) {
    Set<String> known = all.stream().map(DriverFault::name).collect(Collectors.toSet());
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "'" + name + "' is no fault of qemu/faults; its files have the names");
      }
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    List<DriverFault> chosen =
        all.stream()
            .filter(f -> names.isEmpty() || names.contains(f.name()))
            .filter(f -> matcher.matches(Path.of(f.name())))
            .toList();
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException("no fault of qemu/faults matches --only '" + glob + "'");
    }
    return chosen;
  }
}
