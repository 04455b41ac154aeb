package org.daxcheck.abi;

/** How the documents judge an outcome of a step. */
public enum Grade {
  /** The only outcome the documents leave. */
  REQUIRED,
  /** One of several outcomes the documents leave. */
  ALLOWED,
  /** Legal, but worth telling the user. */
  INTERESTING,
  /** Against a rule. */
  FORBIDDEN;

  /** The grade as reports print it. */
  public String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
