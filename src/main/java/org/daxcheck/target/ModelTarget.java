package org.daxcheck.target;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Topologies;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Logged;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/**
 * The reference model as a target: where the documents leave several outcomes it takes one by a
 * seeded choice. It shows what a kernel that keeps every rule would show.
 */
public class ModelTarget implements Target {
  /** MemTotal without the device, in KiB; any number does. */
  /** How many allocations each of its steps makes, of either kind. */
  private static final int ALLOCATIONS = 2;

  private static final long BASELINE_KIB = 2_000_000;

  private static final int ROOT_UID = 0;

  private final Model model;
  private final String topology;
  private final Device device;
  private final Policy bootPolicy;
  private final Random random;
  private final Refusals refusals;
  private final long seed;
  private String scenario = "";
  private State state;
  private long clock;
  private Observation shown;
  private boolean closed;

  /**
   * A model target whose device is bound to kmem, unplugged.
   *
   * @param random makes the choices; pass a seeded one for a run that can be repeated
   */
  public ModelTarget(
      Dialect dialect, String topology, Device device, Policy bootPolicy, Random random) {
    this(
        new Model(dialect, true, Topologies.kernelZoneReturns(topology)),
        topology,
        device,
        bootPolicy,
        random);
  }

  /** The same, of any model. */
  public ModelTarget(
      Model model, String topology, Device device, Policy bootPolicy, Random random) {
    this(model, topology, device, bootPolicy, random, new Refusals());
  }

  /**
   * The same, of any model.
   *
   * @param refusals how often it may still do what is legal once in a while; several targets of a
   *     run share it
   */
  public ModelTarget(
      Model model,
      String topology,
      Device device,
      Policy bootPolicy,
      Random random,
      Refusals refusals) {
    this.refusals = refusals;
    Dialect dialect = model.dialect();
    this.model = model;
    this.topology = topology;
    this.device = device;
    this.bootPolicy = bootPolicy;
    this.random = random;
    this.seed = random.nextLong();
    this.state = State.between(dialect, device.blocksOfRanges(), bootPolicy);
    if (!model.hotremove()) {
      // What the boot plugged in stays.
      take(new Step.Unbind(), false);
      take(new Step.Bind(Driver.KMEM), false);
    }
    this.shown = show(state, List.of());
  }

  /**
   * A device of blocks of 128 MiB with these numbers of them in its ranges, a gap after each; a
   * range without a whole block has half of one.
   */
  public static Device device(List<Integer> blocksOfRanges) {
    long size = 128L << 20;
    long block = 0x4080000000L / size;
    List<Device.Range> ranges = new ArrayList<>();
    for (int blocks : blocksOfRanges) {
      long end = blocks > 0 ? (block + blocks) * size : block * size + size / 2;
      ranges.add(new Device.Range(block * size, end - 1, block, blocks));
      block += blocks + 1;
    }
    return new Device("dax0.0", 1, size, ranges);
  }

  @Override
  public String name() {
    return "model";
  }

  @Override
  public TargetKind kind() {
    return TargetKind.MODEL;
  }

  @Override
  public String kernel() {
    return "model of " + model.dialect();
  }

  @Override
  public String topology() {
    return topology;
  }

  @Override
  public Dialect dialect() {
    return model.dialect();
  }

  @Override
  public boolean hotremove() {
    return model.hotremove();
  }

  @Override
  public boolean injector() {
    return true;
  }

  @Override
  public boolean failNth() {
    return true;
  }

  @Override
  public boolean helper() {
    return true;
  }

  @Override
  public Policy bootPolicy() {
    return bootPolicy;
  }

  @Override
  public Device device() {
    return device;
  }

  /** What a scenario meets is the same whatever ran before it, such as in a shard. */
  @Override
  public void begin(Scenario next) {
    scenario = next.name();
    random.setSeed(seed ^ (long) scenario.hashCode() << Integer.SIZE);
  }

  @Override
  public List<Reply> run(List<Step> steps) throws TargetException {
    if (closed) {
      throw new TargetException("the model was closed");
    }
    Feasible.check(this, steps);
    List<Reply> replies = new ArrayList<>();
    for (Step step : steps) {
      Reply reply = step.kind() == Step.Kind.ACTORS ? together((Step.Actors) step) : alone(step);
      replies.add(reply);
      if (step.kind().isMust() && reply.result().errno().isPresent()) {
        break;
      }
    }
    return replies;
  }

  /** The state that the model is in. */
  protected final State state() {
    return state;
  }

  /** Which of the allowed outcomes happens; a subclass may do what no rule allows. */
  protected Outcome choose(State from, Step step, List<Outcome> allowed) {
    List<Outcome> usual = allowed.stream().filter(o -> o.grade() != Grade.INTERESTING).toList();
    boolean odd =
        usual.isEmpty()
            || usual.size() < allowed.size() && random.nextInt(8) == 0 && refusals.take(scenario);
    List<Outcome> among = odd ? allowed : usual;
    return among.get(random.nextInt(among.size()));
  }

