package org.daxcheck.engine;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.daxcheck.abi.RuleId;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.PlannedCase;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.engine.support.descriptor.FilePosition;
import org.junit.platform.engine.support.descriptor.FileSource;

/** A case as the JUnit Platform has it: its tags are the scenario's rules and their groups. */
final class CaseDescriptor extends AbstractTestDescriptor {
  /** Keys of the parts of a unique id, from the engine's down. */
  static final String TARGET = "target";

  static final String TOPOLOGY = "topology";
  static final String SCENARIO = "scenario";

  private final PlannedCase planned;

  CaseDescriptor(UniqueId engine, PlannedCase planned) {
    super(
        id(engine, planned),
        planned.scenario().name(),
        FileSource.from(Path.of(planned.scenario().file()).toFile(), FilePosition.from(1)));
    this.planned = planned;
  }

  /** Such as {@code [engine:daxcheck]/[target:model]/[topology:cxl]/[scenario:case-matters]}. */
  private static UniqueId id(UniqueId engine, PlannedCase planned) {
    return engine
        .append(TARGET, planned.source())
        .append(TOPOLOGY, planned.topology())
        .append(SCENARIO, planned.scenario().name());
  }

  PlannedCase planned() {
    return planned;
  }

  @Override
  public Type getType() {
    return Type.TEST;
  }

  @Override
  public Set<TestTag> getTags() {
    Set<String> tags = new TreeSet<>();
    for (Scenario.Cited cited : planned.scenario().rules()) {
      RuleId rule = cited.rule();
      tags.add(rule.toString());
      tags.add(rule.group());
    }
    return tags.stream().map(TestTag::create).collect(Collectors.toSet());
  }
}
