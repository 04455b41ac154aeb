package org.daxcheck.html;

import org.daxcheck.report.ExitCode;

/**
 * What several runs come to together, such as what a patch loses.
 *
 * @param exit how the command ends, which gives the colour
 * @param sentence the verdict, as it is printed
 */
public record Headline(ExitCode exit, String sentence) {}
