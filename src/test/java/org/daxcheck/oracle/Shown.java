package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.model.State;
import org.daxcheck.step.Device;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Retouched;
import org.daxcheck.step.Step;
import org.daxcheck.target.ModelTarget;
import org.daxcheck.trace.Trace;

/** What a kernel that keeps every rule shows of a state, and the ways to show it otherwise. */
final class Shown extends ModelTarget {
  /** Three ranges of one, two and one block. */
  static final Device DEVICE = ModelTarget.device(List.of(1, 2, 1));

  private final Device device;

  Shown(Dialect dialect) {
    this(dialect, DEVICE);
  }

  Shown(Dialect dialect, Device device) {
    super(dialect, "cxl-ranges", device, Policy.ONLINE_MOVABLE, new Random(1));
    this.device = device;
  }

  Observation of(State state) {
    return show(state, List.of());
  }

  /** A trace without steps that begins with this sight. */
  Trace trace(Observation before) {
    return new Trace(
        new Trace.Header(
            "shown",
            "",
            "qemu",
            dialect(),
            kernel(),
            topology(),
            bootPolicy().text(),
            device,
            2_000_000),
        before,
        List.of());
  }

  // ---- the same sight, but for one part

  static Observation attributes(Observation o, UnaryOperator<Observation.Attribute> change) {
    return Retouched.of(o).attributes(o.attributes().stream().map(change).toList()).done();
  }

  /** The attribute file that is there, changed. */
  static Observation file(Observation o, String mode, int uid, String error, String text) {
    return attributes(
        o, a -> a.present() ? new Observation.Attribute(a.name(), mode, uid, 0, error, text) : a);
  }

  static Observation text(Observation o, String text) {
    return file(o, "0644", 0, "", text);
  }

  static Observation driver(Observation o, String driver) {
    return Retouched.of(o).driver(driver).done();
  }

  static Observation policy(Observation o, String policy) {
    return Retouched.of(o).policy(policy).done();
  }

  static Observation memTotal(Observation o, long kib) {
    return Retouched.of(o).memTotalKib(kib).done();
  }

  static Observation blocks(Observation o, List<Observation.Block> blocks) {
    return Retouched.of(o).blocks(blocks).done();
  }

  /** The block at an index of those that are shown, changed; one that becomes null is gone. */
  static Observation block(Observation o, int index, UnaryOperator<Observation.Block> change) {
    List<Observation.Block> blocks = new ArrayList<>(o.blocks());
    Observation.Block changed = change.apply(blocks.remove(index));
    if (changed != null) {
      blocks.add(index, changed);
    }
    return blocks(o, blocks);
  }

  static Observation iomem(Observation o, List<Observation.Region> lines) {
    return Retouched.of(o).iomem(lines).done();
  }

  /** The line of iomem at an index, changed; one that becomes null is gone. */
  static Observation line(Observation o, int index, UnaryOperator<Observation.Region> change) {
    List<Observation.Region> lines = new ArrayList<>(o.iomem());
    Observation.Region changed = change.apply(lines.remove(index));
    if (changed != null) {
      lines.add(index, changed);
    }
    return iomem(o, lines);
  }

  static Observation taint(Observation o, long taint) {
    return Retouched.of(o).taint(taint).done();
  }

  static Observation log(Observation o, boolean lost, String... lines) {
    List<Observation.LogLine> log = new ArrayList<>();
    for (String line : lines) {
      log.add(new Observation.LogLine(4, 1, line));
    }
    return o.after(log, lost, o.uevents());
  }

  /** With these uevents, such as {@code "online 3"} for the device's block 3. */
  Observation uevents(Observation o, String... events) {
    List<Observation.Uevent> sent = new ArrayList<>();
    for (String event : events) {
      String[] words = event.split(" ");
      long number = device.blockNumber(Integer.parseInt(words[1]));
      sent.add(new Observation.Uevent(words[0], "/devices/system/memory/memory" + number));
    }
    return o.after(o.log(), o.logLost(), sent);
  }

  static Observation neighbours(Observation o, String neighbours) {
    return Retouched.of(o).neighbours(neighbours).done();
  }

  // ---- steps and answers that every test of the oracle has

  static List<String> rules(Verdict verdict) {
    return verdict.divergences().stream().map(d -> d.rule().toString()).toList();
  }

  static Step.Write write(Word word) {
    return Step.Write.word(word);
  }

  static Step.Write bad(String text) {
    return new Step.Write(Payload.exactly(text), Step.Who.ROOT);
  }

  static UnaryOperator<Reply> fails(Errno errno) {
    return r -> new Reply(Result.error(errno), r.observation());
  }
}
