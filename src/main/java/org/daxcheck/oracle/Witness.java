package org.daxcheck.oracle;

/** Hears how the oracle comes to its verdict, step by step; nothing hangs on it. */
@FunctionalInterface
public interface Witness {
  /** One that does not listen. */
  Witness NONE = account -> {};

  /** A step was judged. */
  void hears(Account account);
}
