package org.daxcheck.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.scenario.SuiteDefinition;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.ForwardingTarget;
import org.daxcheck.target.ModelSource;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** Several lanes do together what one does alone, each case once. */
public class ParallelRunnerTest {
  private static final Path SUITES = Path.of(System.getProperty("daxcheck.home", "."), "suites");
  private static final List<String> PLAIN =
      List.of("read-follows-write", "present-while-bound", "from-offline", "from-unplugged");
  private static final String LEAKS = "online-leaks";

  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger alive = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final List<String> finished = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> parts = Collections.synchronizedList(new ArrayList<>());
  private Map<String, Scenario> scenarios;
  private Runnable booting;

  @BeforeMethod
  public void load() throws Exception {
    Catalogue catalogue = Catalogue.load(SUITES.resolve("rules.yaml"));
    scenarios = new TreeMap<>();
    Scenarios.load(List.of(SUITES), catalogue).forEach(s -> scenarios.put(s.name(), s));
    Stream.of(made, alive, most).forEach(n -> n.set(0));
    finished.clear();
    parts.clear();
    booting = () -> {};
  }

  @Test
  public void eachCaseIsDoneOnceAndToldInTheOrderOfThePlan() {
    List<PlannedCase> first = cases("a", PLAIN);
    List<PlannedCase> rest = cases("b", PLAIN);
    for (int lanes = 1; lanes <= 3; lanes++) {
      parts.clear();
      List<Run.Case> done = run(lanes, List.of(first, rest), c -> {}).done();
      assertThat(done)
          .extracting(c -> c.topology() + "/" + c.scenario().name())
          .containsExactlyElementsOf(
              Stream.concat(first.stream(), rest.stream())
                  .map(c -> c.topology() + "/" + c.scenario().name())
                  .toList());
      assertThat(done).allMatch(c -> c.verdict().status() == Verdict.Status.PASS);
      assertThat(parts).containsExactlyInAnyOrder(0, 1);
    }
    assertThat(alive).as("every target is closed").hasValue(0);
  }

