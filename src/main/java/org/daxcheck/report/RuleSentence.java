package org.daxcheck.report;

/**
 * What reports say of a rule.
 *
 * @param sentence the rule in a sentence
 * @param citation the document and the clause it comes from
 */
public record RuleSentence(String sentence, String citation) {}
