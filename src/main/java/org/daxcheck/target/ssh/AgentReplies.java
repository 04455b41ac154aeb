package org.daxcheck.target.ssh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.target.TargetException;

/** Reads the agent's replies. */
final class AgentReplies {
  /** How much of nonsense a message quotes. */
  private static final int QUOTED = 200;

  /** What the agent's fixed piece of work takes on a machine for which the limits were chosen. */
  private static final double USUAL_SPEED_NANOS = 4_000_000;

  /** Beyond this a measurement is more likely wrong than the machine so slow. */
  private static final double SLOWEST = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern NOT_PRINTABLE = Pattern.compile("[^ -~]");

  private AgentReplies() {}

  /** A reply line as an object; one that is none, or an error of the agent, is an exception. */
  static JsonNode parse(String line) throws TargetException {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw nonsense(line, e);
    }
    if (node == null || !node.isObject()) {
      throw nonsense(line, null);
    }
    if (node.has("error")) {
      throw new TargetException("the agent refused a request: " + node.get("error").asText());
    }
    return node;
  }

  private static TargetException nonsense(String line, Throwable cause) {
    String part = line.length() > QUOTED ? line.substring(0, QUOTED) + "..." : line;
    // What is no text must not reach a terminal.
    part =
        NOT_PRINTABLE
            .matcher(part)
            .replaceAll(m -> "\\\\x%02x".formatted((int) m.group().charAt(0)));
    return new TargetException(
        "cannot parse the agent's reply: '" + part + "' (is something else writing to its stdout?)",
        cause);
  }

  static Device device(JsonNode node, long blockSize) throws TargetException {
    List<Device.Range> ranges = new ArrayList<>();
    for (JsonNode r : required(node, "ranges")) {
      ranges.add(
          new Device.Range(
              address(r, "start"),
              address(r, "end"),
              required(r, "first_block").asLong(),
              required(r, "blocks").asInt()));
    }
    return new Device(
        required(node, "device").asText(),
        required(node, "node").asInt(),
        blockSize,
        required(node, "memmap_kib").asLong(),
        ranges);
  }

  /** The first of the other dax devices that kmem has, by the reply to {@code device}. */
  static Optional<String> neighbour(JsonNode node) {
    for (JsonNode other : node.path("neighbours")) {
      if (other.path("driver").asText().equals(Driver.KMEM.text())) {
        return text(other, "device");
      }
    }
    return Optional.empty();
  }

  /**
   * How much slower this machine is than one for which the limits were chosen, by the reply to
   * {@code hello}: from 1 to {@link #SLOWEST}.
   */
  static double slowness(JsonNode hello) {
    double measured = hello.path("speed_ns").asDouble() / USUAL_SPEED_NANOS;
    return Math.min(SLOWEST, Math.max(1, measured));
  }

  static Result result(JsonNode node) throws TargetException {
    if (node.path("skipped").asBoolean()) {
      throw new TargetException("the agent skipped a step that was to run: " + node);
    }
    return new Result(
        number(node, "ret"),
        errno(node),
        text(node, "data").orElse(""),
        number(node, "ns"),
        number(node, "t0"),
        node.path("timeout").asBoolean(),
        "",
        List.of(),
        stuckIn(node),
        !node.path("failed").asBoolean(true));
  }

  /** Checks that a reply is the one to this request; one that is late answers another. */
  static void isOf(JsonNode node, int number) throws TargetException {
    JsonNode n = required(node, "n");
    if (!n.isIntegralNumber() || n.asLong() != number) {
      throw new TargetException(
          "the agent answered request " + n + " where it was asked " + number);
    }
  }

  /** True for a line that tells of a step that does not come back; its reply may still come. */
  static boolean isNotice(JsonNode node) {
    return node.has("hung");
  }

  /** Where the step, or the actor, was when its limit had run out; most replies have none. */
  static Optional<Result.StuckIn> stuckIn(JsonNode node) throws TargetException {
    JsonNode where = node.get("stuck_in");
    if (where == null || where.isNull()) {
      return Optional.empty();
    }
    List<String> stack = new ArrayList<>();
    required(where, "stack").forEach(f -> stack.add(f.asText()));
    return Optional.of(
        new Result.StuckIn(
            required(where, "state").asText(),
            stack,
            required(where, "cpu_ms").asLong(),
            required(where, "same").asBoolean()));
  }

  /**
   * The results of actors; {@code lines} says for each actor how many protocol lines each of its
   * steps had, in order.
   */
  static List<Result.ActorResult> actors(JsonNode node, Function<String, List<Integer>> lines)
      throws TargetException {
    List<Result.ActorResult> all = new ArrayList<>();
    long end = node.path("t1").asLong();
    for (JsonNode actor : required(node, "actors")) {
      String name = required(actor, "p").asText();
      String killed = text(actor, "killed").map(s -> s.replaceFirst("^SIG", "")).orElse("");
      boolean timeout = actor.path("timeout").asBoolean();
      List<Result> parts = new ArrayList<>();
      for (JsonNode step : required(actor, "steps")) {
        if (step.path("skipped").asBoolean()) {
          break;
        }
        if (step.path("unfinished").asBoolean()) {
          long t0 = step.path("t0").asLong();
          parts.add(
              new Result(
                  -1,
                  Optional.empty(),
                  "",
                  end - t0,
                  t0,
                  timeout,
                  killed,
                  List.of(),
                  stuckIn(actor),
                  false));
          break;
        }
        if (step.has("error")) {
          throw new TargetException("the agent refused an actor's step: " + step.get("error"));
        }
        parts.add(result(step));
      }
      List<Result> steps = new ArrayList<>();
      int at = 0;
      for (int count : lines.apply(name)) {
        if (at >= parts.size()) {
          break;
        }
        steps.add(join(parts.subList(at, Math.min(at + count, parts.size()))));
        at += count;
      }
      all.add(new Result.ActorResult(name, steps, actor.path("stuck").asBoolean()));
    }
    return all;
  }

  /** One result for several requests: the first failure, else the last; the time is their sum. */
  static Result join(List<Result> parts) {
    Result told =
        parts.stream()
            .filter(r -> r.errno().isPresent() || !r.killed().isEmpty())
            .findFirst()
            .orElse(parts.get(parts.size() - 1));
    return new Result(
        told.value(),
        told.errno(),
        told.data(),
        parts.stream().mapToLong(Result::nanos).sum(),
        parts.get(0).started(),
        parts.stream().anyMatch(Result::timeout),
        told.killed(),
        told.actors(),
        parts.stream().flatMap(r -> r.stuckIn().stream()).findFirst(),
        told.missed());
  }

  /** The observation of a step; {@code last} is the one before it, which it may refer to. */
  static Observation observation(JsonNode step, Optional<Observation> last) throws TargetException {
    JsonNode o = required(step, "obs");
    if (o.path("same").asBoolean()) {
      Observation same =
          last.orElseThrow(() -> new TargetException("the agent's first observation is no 'same'"));
      return same.after(
          log(o), o.path("lost").asBoolean(), uevents(o), o.path("uevents_lost").asBoolean());
    }
    List<Observation.Attribute> attributes = new ArrayList<>();
    for (JsonNode a : required(o, "attrs")) {
      attributes.add(
          new Observation.Attribute(
              required(a, "name").asText(),
              text(a, "mode").orElse(""),
              a.path("uid").asInt(-1),
              a.path("gid").asInt(-1),
              errno(a).map(Errno::name).orElse(""),
              text(a, "text").orElse("")));
    }
    List<Observation.Block> blocks = new ArrayList<>();
    for (JsonNode b : required(o, "blocks")) {
      blocks.add(
          new Observation.Block(
              number(b, "block"),
              nullable(b, "state").orElse(""),
              nullable(b, "zones").orElse(""),
              (int) number(b, "node")));
    }
    List<Observation.Region> iomem = new ArrayList<>();
    for (JsonNode r : required(o, "iomem")) {
      iomem.add(
          new Observation.Region(
              address(r, "start"),
              address(r, "end"),
              required(r, "name").asText(),
              (int) number(r, "depth")));
    }
    return new Observation(
        attributes,
        nullable(o, "driver").orElse("none"),
        nullable(o, "policy").orElse(""),
        number(o, "memtotal_kb"),
        blocks,
        iomem,
        number(o, "taint"),
        log(o),
        o.path("lost").asBoolean(),
        uevents(o),
        required(o, "neighbours").asText(),
        o.path("uevents_lost").asBoolean());
  }

  private static List<Observation.LogLine> log(JsonNode o) {
    List<Observation.LogLine> log = new ArrayList<>();
    for (JsonNode l : o.path("log")) {
      log.add(
          new Observation.LogLine(
              l.path("level").asInt(), l.path("us").asLong(), l.path("text").asText()));
    }
    return log;
  }

  private static List<Observation.Uevent> uevents(JsonNode o) {
    List<Observation.Uevent> uevents = new ArrayList<>();
    for (JsonNode u : o.path("uevents")) {
      uevents.add(new Observation.Uevent(u.path("action").asText(), u.path("devpath").asText()));
    }
    return uevents;
  }

  private static long address(JsonNode node, String field) throws TargetException {
    String text = required(node, field).asText();
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw new TargetException("the agent's '" + field + "' is no address: " + text, e);
    }
  }

  static JsonNode required(JsonNode node, String field) throws TargetException {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      throw new TargetException("the agent's reply has no '" + field + "': " + node);
    }
    return value;
  }

  /** A whole number; anything else in its place is nonsense, and not 0. */
  private static long number(JsonNode node, String field) throws TargetException {
    JsonNode value = required(node, field);
    if (!value.isIntegralNumber()) {
      throw new TargetException("the agent's '" + field + "' is no number: " + value);
    }
    return value.asLong();
  }

  /** A text that may be null, but is there. */
  private static Optional<String> nullable(JsonNode node, String field) throws TargetException {
    if (!node.has(field)) {
      throw new TargetException("the agent's reply has no '" + field + "': " + node);
    }
    return text(node, field);
  }

  /** The error, where there was one: a reply that does not say is no success. */
  private static Optional<Errno> errno(JsonNode node) throws TargetException {
    Optional<String> name = nullable(node, "errno");
    if (name.filter(n -> !Errno.looksLikeOne(n)).isPresent()) {
      throw new TargetException("the agent's 'errno' is no error: " + node.get("errno"));
    }
    return name.map(Errno::new);
  }

  private static Optional<String> text(JsonNode node, String field) {
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asText());
  }
}