  /** What can be seen after an outcome; a subclass may show what no rule allows. */
  protected Observation observe(State now, Step step, Outcome outcome, State before) {
    List<Logged> lines = new ArrayList<>(outcome.logged());
    if (step.kind() != Step.Kind.ACTORS
        && dialect() != Dialect.ABSENT
        && now.driver() == Driver.KMEM
        && before.driver() != Driver.KMEM) {
      lines.addAll(Logged.ofAlignment(device));
    }
    List<Observation.LogLine> log =
        lines.stream()
            .map(line -> new Observation.LogLine(line.level(), clock / 1000, line.on(device)))
            .toList();
    return show(now, log);
  }

  private Reply alone(Step step) {
    if (step.kind() == Step.Kind.PIN && !holds(((Step.Pin) step).block())) {
      return new Reply(
          result(new ReturnValue.Fails(Errno.ENOMEM)), withEvents(show(state, List.of())));
    }
    State before = state;
    boolean missed = step.kind() == Step.Kind.FAIL_NTH && ((Step.FailNth) step).nth() > ALLOCATIONS;
    Outcome outcome = take(missed ? ((Step.FailNth) step).step() : step, false);
    return new Reply(
        result(outcome.answer()).missed(missed), withEvents(observe(state, step, outcome, before)));
  }

  /**
   * Whether there is a page to hold in each of the blocks: only memory that is online has pages.
   */
  private boolean holds(BlockRef blocks) {
    return blocks.in(device.blocksOfRanges()).stream()
        .allMatch(i -> state.blocks().get(i).isOnline());
  }

  /** What is shown, with the uevents that lead there from what was shown before. */
  private Observation withEvents(Observation seen) {
    List<Observation.Uevent> events = new ArrayList<>();
    for (int i = 0; i < device.blocks(); i++) {
      long number = device.blockNumber(i);
      String was = shown.block(number).map(Observation.Block::state).orElse("absent");
      String is = seen.block(number).map(Observation.Block::state).orElse("absent");
      if (was.equals(is)) {
        continue;
      }
      List<String> way =
          switch (was + " " + is) {
            case "absent offline" -> List.of("add");
            case "absent online" -> List.of("add", "online");
            case "offline online" -> List.of("online");
            case "offline absent" -> List.of("remove");
            case "online offline" -> List.of("offline");
            default -> List.of("offline", "remove");
          };
      way.forEach(
          action ->
              events.add(new Observation.Uevent(action, "/devices/system/memory/memory" + number)));
    }
    if (!shown.driver().equals(seen.driver())) {
      String path = "/devices/platform/dax_region0/" + device.name();
      if (!shown.driver().equals(Driver.NONE.text())) {
        events.add(new Observation.Uevent("unbind", path));
      }
      if (!seen.driver().equals(Driver.NONE.text())) {
        events.add(new Observation.Uevent("bind", path));
      }
    }
    shown = seen;
    events.addAll(seen.uevents());
    return seen.after(seen.log(), seen.logLost(), events);
  }

  private Outcome take(Step step, boolean interrupted) {
    Outcome chosen = choose(state, step, model.outcomes(state, step, interrupted));
    state = settle(chosen);
    return chosen;
  }

  /** The kernel decides which zone an open one is. */
  private State settle(Outcome outcome) {
    State settled = settle(outcome.next());
    // Not all of what is left open may go one way: then the first block goes the other.
    return outcome.never().filter(n -> n.blocks().equals(settled.blocks())).isPresent()
        ? settle(new Random(1), outcome.next(), true)
        : settled;
  }

  private State settle(State next) {
    return settle(random, next, false);
  }

  private static State settle(Random chance, State next, boolean stays) {
    List<BlockState> blocks = new ArrayList<>(next.blocks());
    for (int i = 0; i < blocks.size(); i++) {
      BlockState block = blocks.get(i);
      if (block.undecided()) {
        block = block.decided(stays || chance.nextBoolean());
      }
      if (block.zones().size() > 1) {
        block = block.inZone(chance.nextBoolean() ? Zone.NORMAL : Zone.MOVABLE);
      }
      blocks.set(i, block);
    }
    return next.withBlocks(blocks);
  }

