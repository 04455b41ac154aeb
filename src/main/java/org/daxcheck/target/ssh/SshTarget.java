package org.daxcheck.target.ssh;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.abi.Word;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.target.Feasible;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;

/** A real kernel, reached over SSH, with the agent at work in it. */
public final class SshTarget implements Target {
  /** The version of the protocol that is spoken here. */
  private static final int PROTOCOL = 3;

  /** How long an answer may be late on a loaded machine, in ms, before something is wrong. */
  private static final int GRACE_MILLIS = 60_000;

  /** While it holds 0, a driver that is loaded takes no device. */
  private static final String AUTOPROBE = "/sys/bus/dax/drivers_autoprobe";

  /** From so long after its limit on a step is interrupted, in ms. */
  private static final int ALARM_MILLIS = 500;

  private static final String NOTE = "/sys/module/kmem/notes/.note.gnu.build-id";

  private final String name;
  private final String topology;
  private final Policy bootPolicy;
  private final AgentChannel agent;
  private final int pid;
  private final String kernel;
  private final Device device;
  private final Dialect dialect;
  private final boolean injector;
  private final boolean helper;
  private final boolean failNth;
  private final boolean leaks;
  private final Optional<String> neighbour;
  private final Script script;
  private final long grace;
  private int batches;
  private int asked;
  private boolean closed;
  private Optional<String> failed = Optional.empty();
  private Optional<Observation> last = Optional.empty();

  private SshTarget(
      String name,
      String topology,
      Policy bootPolicy,
      AgentChannel agent,
      JsonNode hello,
      JsonNode found,
      Device device,
      Dialect dialect,
      long grace)
      throws TargetException {
    this.grace = grace;
    this.name = name;
    this.topology = topology;
    this.bootPolicy = bootPolicy;
    this.agent = agent;
    this.pid = hello.path("pid").asInt();
    this.kernel = AgentReplies.required(hello, "release").asText();
    this.device = device;
    this.dialect = dialect;
    this.injector = hello.path("injector").asBoolean();
    this.helper = hello.path("helper").asBoolean();
    this.failNth = hello.path("failures").asBoolean();
    this.leaks = hello.path("leaks").asBoolean();
    this.neighbour = AgentReplies.neighbour(found);
    this.script =
        new Script(
            device,
            dialect.attribute().isEmpty() ? Dialect.LINUX_7_3.attribute() : dialect.attribute(),
            neighbour,
            AgentReplies.slowness(hello));
  }

  /**
   * Connects, starts the agent and finds the device.
   *
   * @param name the kind of target, such as {@code qemu}
   * @param deviceName such as {@code dax0.0}
   * @param forced the dialect to take, or empty to find it by probing
   */
  public static SshTarget open(
      Endpoint endpoint,
      String name,
      String topology,
      Policy bootPolicy,
      String deviceName,
      Optional<Dialect> forced)
      throws TargetException {
    return open(endpoint, name, topology, bootPolicy, deviceName, forced, GRACE_MILLIS);
  }

  /**
   * The same.
   *
   * @param grace how long an answer may be late, in ms
   */
  static SshTarget open(
      Endpoint endpoint,
      String name,
      String topology,
      Policy bootPolicy,
      String deviceName,
      Optional<Dialect> forced,
      long grace)
      throws TargetException {
    AgentChannel agent = AgentChannel.open(endpoint);
    try {
      JsonNode hello = ask(agent, "hello\n", grace);
      int version = AgentReplies.required(hello, "agent").asInt();
      if (version != PROTOCOL) {
        throw new TargetException(
            "the agent speaks protocol " + version + ", daxcheck speaks " + PROTOCOL);
      }
      long blockSize = AgentReplies.required(hello, "block_size").asLong();
      JsonNode found = ask(agent, "device " + deviceName + "\n", grace);
      Device device = AgentReplies.device(found, blockSize);
      if (!device.name().equals(deviceName)) {
        throw new TargetException(
            "the agent answered for " + device.name() + " where " + deviceName + " was asked for");
      }
      Dialect dialect =
          forced.isPresent()
              ? forced.get()
              : new DialectProbe(line -> step(agent, line, grace)).of(found);
      return new SshTarget(name, topology, bootPolicy, agent, hello, found, device, dialect, grace);
    } catch (TargetException e) {
      agent.close();
      throw e;
    }
  }

