package org.daxcheck.cli;

/** The command line. */
public final class Main {
  private Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    System.out.println("daxcheck 0.1.0");
  }
}
