package org.daxcheck.step;

import java.util.List;

/**
 * An observation with parts of it exchanged, as a target that does something else would show it.
 */
public final class Retouched {
  private List<Observation.Attribute> attributes;
  private String driver;
  private String policy;
  private long memTotalKib;
  private List<Observation.Block> blocks;
  private List<Observation.Region> iomem;
  private long taint;
  private List<Observation.LogLine> log;
  private boolean logLost;
  private List<Observation.Uevent> uevents;
  private String neighbours;
  private boolean ueventsLost;

  private Retouched(Observation o) {
    attributes = o.attributes();
    driver = o.driver();
    policy = o.policy();
    memTotalKib = o.memTotalKib();
    blocks = o.blocks();
    iomem = o.iomem();
    taint = o.taint();
    log = o.log();
    logLost = o.logLost();
    uevents = o.uevents();
    neighbours = o.neighbours();
    ueventsLost = o.ueventsLost();
  }

  /** The observation as it is, to begin with. */
  public static Retouched of(Observation o) {
    return new Retouched(o);
  }

  public Retouched attributes(List<Observation.Attribute> other) {
    attributes = other;
    return this;
  }

  public Retouched driver(String other) {
    driver = other;
    return this;
  }

  public Retouched policy(String other) {
    policy = other;
    return this;
  }

  public Retouched memTotalKib(long other) {
    memTotalKib = other;
    return this;
  }

  public Retouched blocks(List<Observation.Block> other) {
    blocks = other;
    return this;
  }

  public Retouched iomem(List<Observation.Region> other) {
    iomem = other;
    return this;
  }

  public Retouched taint(long other) {
    taint = other;
    return this;
  }

  public Retouched log(List<Observation.LogLine> other) {
    log = other;
    return this;
  }

  public Retouched logLost(boolean other) {
    logLost = other;
    return this;
  }

  public Retouched uevents(List<Observation.Uevent> other) {
    uevents = other;
    return this;
  }

  public Retouched neighbours(String other) {
    neighbours = other;
    return this;
  }

  /** The observation with all that was exchanged. */
  public Observation done() {
    return new Observation(
        attributes,
        driver,
        policy,
        memTotalKib,
        blocks,
        iomem,
        taint,
        log,
        logLost,
        uevents,
        neighbours,
        ueventsLost);
  }
}
