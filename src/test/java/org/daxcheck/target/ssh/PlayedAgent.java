package org.daxcheck.target.ssh;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.model.Model;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.target.Refusals;
import org.daxcheck.target.TargetException;

/** The agent of a kernel that is the reference model: it knows what the contract asks for. */
final class PlayedAgent implements AgentServer.Agent {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ModelTarget kernel;
  private final List<String> pins = new ArrayList<>();
  private final List<String> batch = new ArrayList<>();
  private String id = "";

  PlayedAgent(ModelTarget kernel) {
    this.kernel = kernel;
  }

  @Override
  public void answer(String line, OutputStream out) throws IOException {
    String[] words = line.split(" ");
    switch (words[0]) {
      case "hello" -> say(out, hello());
      case "device" -> say(out, device());
      case "batch" -> {
        id = words[1];
        batch.clear();
      }
      case "end" -> {
        try {
          perform(out);
        } catch (TargetException e) {
          throw new IOException(e);
        }
      }
      default -> batch.add(line);
    }
  }

  private static void say(OutputStream out, ObjectNode reply) throws IOException {
    out.write((JSON.writeValueAsString(reply) + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static ObjectNode hello() {
    return JSON.createObjectNode()
        .put("agent", 3)
        .put("pid", 77)
        .put("release", "7.3-played")
        .put("block_size", 128L << 20)
        .put("injector", false)
        .put("helper", false)
        .put("speed_ns", 2_000_000);
  }

  private ObjectNode device() {
    Device device = kernel.device();
    ObjectNode node = JSON.createObjectNode().put("device", device.name());
    node.put("node", device.node()).put("driver", "kmem").put("memmap_kib", 0);
    ArrayNode ranges = node.putArray("ranges");
    for (Device.Range r : device.ranges()) {
      ranges
          .addObject()
          .put("start", "0x%x".formatted(r.start()))
          .put("end", "0x%x".formatted(r.end()))
          .put("first_block", r.firstBlock())
          .put("blocks", r.blocks());
    }
    node.putArray("attributes").add("state");
    node.putArray("neighbours");
    return node;
  }

  private void perform(OutputStream out) throws IOException, TargetException {
    boolean skip = false;
    for (int i = 0; i < batch.size(); i++) {
      String[] words = batch.get(i).replaceFirst(" limit=[0-9]+", "").split(" ");
      ObjectNode reply = JSON.createObjectNode().put("n", Integer.parseInt(words[0]));
      if (skip) {
        say(out, reply.put("skipped", true));
        continue;
      }
      boolean actors = words[1].equals("actors");
      Reply done = actors ? look() : step(words);
      skip = words[1].startsWith("!") && done.result().errno().isPresent();
      result(reply, done.result());
      if (actors) {
        i++;
        killed(reply.putArray("actors").addObject(), batch.get(i).split(" ")[0]);
      }
      observation(reply.putObject("obs"), done.observation());
      say(out, reply);
    }
    say(out, JSON.createObjectNode().put("batch", id).put("done", true));
  }

  /** An actor that slept longer than its limit. */
  private static void killed(ObjectNode actor, String name) {
    actor.put("p", name).put("killed", "SIGKILL").put("timeout", true);
    actor.putArray("steps").addObject().put("unfinished", true).put("t0", 1);
  }

  private Reply look() throws TargetException {
    return one(Step.Look.at(Step.Aspect.ATTRIBUTE));
  }

  private Reply one(Step step) throws TargetException {
    return kernel.run(List.of(step)).get(0);
  }

  private Reply step(String[] words) throws TargetException {
    return switch (words[1]) {
      case "write" -> one(write(words[2], words[3]));
      case "read" -> one(new Step.Read(Step.Who.ROOT));
      case "observe" -> look();
      case "wait" -> failed("ETIMEDOUT");
      case "!pin" -> {
        Reply done = one(new Step.Pin(block(Long.decode(words[4]) / kernel.device().blockSize())));
        if (done.result().errno().isEmpty()) {
          pins.add(words[2]);
        }
        yield done;
      }
      case "unpin" -> pins.remove(words[2]) ? one(new Step.Unpin()) : failed("ENOENT");
      default -> failed("ENOSYS");
    };
  }

  private Step write(String file, String data) {
    String text = data.substring(1).replace("%0A", "");
    String number = file.replaceFirst(".*/memory([0-9]+)/state", "$1");
    return number.equals(file)
        ? new Step.Write(Payload.line(text), Step.Who.ROOT)
        : new Step.BlockWrite(block(Long.parseLong(number)), text);
  }

  private BlockRef block(long number) {
    int at = 0;
    while (kernel.device().blockNumber(at) != number) {
      at++;
    }
    return BlockRef.ofDevice(Place.at(at));
  }

  private Reply failed(String errno) throws TargetException {
    return new Reply(Result.error(new Errno(errno)), look().observation());
  }

  private static void result(ObjectNode node, Result result) {
    node.put("ret", result.value());
    node.put("errno", result.errno().map(Object::toString).orElse(null));
    node.put("ns", result.nanos()).put("t0", result.started()).put("t1", result.started());
    node.put("data", result.data());
  }

  private static void observation(ObjectNode node, Observation seen) {
    for (Observation.Attribute a : seen.attributes()) {
      ObjectNode attribute = node.withArray("attrs").addObject().put("name", a.name());
      attribute.put("errno", a.error().isEmpty() ? null : a.error());
      if (a.present()) {
        attribute.put("mode", a.mode()).put("uid", a.uid()).put("gid", a.gid());
        attribute.put("text", a.text());
      }
    }
    node.put("driver", seen.driver()).put("policy", seen.policy());
    node.put("memtotal_kb", seen.memTotalKib()).put("taint", seen.taint());
    node.put("neighbours", "").put("lost", false).put("uevents_lost", false);
    ArrayNode blocks = node.putArray("blocks");
    for (Observation.Block b : seen.blocks()) {
      blocks.addObject().put("block", b.number()).put("state", b.state()).put("zones", b.zones());
      ((ObjectNode) blocks.get(blocks.size() - 1)).put("node", b.node());
    }
    ArrayNode iomem = node.putArray("iomem");
    for (Observation.Region r : seen.iomem()) {
      ObjectNode region = iomem.addObject().put("name", r.name()).put("depth", r.depth());
      region.put("start", "0x%x".formatted(r.start())).put("end", "0x%x".formatted(r.end()));
    }
    ArrayNode uevents = node.putArray("uevents");
    for (Observation.Uevent u : seen.uevents()) {
      uevents.addObject().put("action", u.action()).put("devpath", u.devpath());
    }
    node.putArray("log");
  }

  /** A kernel whose device has ranges of these blocks. */
  static ModelTarget kernel(List<Integer> blocks) {
    return new ModelTarget(
        new Model(Dialect.LINUX_7_3, true, false),
        "played",
        ModelTarget.device(blocks),
        Policy.ONLINE_MOVABLE,
        new Random(1),
        Refusals.none());
  }
}
