package org.daxcheck.selection;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.ScenarioException;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.scenario.SuiteDefinition;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.Shard;
import org.daxcheck.target.ModelSource;

/**
 * What a command runs.
 *
 * @param name of the suite, or the files that were named
 * @param topologies where scenarios may run, in the order of choice
 * @param generated what is made for the run besides, as its suite asks for it
 * @param gate true where nothing in it may be skipped
 * @param restricted why it is no gate although the user may take it for one; empty otherwise
 */
public record Selection(
    String name,
    List<Scenario> scenarios,
    List<String> topologies,
    List<SuiteDefinition.Generated> generated,
    boolean gate,
    String restricted) {
  /** The names of suites, for sentences. */
  public static final String SUITES = "quick, smoke, gate, full";

  /** Those of a suite. */
  public static Selection suite(String name, Catalogue catalogue) {
    Path file = Home.suites().resolve(name + ".suite");
    if (!name.matches("[a-z0-9-]+") || !Files.isRegularFile(file)) {
      throw new Failure("--suite '" + name + "' is unknown; expected " + SUITES);
    }
    try {
      SuiteDefinition definition = SuiteDefinition.load(file);
      List<String> topologies =
          definition.topologies().isEmpty() ? List.of("cxl") : definition.topologies();
      return new Selection(
          name,
          Home.relative(Scenarios.load(definition.scenarios(), catalogue)),
          topologies,
          definition.generated(),
          definition.gate(),
          "");
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** Those that are named, by file, folder, name, glob, rule or group. */
  public static Selection files(List<Path> files, Catalogue catalogue) {
    try {
      String name = String.join(" ", files.stream().map(Path::toString).toList());
      List<Scenario> scenarios = new Named(catalogue).all(files);
      Set<String> all = new LinkedHashSet<>(List.of("cxl", "cxl-ranges", Plan.KERNEL_ZONE));
      scenarios.forEach(s -> s.needs().topology().ifPresent(all::add));
      return new Selection(
          name,
          scenarios,
          List.copyOf(all),
          List.of(),
          false,
          "individual scenarios were given, so it cannot be one");
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** The names of those that are only tried, which count for no rule. */
  public List<String> tried() {
    return scenarios.stream().filter(s -> s.rules().isEmpty()).map(Scenario::name).toList();
  }

  /** The same on one topology only; on its own where that is null. */
  public Selection on(String topology) {
    return topology == null
        ? this
        : new Selection(
            name,
            scenarios,
            List.of(topology),
            generated,
            gate,
            gate ? "only topology " + topology + " was run" : restricted);
  }

  /** The same of which only a shard is run; itself where that is empty. */
  public Selection only(Optional<Shard> shard) {
    return shard.isEmpty()
        ? this
        : restricted("it is shard " + shard.get() + "; './daxcheck merge' judges the whole");
  }

  /** The same, for a reason no gate. */
  public Selection restricted(String why) {
    return new Selection(name, scenarios, topologies, generated, false, why);
  }

  /** What lines of its suite ask for, checked: complete test suites. */
  public List<CompleteSuites.Asked> complete() {
    try {
      return CompleteSuites.asked(generated);
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /** What lines of its suite ask for, checked: random walks. */
  public List<RandomWalks> walks() {
    try {
      return RandomWalks.asked(generated);
    } catch (ScenarioException e) {
      throw new Failure(e);
    }
  }

  /**
   * Everything that is to run: its scenarios, and those that are generated.
   *
   * @param complete tells what the complete suites among them prove
   */
  public record Made(List<Scenario> scenarios, List<String> topologies, CompleteSuites complete) {}

  /**
   * Makes what is generated.
   *
   * @param asked the complete suites to make
   * @param dialect that they are made for
   * @param only the only topology, where one was named
   */
  public Made made(
      List<CompleteSuites.Asked> asked,
      Dialect dialect,
      Optional<String> only,
      Policy bootPolicy,
      ModelSource.Shapes shapes,
      Catalogue catalogue) {
    CompleteSuites suites = CompleteSuites.of(asked, only, dialect, bootPolicy, shapes);
    List<Scenario> all = new ArrayList<>(scenarios);
    walks().forEach(w -> all.addAll(w.scenarios(dialect, only, bootPolicy, shapes, catalogue)));
    return new Made(suites.with(all, catalogue), suites.topologies(topologies), suites);
  }
}
