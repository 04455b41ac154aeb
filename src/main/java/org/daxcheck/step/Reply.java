package org.daxcheck.step;

/** A target's answer to one step: what it returned, and what could be seen after it. */
public record Reply(Result result, Observation observation) {}
