package org.daxcheck.guest;

/** A version as Debian orders it (Debian policy 5.6.12): digits as numbers, ~ before the end. */
record DebianVersion(String text) implements Comparable<DebianVersion> {
  @Override
  public int compareTo(DebianVersion other) {
    int epochs = Long.compare(epoch(), other.epoch());
    if (epochs != 0) {
      return epochs;
    }
    int upstreams = compare(upstream(), other.upstream());
    return upstreams != 0 ? upstreams : compare(revision(), other.revision());
  }

  private long epoch() {
    int colon = text.indexOf(':');
    return colon < 0 ? 0 : Long.parseLong(text.substring(0, colon));
  }

  private String upstream() {
    String rest = text.substring(text.indexOf(':') + 1);
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? rest : rest.substring(0, dash);
  }

  private String revision() {
    int dash = text.lastIndexOf('-');
    return dash < 0 ? "" : text.substring(dash + 1);
  }

  private static int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      while (letter(a, i) || letter(b, j)) {
        int order = Integer.compare(order(a, i), order(b, j));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
      int endA = digits(a, i);
      int endB = digits(b, j);
      int order = Long.compare(number(a, i, endA), number(b, j, endB));
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return 0;
  }

  private static boolean letter(String s, int at) {
    return at < s.length() && !Character.isDigit(s.charAt(at));
  }

  private static int order(String s, int at) {
    if (at >= s.length() || Character.isDigit(s.charAt(at))) {
      return 0;
    }
    char c = s.charAt(at);
    return c == '~' ? -1 : Character.isLetter(c) ? c : c + 256;
  }

  private static int digits(String s, int from) {
    int end = from;
    while (end < s.length() && Character.isDigit(s.charAt(end))) {
      end++;
    }
    return end;
  }

  private static long number(String s, int from, int end) {
    return from >= end ? 0 : Long.parseLong(s.substring(from, end));
  }
}
