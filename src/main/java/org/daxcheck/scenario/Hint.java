package org.daxcheck.scenario;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The end of an error's sentence that names what the user may have meant. */
public final class Hint {
  private static final int MOST = 3;

  private Hint() {}

  /** Such as {@code ; did you mean 'write'?}; empty where no known word is near. */
  static String of(String found, Collection<String> known) {
    List<String> near = nearest(found, known, 1);
    return near.isEmpty() ? "" : "; did you mean '" + near.get(0) + "'?";
  }

  /** As {@link #of}, with up to three words. */
  public static String ofSeveral(String found, Collection<String> known) {
    List<String> near = nearest(found, known, MOST);
    return near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
  }

  private static List<String> nearest(String found, Collection<String> known, int most) {
    return known.stream()
        .distinct()
        .filter(k -> !k.equals(found))
        .filter(k -> distance(found, k) <= Math.max(1, Math.max(k.length(), found.length()) / 3))
        .sorted(Comparator.comparingInt(k -> distance(found, k)))
        .limit(most)
        .toList();
  }

  /** Edits (insert, delete, replace, swap of neighbours) between the two, in any case. */
  static int distance(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + replace);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
