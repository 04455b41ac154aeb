package org.daxcheck.target;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Device;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;

/** A target that is another one in all that is not overridden. */
public abstract class ForwardingTarget implements Target {
  private final Target to;

  /** Forwards to this target; closing it is left to who extends this. */
  protected ForwardingTarget(Target to) {
    this.to = to;
  }

  @Override
  public List<Reply> run(List<Step> steps) throws TargetException {
    return to.run(steps);
  }

  @Override
  public String name() {
    return to.name();
  }

  @Override
  public TargetKind kind() {
    return to.kind();
  }

  @Override
  public String kernel() {
    return to.kernel();
  }

  @Override
  public String topology() {
    return to.topology();
  }

  @Override
  public Dialect dialect() {
    return to.dialect();
  }

  @Override
  public boolean hotremove() {
    return to.hotremove();
  }

  @Override
  public boolean injector() {
    return to.injector();
  }

  @Override
  public boolean failNth() {
    return to.failNth();
  }

  @Override
  public boolean helper() {
    return to.helper();
  }

  @Override
  public boolean findsLeaks() {
    return to.findsLeaks();
  }

  @Override
  public Policy bootPolicy() {
    return to.bootPolicy();
  }

  @Override
  public void begin(Scenario scenario) {
    to.begin(scenario);
  }

  @Override
  public Optional<String> refuses(Scenario scenario) {
    return to.refuses(scenario);
  }

  @Override
  public Optional<String> interferer() {
    return to.interferer();
  }

  @Override
  public String driver() {
    return to.driver();
  }

  @Override
  public boolean isUnused() {
    return to.isUnused();
  }

  @Override
  public Optional<KernelCounts> takeCounts() throws TargetException {
    return to.takeCounts();
  }

  @Override
  public String details() {
    return to.details();
  }

  @Override
  public Device device() {
    return to.device();
  }
}
