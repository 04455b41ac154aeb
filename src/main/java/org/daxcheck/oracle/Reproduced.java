package org.daxcheck.oracle;

/**
 * What came of doing a divergence again by hand, each time in a fresh guest.
 *
 * @param worked how often it was shown
 * @param times how often it was tried
 * @param why what the last try that did not show it gave instead; empty where all did
 */
public record Reproduced(int worked, int times, String why) {
  public Reproduced {
    if (worked < 0 || worked > times || times < 1) {
      throw new IllegalArgumentException("worked " + worked + " of " + times);
    }
  }

  /** Such as {@code worked 3 of 3}. */
  public String text() {
    return "worked " + worked + " of " + times + (why.isEmpty() ? "" : ": " + why);
  }
}
