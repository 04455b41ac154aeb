package org.daxcheck.run;

/** Which daxcheck this is. */
public final class Version {
  /** As reports and the command line say it. */
  public static final String TEXT = "0.1.0";

  private Version() {}
}
