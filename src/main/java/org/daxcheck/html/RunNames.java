package org.daxcheck.html;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What runs are called on a page: as little of their paths as tells them apart. */
final class RunNames {
  private RunNames() {}

  /**
   * A name for each folder: its own, with as many folders above it as make it unlike the others.
   */
  static List<String> of(List<Path> folders) {
    List<Path> whole = folders.stream().map(f -> f.toAbsolutePath().normalize()).toList();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < whole.size(); i++) {
      int length = 1;
      while (length < whole.get(i).getNameCount() && isTaken(whole, i, length)) {
        length++;
      }
      names.add(end(whole.get(i), length));
    }
    List<String> unlike = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      int before = Collections.frequency(names.subList(0, i), names.get(i));
      unlike.add(before == 0 ? names.get(i) : names.get(i) + " (" + (before + 1) + ")");
    }
    return unlike;
  }

  private static boolean isTaken(List<Path> all, int self, int length) {
    for (Path other : all) {
      if (!other.equals(all.get(self)) && end(other, length).equals(end(all.get(self), length))) {
        return true;
      }
    }
    return false;
  }

  /** The last names of a path. */
  private static String end(Path path, int length) {
    int all = path.getNameCount();
    return all == 0 ? path.toString() : path.subpath(Math.max(0, all - length), all).toString();
  }
}
