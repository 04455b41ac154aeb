package org.daxcheck.report;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the schema of run.json says of a member beyond its type. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
@interface Form {
  /** What it is, for who reads the schema; empty where its name says it. */
  String value() default "";

  /** The regular expression that a text matches; empty where it may be any. */
  String pattern() default "";

  /** The least number of characters of a text. */
  int least() default 0;

  /** The smallest number that it can be. */
  int min() default 0;

  /** The largest number that it can be. */
  int max() default Integer.MAX_VALUE;

  /**
   * True where a document may lack it, as a list without elements or a run of before it was kept.
   */
  boolean optional() default false;
}
