package org.daxcheck.oracle;

/**
 * What came of doing a divergence again by hand, each time in a fresh guest.
 *
 * @param worked how often it was shown
 * @param times how often it was tried
 * @param over how often the commands were done in each guest, unless they showed it before; more
 *     than once where the driver has to remember something first
 * @param why what the last try that did not show it gave instead; empty where all did
 */
public record Reproduced(int worked, int times, int over, String why) {
  public Reproduced {
    if (worked < 0 || worked > times || times < 1 || over < 1) {
      throw new IllegalArgumentException(
          "worked " + worked + " of " + times + ", done " + over + " times over");
    }
  }

  /** Such as {@code worked 3 of 3}. */
  public String text() {
    return "worked "
        + worked
        + " of "
        + times
        + (over > 1 ? ", done up to " + over + " times over in each guest" : "")
        + (why.isEmpty() ? "" : ": " + why);
  }
}
