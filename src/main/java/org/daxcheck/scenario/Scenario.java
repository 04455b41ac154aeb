package org.daxcheck.scenario;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Step;

/**
 * A scenario as read from its file.
 *
 * @param name stable, in lower case with hyphens; equals the file's name without {@code .kmem}
 * @param file the path it was read from, as given
 * @param prose the paragraph on top, without the comment signs
 * @param rules the rules it is about, the main one first, each with its citation; none where it is
 *     only tried
 * @param needs what a target must have for it to run
 * @param start the state that the target is brought to first
 * @param leaks true where it leaves the device unusable until a reboot
 * @param repeats how often its lines are done, from the first to the last; 1 unless it is a race
 * @param lines its steps in order
 * @param source the whole text of the file
 */
public record Scenario(
    String name,
    String file,
    List<String> prose,
    List<Cited> rules,
    Needs needs,
    Start start,
    boolean leaks,
    int repeats,
    List<Line> lines,
    String source) {

  public Scenario {
    prose = List.copyOf(prose);
    rules = List.copyOf(rules);
    lines = List.copyOf(lines);
  }

  /** A scenario whose lines are done once. */
  public Scenario(
      String name,
      String file,
      List<String> prose,
      List<Cited> rules,
      Needs needs,
      Start start,
      boolean leaks,
      List<Line> lines,
      String source) {
    this(name, file, prose, rules, needs, start, leaks, 1, lines, source);
  }

  /** A rule with the citation that the scenario gives: document and words or clause. */
  public record Cited(RuleId rule, String citation) {}

  /**
   * What a target must have.
   *
   * @param attribute the device has the attribute of some dialect
   * @param ranges at least so many ranges (1 where nothing is said)
   * @param blocks at least so many memory blocks (1 where nothing is said)
   * @param dialects the target's dialect is one of these; empty means any
   * @param features what else it must have
   * @param topology the only topology that will do; empty means any
   */
  public record Needs(
      boolean attribute,
      int ranges,
      int blocks,
      Set<Dialect> dialects,
      Set<Feature> features,
      Optional<String> topology) {
    public Needs {
      dialects = Set.copyOf(dialects);
      features = Set.copyOf(features);
    }

    /** Needs of no feature and no topology. */
    public Needs(boolean attribute, int ranges, int blocks, Set<Dialect> dialects) {
      this(attribute, ranges, blocks, dialects, Set.of(), Optional.empty());
    }
  }

  /** What a target may have or not. */
  public enum Feature {
    /** The kernel can be told to refuse memory blocks (memory-notifier-error-inject). */
    INJECTOR("injector"),
    /** The guest has the module that makes adding memory fail and takes addresses. */
    HELPER("helper"),
    /** The kernel can make an allocation fail (failslab, fail_page_alloc, fail-nth). */
    FAIL_NTH("fail-nth"),
    /** The kernel or the driver was built without CONFIG_MEMORY_HOTREMOVE. */
    NO_HOTREMOVE("no hotremove");

    private final String text;

    Feature(String text) {
      this.text = text;
    }

    /** What a target must have for a step of this kind; empty where any will do. */
    public static Optional<Feature> neededBy(Step.Kind kind) {
      return switch (kind) {
        case INJECT -> Optional.of(INJECTOR);
        case REFUSE_ADD, OCCUPY, DELAY -> Optional.of(HELPER);
        case FAIL_NTH -> Optional.of(FAIL_NTH);
        case WRITE,
            READ,
            BIND,
            UNBIND,
            SET_POLICY,
            BLOCK_WRITE,
            PIN,
            UNPIN,
            UNLOAD,
            LOAD,
            AWAIT,
            SLEEP,
            SIGNAL,
            FILL,
            VERIFY,
            FREE,
            RESHAPE,
            NEIGHBOUR_WRITE,
            ACTORS,
            LOOK ->
            Optional.empty();
      };
    }

    /** The feature as scenarios spell it. */
    public String text() {
      return text;
    }
  }

  /**
   * The state at the first line. What is not said is: bound to kmem, unplugged, the policy that the
   * target was booted with.
   */
  public record Start(Optional<Word> state, Optional<Policy> policy, Optional<Driver> driver) {}

  /**
   * A step, the line of the file where it stands (for actors the first of their lines), and the
   * outcomes it states, if any. For actors the expectations belong to their steps.
   */
  public record Line(
      int number, Step step, List<Expected> expected, List<ActorExpectation> actorExpected) {
    public Line {
      expected = List.copyOf(expected);
      actorExpected = List.copyOf(actorExpected);
    }

    /** A line for a single step. */
    public Line(int number, Step step, List<Expected> expected) {
      this(number, step, expected, List.of());
    }
  }

  /** What the {@code index}th step of an actor states, with its own line number. */
  public record ActorExpectation(String actor, int index, int number, List<Expected> expected) {
    public ActorExpectation {
      expected = List.copyOf(expected);
    }
  }

  /** The same scenario, its file named in another way. */
  public Scenario inFile(String path) {
    return new Scenario(name, path, prose, rules, needs, start, leaks, repeats, lines, source);
  }

  /** True where an allocation fails in it, so that a target that does wrong may stay damaged. */
  public boolean runsShort() {
    return lines.stream().anyMatch(l -> l.step().kind() == Step.Kind.FAIL_NTH);
  }

  /** The rule it is mainly about; for scenarios that are more than tried. */
  public RuleId rule() {
    return mainRule().orElseThrow();
  }

  /** The rule it is mainly about; empty where it is only tried. */
  public Optional<RuleId> mainRule() {
    return rules.stream().map(Cited::rule).findFirst();
  }

  /** The group of the rule that it is mainly about; {@code TRIED} where it is only tried. */
  public String group() {
    return mainRule().map(RuleId::group).orElse("TRIED");
  }
}