  /** The result of one request, before there is a script. */
  private static Result step(AgentChannel agent, String line, long grace) throws TargetException {
    agent.send("batch 0\n0 " + line + "\nend\n");
    Result result = AgentReplies.result(answer(agent, grace));
    answer(agent, grace);
    // The observation was not kept, so the next one must not refer to it.
    ask(agent, "want all\n", grace);
    return result;
  }

  private static JsonNode ask(AgentChannel agent, String request, long grace)
      throws TargetException {
    agent.send(request);
    return answer(agent, grace);
  }

  private static JsonNode answer(AgentChannel agent, long grace) throws TargetException {
    while (true) {
      Optional<String> line = agent.receive(grace);
      if (line.isEmpty()) {
        throw new TargetException(
            agent.death().orElse("the agent gave no answer for " + grace / 1000 + " s"));
      }
      JsonNode node = AgentReplies.parse(line.get());
      if (!AgentReplies.isNotice(node)) {
        return node;
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  /** Whoever boots the machine for itself says so. */
  @Override
  public TargetKind kind() {
    return TargetKind.MACHINE;
  }

  @Override
  public String kernel() {
    return kernel;
  }

  @Override
  public String topology() {
    return topology;
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public boolean injector() {
    return injector;
  }

  @Override
  public boolean helper() {
    return helper;
  }

  @Override
  public boolean failNth() {
    return failNth;
  }

  @Override
  public boolean findsLeaks() {
    return leaks;
  }

  @Override
  public Policy bootPolicy() {
    return bootPolicy;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public List<Reply> run(List<Step> steps) throws TargetException {
    usable();
    refuse(steps);
    Batch batch = new Batch(++batches, asked, script, steps);
    asked = batch.last();
    List<Reply> replies = new ArrayList<>();
    try {
      agent.send(batch.request());
      for (int i = 0; i < steps.size(); i++) {
        Optional<Reply> reply = reply(steps.get(i), batch.numbers(i));
        // Behind a pin that failed the agent does nothing more.
        if (reply.isPresent() && replies.size() == i) {
          replies.add(reply.get());
        }
      }
      end();
    } catch (TargetException e) {
      failed = Optional.of(e.getMessage());
      throw new TargetException(e.kind(), e.getMessage(), replies, e);
    }
    int answered = replies.size();
    if (answered > 0
        && steps.get(answered - 1).kind().isMust()
        && replies.get(answered - 1).result().errno().isPresent()) {
      batch.endedAfter(answered);
    }
    return replies;
  }

  /** A target that was closed, or failed, answers no more: late answers would be taken for new. */
  private void usable() throws TargetException {
    if (closed) {
      throw new TargetException("the connection to " + device.name() + " was closed");
    }
    if (failed.isPresent()) {
      throw new TargetException("the target failed before: " + failed.get());
    }
  }

  /**
   * Does nothing but refuse what {@link #run} would refuse before it does anything.
   *
   * @throws TargetException where one of the steps cannot be done
   */
  public void refuse(List<Step> steps) throws TargetException {
    Feasible.check(this, steps);
    Optional<Step> another =
        steps.stream()
            .flatMap(s -> s.acts().stream())
            .filter(s -> s.kind() == Step.Kind.NEIGHBOUR_WRITE)
            .findFirst();
    if (another.isPresent() && neighbour.isEmpty()) {
      throw Feasible.refusal(
          another.get(), "the machine has no other dax device that is bound to kmem");
    }
  }

  /** The agent's word that a batch is done, which must be the one that was asked for. */
  private void end() throws TargetException {
    JsonNode done = receive("the end of the batch", grace);
    if (!done.path("done").asBoolean()) {
      throw new TargetException("the agent answered more steps than it was asked: " + done);
    }
    if (!done.path("batch").asText().equals(Integer.toString(batches))) {
      throw new TargetException("the agent ended another batch than it was asked: " + done);
    }
  }

  private Optional<Reply> reply(Step step, List<Integer> numbers) throws TargetException {
    if (numbers.isEmpty()) {
      return last.map(seen -> new Reply(Result.ok(0), seen.after(List.of(), false, List.of())));
    }
    List<Result> parts = new ArrayList<>();
    String had = last.map(Observation::driver).orElse("");
    Observation seen = null;
    List<Observation.LogLine> log = new ArrayList<>();
    List<Observation.Uevent> uevents = new ArrayList<>();
    boolean lost = false;
    boolean ueventsLost = false;
    for (int number : numbers) {
      long limit = script.limitMillis(step) + grace;
      JsonNode node = receive("'" + StepText.of(step) + "'", limit);
      AgentReplies.isOf(node, number);
      if (node.path("skipped").asBoolean()) {
        continue;
      }
      Result result = AgentReplies.result(node);
      if (Script.isScan(step) && result.errno().isPresent()) {
        // It is slow where much is instrumented; that is nothing which the device did.
        throw new TargetException(
            "the kernel's search for leaks did not end: " + result.errno().get());
      }
      parts.add(
          step.kind() == Step.Kind.ACTORS ? together((Step.Actors) step, node, result) : result);
      seen = AgentReplies.observation(node, last);
      last = Optional.of(seen);
      lost |= seen.logLost();
      ueventsLost |= seen.ueventsLost();
      log.addAll(seen.log());
      uevents.addAll(seen.uevents());
    }
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    boolean byId = isById(step);
    String dax = Driver.DEVICE_DAX.text();
    boolean took = byId && seen.driver().equals(dax) && !had.equals(dax);
    Result joined = byId ? parts.get(took ? 0 : 1) : AgentReplies.join(parts);
    return Optional.of(new Reply(plain(step, joined), seen.after(log, lost, uevents, ueventsLost)));
  }

  /** True for a bind whose driver takes the device by its id. */
  private static boolean isById(Step step) {
    return step.kind() == Step.Kind.BIND && ((Step.Bind) step).driver() == Driver.DEVICE_DAX;
  }

  /** What the driver core or the agent returns on success is no part of the ABI. */
  private Result plain(Step step, Result result) {
    boolean length =
        switch (step.kind()) {
          case BIND, UNBIND, PIN, RESHAPE, REFUSE_ADD, OCCUPY, DELAY -> true;
          case FAIL_NTH -> ((Step.FailNth) step).step().kind() != Step.Kind.WRITE;
          case WRITE,
              READ,
              SET_POLICY,
              BLOCK_WRITE,
              UNPIN,
              UNLOAD,
              LOAD,
              AWAIT,
              SLEEP,
              SIGNAL,
              FILL,
              VERIFY,
              FREE,
              INJECT,
              NEIGHBOUR_WRITE,
              ACTORS,
              LOOK ->
              false;
        };
    // An unbind that waited until the alarm may say that it worked.
    boolean late = result.nanos() >= (script.limitMillis(step) + ALARM_MILLIS) * 1_000_000L;
    if (!length || result.errno().isPresent() || !result.killed().isEmpty()) {
      return result;
    }
    return new Result(
        0,
        result.errno(),
        result.data(),
        result.nanos(),
        result.started(),
        result.timeout() || late && step.kind() != Step.Kind.PIN,
        result.killed(),
        result.actors(),
        result.stuckIn(),
        result.missed());
  }

  private Result together(Step.Actors actors, JsonNode node, Result all) throws TargetException {
    List<Result.ActorResult> each =
        AgentReplies.actors(
                node, who -> steps(actors, who).stream().map(s -> script.lines(s).size()).toList())
            .stream()
            .map(done -> plain(steps(actors, done.name()), done))
            .toList();
    return new Result(0, all.errno(), "", all.nanos(), all.started(), false, "", each);
  }

  private static List<Step> steps(Step.Actors actors, String who) {
    return actors.actors().stream()
        .filter(a -> a.name().equals(who))
        .flatMap(a -> a.steps().stream())
        .toList();
  }

  private Result.ActorResult plain(List<Step> steps, Result.ActorResult done) {
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < done.steps().size(); i++) {
      results.add(
          i < steps.size() ? plain(steps.get(i), done.steps().get(i)) : done.steps().get(i));
    }
    return new Result.ActorResult(done.name(), results, done.stuck());
  }

  /** The next reply, or why there is none: the kernel died, a step hangs, or the lab is broken. */
  private JsonNode receive(String what, long millis) throws TargetException {
    Optional<Result.StuckIn> told = Optional.empty();
    Optional<String> line = agent.receive(millis);
    while (line.isPresent()) {
      JsonNode node = AgentReplies.parse(line.get());
      if (!AgentReplies.isNotice(node)) {
        return node;
      }
      told = AgentReplies.stuckIn(node);
      line = agent.receive(millis);
    }
    throw Silence.of(agent, what, millis, told, pid);
  }

  /**
   * A sight, and who else wrote to files that change the device since the last one.
   *
   * @param writers processes with what they wrote to; empty where this kernel cannot tell
   */
  public record Watched(Observation seen, Optional<List<String>> writers) {}

  /** Looks at the device and at who else acts on it; nothing is changed. */
  public Watched watch() throws TargetException {
    usable();
    JsonNode node;
    Observation seen;
    try {
      agent.send("batch " + ++batches + "\n" + ++asked + " others\nend\n");
      node = receive("a look at the device", grace);
      AgentReplies.isOf(node, asked);
      seen = AgentReplies.observation(node, last);
      last = Optional.of(seen);
      end();
    } catch (TargetException e) {
      failed = Optional.of(e.getMessage());
      throw e;
    }
    if (!node.has("others")) {
      return new Watched(seen, Optional.empty());
    }
    List<String> writers = new ArrayList<>();
    node.get("others").forEach(w -> writers.add(w.asText()));
    return new Watched(seen, Optional.of(writers));
  }

  /**
   * Unplugs and unbinds the device and unloads its driver.
   *
   * @return what is left of the device then
   * @throws TargetException where the driver does not go
   */
  public Observation unloadDriver() throws TargetException {
    List<Reply> replies =
        run(List.of(Step.Write.word(Word.UNPLUGGED), new Step.Unbind(), new Step.Unload()));
    Reply end = replies.get(replies.size() - 1);
    Result unload = end.result();
    if (unload.errno().isPresent()) {
      throw new TargetException("the driver cannot be unloaded: " + unload.errno().get().name());
    }
    return end.observation();
  }

  /**
   * Loads a driver where none is loaded; later loads of scenarios load the same. No device is bound
   * to it. The kernel's own note of what it has loaded is compared with the file's.
   *
   * @param module the content of a kmem.ko
   * @param buildId its section .note.gnu.build-id
   * @throws TargetException where it does not load, or another driver is loaded than this
   */
  public void loadDriver(byte[] module, byte[] buildId) throws TargetException {
    Connection.Output stored = agent.shell("cat > " + Script.MODULE, module, GRACE_MILLIS);
    if (stored.exit() != 0) {
      throw new TargetException("the driver could not be stored in the machine");
    }
    step(agent, "write " + AUTOPROBE + " =0", grace);
    Result loaded = step(agent, script.lines(new Step.Load()).get(0), grace);
    step(agent, "write " + AUTOPROBE + " =1", grace);
    if (loaded.errno().isPresent()) {
      throw new TargetException("the driver does not load: " + loaded.errno().get().name());
    }
    byte[] running =
        step(agent, "read " + NOTE, grace).data().getBytes(StandardCharsets.ISO_8859_1);
    if (buildId.length == 0 || !Arrays.equals(running, buildId)) {
      throw new TargetException(
          "the machine runs another driver than the one that was loaded: its build id differs");
    }
  }

  /**
   * The build id that the kernel tells of the driver it runs, as the section of the file has it.
   */
  public byte[] runningBuildId() throws TargetException {
    return step(agent, "read " + NOTE, grace).data().getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Runs a shell command in the machine, with these bytes as its input, and gives what it printed.
   *
   * @param limitMillis how long it may take, in ms
   * @throws TargetException where it cannot be run or takes longer
   */
  public byte[] shell(String command, byte[] input, long limitMillis) throws TargetException {
    usable();
    Connection.Output output = agent.shell(command, input, limitMillis);
    if (output.exit() == -1) {
      boolean lives =
          agent.death().isEmpty() && agent.connected() && agent.beside("true").isPresent();
      throw new TargetException(
          lives ? TargetException.Kind.KERNEL : TargetException.Kind.INFRASTRUCTURE,
          agent
              .death()
              .orElse(
                  agent.connected()
                      ? "the command did not end within " + limitMillis / 1000 + " s"
                      : "the connection was lost while a command ran"),
          List.of(),
          null);
    }
    return output.out();
  }

  /** Asks for nothing more, so that the agent ends by itself. */
  public void finish() {
    agent.finish();
  }

  @Override
  public void close() {
    closed = true;
    agent.close();
  }
}