  @Test
  public void twoLanesWorkAtTheSameTimeAndNoMoreTargetsThanLanesLive() {
    // A boot ends only when the other's has begun: with one at a time, this would never end. The
    // wait is in the boot, since a lane that began its case need not have its target yet.
    CyclicBarrier both = new CyclicBarrier(2);
    booting =
        () -> {
          try {
            both.await(60, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IllegalStateException("alone", e);
          }
        };
    run(
        2,
        List.of(List.of(), Stream.of("a", "b").flatMap(t -> cases(t, PLAIN).stream()).toList()),
        c -> {});
    assertThat(most).hasValue(2);
    assertThat(made).as("each lane keeps to its topology").hasValue(2);
  }

  @Test
  public void whatUsesUpATargetIsTheLastThatIsDoneWithIt() {
    List<PlannedCase> cases = new ArrayList<>(cases("a", List.of(LEAKS)));
    cases.addAll(cases("a", PLAIN));
    for (int lanes : new int[] {2, 3}) {
      made.set(0);
      finished.clear();
      run(lanes, List.of(cases), c -> {});
      assertThat(finished).hasSize(5);
      assertThat(finished.get(4)).isEqualTo("a/" + LEAKS);
      assertThat(made).as("too little is left to do for a second target").hasValue(1);
    }
  }

  @Test
  public void nothingIsLeftWhereSeveralUseUpTheirTargets() {
    List<PlannedCase> cases =
        Stream.of("a", "b")
            .flatMap(
                t ->
                    cases(t, List.of(LEAKS, "online-kernel-leaks", "unload-while-online")).stream())
            .toList();
    assertThat(run(2, List.of(cases), c -> {}).done()).hasSize(6);
    assertThat(made).hasValue(6);
    assertThat(alive).hasValue(0);
  }

  @Test
  public void aLaneThatFailsEndsTheRunAndIsTold() {
    assertThatThrownBy(
            () ->
                run(
                    2,
                    List.of(cases("a", PLAIN)),
                    c -> {
                      throw new IllegalStateException("no room for the trace");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no room for the trace");
    assertThat(alive).hasValue(0);
  }

  @Test
  public void whatIsStoppedBeginsNoOtherCaseAndSaysThatItIsCutShort() {
    ParallelRunner[] lanes = new ParallelRunner[1];
    lanes[0] =
        lanes(
            2,
            List.of(cases("a", PLAIN), cases("b", PLAIN)),
            c -> {
              if (c.scenario().name().equals(PLAIN.get(0))) {
                lanes[0].stop();
              }
            });
    try (ParallelRunner all = lanes[0]) {
      all.run();
      assertThat(all.isCutShort()).isTrue();
      assertThat(all.done()).hasSizeBetween(1, PLAIN.size());
      assertThat(finished).hasSize(all.done().size());
    }
    ParallelRunner whole = run(2, List.of(cases("a", PLAIN)), c -> {});
    whole.stop();
    assertThat(whole.isCutShort()).as("stopped when nothing was left").isFalse();
  }

  /** A kernel that is of no use behind each case would cost a boot each time. */
  @Test
  public void whatSpoilsItsTargetEachTimeIsStoppedByItself() {
    List<String> many =
        scenarios.values().stream().filter(s -> !s.leaks()).map(Scenario::name).toList();
    assertThat(many).hasSizeGreaterThan(2 * ParallelRunner.MOST_SPOILED);
    for (boolean bounded : new boolean[] {true, false}) {
      TargetSource dying = dying();
      try (ParallelRunner lanes =
          new ParallelRunner(
              List.of(dying),
              List.of(cases("a", many)),
              RunListener.NONE,
              c -> TraceSink.NONE,
              7,
              c -> 100)) {
        if (bounded) {
          lanes.bound();
        }
        lanes.run();
        assertThat(lanes.isSpoiled()).isEqualTo(bounded);
        assertThat(lanes.done().size() < many.size()).isEqualTo(bounded);
      }
    }
  }

  /** A source whose kernels die in their second batch. */
  private static TargetSource dying() {
    ModelSource models =
        new ModelSource(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, t -> List.of(2), 3);
    return new TargetSource() {
      @Override
      public String name() {
        return "model";
      }

      @Override
      public List<Integer> shape(String topology) throws TargetException {
        return models.shape(topology);
      }

      @Override
      public Target fresh(String topology) throws TargetException {
        return new ForwardingTarget(models.fresh(topology)) {
          private int batches;

          @Override
          public TargetKind kind() {
            return TargetKind.GUEST;
          }

          @Override
          public List<Reply> run(List<Step> steps) throws TargetException {
            List<Reply> replies = super.run(steps);
            if (++batches > 1) {
              throw new TargetException(
                  TargetException.Kind.KERNEL,
                  "the kernel died",
                  replies.subList(0, replies.size() - 1),
                  null);
            }
            return replies;
          }

          @Override
          public void close() {
            // A model holds nothing.
          }
        };
      }

      @Override
      public void close() {
        models.close();
      }
    };
  }

  @Test
  public void whatIsNotKeptIsNotRunAndNoPartWaitsForIt() {
    try (ParallelRunner lanes = lanes(2, List.of(cases("a", PLAIN), cases("b", PLAIN)), c -> {})) {
      lanes.keep(c -> c.topology().equals("b"));
      lanes.run(parts::add);
      assertThat(lanes.plan()).hasSameSizeAs(PLAIN);
      assertThat(lanes.done()).hasSameSizeAs(PLAIN).allMatch(c -> c.topology().equals("b"));
      assertThat(parts).containsExactlyInAnyOrder(0, 1);
      assertThat(lanes.isCutShort()).isFalse();
    }
  }

  @Test
  public void theLastSourceBeginsWhenTheOthersAreThrough() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    List<PlannedCase> plan =
        Stream.of("late", "early")
            .flatMap(s -> PLAIN.stream().map(n -> new PlannedCase(scenarios.get(n), s, "a")))
            .toList();
    List<Counted> sources =
        List.of(new Counted("late"), new Counted("early"), new Counted("early"));
    RunListener listener =
        new RunListener() {
          @Override
          public void started(PlannedCase planned) {
            order.add("start " + planned.source());
          }

          @Override
          public void finished(PlannedCase planned, Run.Case done) {
            order.add("end " + planned.source());
          }
        };
    try (ParallelRunner lanes =
        new ParallelRunner(sources, List.of(plan), listener, c -> TraceSink.NONE, 7, c -> 100)) {
      lanes.last("late");
      lanes.run();
      assertThat(lanes.done()).hasSize(2 * PLAIN.size());
    }
    assertThat(order.lastIndexOf("end early")).isLessThan(order.indexOf("start late"));
  }

  @Test
  public void theQuickPartIsOfTheGateAndUsesUpOneTargetOfEachTopologyAtMost() throws Exception {
    SuiteDefinition quick = SuiteDefinition.load(SUITES.resolve("quick.suite"));
    SuiteDefinition gate = SuiteDefinition.load(SUITES.resolve("gate.suite"));
    assertThat(gate.scenarios()).containsAll(quick.scenarios());
    assertThat(quick.scenarios()).hasSizeBetween(30, 60);
    List<Scenario> chosen =
        Scenarios.load(quick.scenarios(), Catalogue.load(SUITES.resolve("rules.yaml")));
    TargetSource shapes =
        new ModelSource(
            Dialect.LINUX_7_3,
            Policy.ONLINE_MOVABLE,
            t -> t.equals("cxl-ranges") ? List.of(1, 2, 1) : List.of(2),
            0);
    List<PlannedCase> alone = Plan.of(chosen, quick.topologies(), List.of(shapes));
    assertThat(alone).hasSize(chosen.size());
    assertThat(Plan.of(chosen, gate.topologies(), List.of(shapes)))
        .as("a scenario runs in the same place, whether with the others or not")
        .containsExactlyInAnyOrderElementsOf(alone);
    assertThat(
            alone.stream()
                .filter(c -> c.scenario().leaks())
                .collect(Collectors.groupingBy(PlannedCase::topology, Collectors.counting())))
        .allSatisfy((topology, leaks) -> assertThat(leaks).as(topology).isEqualTo(1));
  }

  private List<PlannedCase> cases(String topology, List<String> names) {
    assertThat(scenarios).containsKeys(names.toArray(String[]::new));
    return names.stream().map(n -> new PlannedCase(scenarios.get(n), "model", topology)).toList();
  }

  private interface Begun {
    void of(PlannedCase planned);
  }

  private ParallelRunner run(int count, List<List<PlannedCase>> plan, Begun begun) {
    try (ParallelRunner lanes = lanes(count, plan, begun)) {
      lanes.run(parts::add);
      return lanes;
    }
  }

  private ParallelRunner lanes(int count, List<List<PlannedCase>> plan, Begun begun) {
    List<Counted> sources = Stream.generate(() -> new Counted("model")).limit(count).toList();
    RunListener listener =
        new RunListener() {
          @Override
          public void started(PlannedCase planned) {
            begun.of(planned);
          }

          @Override
          public void finished(PlannedCase planned, Run.Case done) {
            finished.add(planned.topology() + "/" + planned.scenario().name());
          }
        };
    return new ParallelRunner(sources, plan, listener, c -> TraceSink.NONE, 7, c -> 100);
  }

  /** A source that knows how many of all its kind's targets live. */
  private final class Counted implements TargetSource {
    private final ModelSource models =
        new ModelSource(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, t -> List.of(2), 3);

    private final String name;

    Counted(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<Integer> shape(String topology) throws TargetException {
      return models.shape(topology);
    }

    @Override
    public Target fresh(String topology) throws TargetException {
      made.incrementAndGet();
      most.accumulateAndGet(alive.incrementAndGet(), Math::max);
      booting.run();
      Target target = models.fresh(topology);
      return (Target)
          java.lang.reflect.Proxy.newProxyInstance(
              Target.class.getClassLoader(),
              new Class<?>[] {Target.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("close")) {
                  alive.decrementAndGet();
                }
                return method.invoke(target, arguments);
              });
    }

    @Override
    public void close() {
      models.close();
    }
  }
}
