package org.daxcheck.machine;

/**
 * What a machine gives for an input.
 *
 * @param answer {@code ok}, an error's name, or {@link #NOT_ASKED}
 * @param sight what can be seen of the device afterwards, as {@link OutputAbstraction} words it
 */
public record MealyOutput(String answer, String sight) {
  /** The answer where the guard kept the input from the kernel. */
  public static final String NOT_ASKED = "not asked";

  /** An input that the guard kept back: nothing changes. */
  static MealyOutput notAsked(String sight) {
    return new MealyOutput(NOT_ASKED, sight);
  }

  /** True where the input reached the kernel. */
  public boolean asked() {
    return !answer.equals(NOT_ASKED);
  }

  /** True where the kernel said no. */
  public boolean refused() {
    return asked() && answer.startsWith("E");
  }

  @Override
  public String toString() {
    return answer + ", then " + sight;
  }
}