  private Reply together(Step.Actors actors) {
    Map<String, List<Result>> results = new java.util.LinkedHashMap<>();
    List<String> order = new ArrayList<>();
    for (Step.Actor actor : actors.actors()) {
      results.put(actor.name(), new ArrayList<>());
      actor.steps().forEach(s -> order.add(actor.name()));
    }
    java.util.Collections.shuffle(order, random);
    List<String> signalled =
        actors.actors().stream()
            .flatMap(a -> a.steps().stream())
            .filter(s -> s.kind() == Step.Kind.SIGNAL)
            .map(s -> ((Step.Signal) s).actor())
            .toList();
    boolean kill =
        actors.actors().stream()
            .flatMap(a -> a.steps().stream())
            .filter(s -> s.kind() == Step.Kind.SIGNAL)
            .anyMatch(s -> ((Step.Signal) s).signal().equals("KILL"));
    List<Logged> lines = new ArrayList<>();
    State before = state;
    Outcome last = null;
    for (String name : order) {
      List<Result> done = results.get(name);
      Step step =
          actors.actors().stream()
              .filter(a -> a.name().equals(name))
              .findFirst()
              .orElseThrow()
              .steps()
              .get(done.size());
      boolean hit = signalled.contains(name);
      Outcome outcome = take(step, hit);
      lines.addAll(outcome.logged());
      boolean dies =
          kill
              && hit
              && outcome.answer() instanceof ReturnValue.Fails f
              && f.errno().equals(Errno.EINTR);
      Result r = result(outcome.answer());
      done.add(
          dies
              ? new Result(
                  0, Optional.empty(), "", r.nanos(), r.started(), false, "KILL", List.of())
              : r);
      last = outcome;
    }
    List<Result.ActorResult> each =
        results.entrySet().stream()
            .map(e -> new Result.ActorResult(e.getKey(), e.getValue(), false))
            .toList();
    Result all = new Result(0, Optional.empty(), "", 0, clock, false, "", each);
    Outcome end = java.util.Objects.requireNonNull(last, "actors have steps");
    Outcome told =
        new Outcome(
            end.answer(),
            end.next(),
            end.grade(),
            end.rule(),
            end.claims(),
            lines,
            end.mayWarn(),
            Optional.empty());
    return new Reply(all, withEvents(observe(state, actors, told, before)));
  }

  /** The caller's view of an answer; the model's time goes on by a microsecond. */
  protected final Result result(ReturnValue answer) {
    clock += 1000;
    Result r;
    if (answer instanceof ReturnValue.Ok ok) {
      r = Result.ok(ok.length());
    } else if (answer instanceof ReturnValue.Fails fails) {
      r = Result.error(fails.errno());
    } else if (answer instanceof ReturnValue.FailsSomehow) {
      r = Result.error(Errno.ENOMEM);
    } else {
      r = Result.data(((ReturnValue.Data) answer).text());
    }
    return new Result(r.value(), r.errno(), r.data(), 500, clock, false, "", List.of());
  }

  /** An observation of the state, with these log lines. */
  protected final Observation show(State now, List<Observation.LogLine> log) {
    List<Observation.Attribute> attributes = new ArrayList<>();
    for (String name : DialectProperties.attributes()) {
      boolean present = now.word().isPresent() && name.equals(dialect().attribute());
      attributes.add(
          present
              ? new Observation.Attribute(
                  name, "0644", ROOT_UID, ROOT_UID, "", now.word().get().text() + "\n")
              : new Observation.Attribute(name, "", -1, -1, "ENOENT", ""));
    }
    List<Observation.Block> blocks = new ArrayList<>();
    List<BlockState> states = now.blocks();
    for (int i = 0; i < states.size(); i++) {
      BlockState block = states.get(i);
      if (block.exists()) {
        String zones = block.isOnline() ? block.zones().iterator().next().text() : "Normal Movable";
        blocks.add(
            new Observation.Block(
                device.blockNumber(i),
                block.isOnline() ? "online" : "offline",
                zones,
                device.node()));
      }
    }
    return new Observation(
        attributes,
        now.driver().text(),
        now.policy().text(),
        BASELINE_KIB + now.onlineBlocks() * device.memTotalPerBlockKib(),
        blocks,
        iomem(now),
        0,
        log,
        false,
        List.of());
  }

  private List<Observation.Region> iomem(State now) {
    List<Observation.Region> lines = new ArrayList<>();
    for (int r = 0; r < now.ranges().size(); r++) {
      RangeState range = now.ranges().get(r);
      Device.Range where = device.ranges().get(r);
      boolean whole = now.driver() == Driver.DEVICE_DAX;
      long first = where.firstBlock() * device.blockSize();
      long start = whole ? where.start() : first;
      long end = whole ? where.end() : first + where.blocks() * device.blockSize() - 1;
      if (range.occupied()) {
        lines.add(new Observation.Region(first, end, "somebody", 2));
      }
      if (range.reserved()) {
        lines.add(new Observation.Region(start, end, device.name(), 2));
      }
      if (range.added()) {
        lines.add(new Observation.Region(first, end, Observation.Region.RAM, 3));
      }
    }
    return lines;
  }

  @Override
  public void close() {
    closed = true;
  }
}
