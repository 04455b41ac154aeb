package org.daxcheck.target.ssh;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.step.Result;
import org.daxcheck.target.TargetException;

/**
 * Finds the dialect of a target. The attribute's name tells most; v3 and v4 share theirs, and are
 * told apart by the word that it holds and by a write that changes nothing in either of them.
 */
final class DialectProbe {
  /** Does one request of the agent's protocol. */
  @FunctionalInterface
  interface Requests {
    Result request(String line) throws TargetException;
  }

  private final Requests requests;

  DialectProbe(Requests requests) {
    this.requests = requests;
  }

  /**
   * The dialect, by the device's own attribute, or by a neighbour's where the device is not bound:
   * the driver is the same.
   *
   * @param found the agent's reply that describes the device
   */
  Dialect of(JsonNode found) throws TargetException {
    List<JsonNode> devices = new ArrayList<>(List.of(found));
    found.path("neighbours").forEach(devices::add);
    Optional<JsonNode> bound =
        devices.stream()
            .filter(d -> d.path("driver").asText("").equals(Driver.KMEM.text()))
            .findFirst();
    String device = AgentReplies.required(found, "device").asText();
    if (bound.isEmpty()) {
      throw new TargetException(
          "device "
              + device
              + " is not bound to kmem, so its dialect cannot be probed; name it with --dialect");
    }
    List<String> names = new ArrayList<>();
    bound.get().path("attributes").forEach(n -> names.add(n.asText()));
    if (names.contains(Dialect.LINUX_7_3.attribute())) {
      return Dialect.LINUX_7_3;
    }
    if (!names.contains(Dialect.V4.attribute())) {
      return Dialect.ABSENT;
    }
    String bearer = AgentReplies.required(bound.get(), "device").asText();
    return byWords("/sys/bus/dax/devices/" + bearer + "/" + Dialect.V4.attribute());
  }

  private Dialect byWords(String file) throws TargetException {
    Result read = requests.request("read " + file);
    if (read.errno().isPresent()) {
      throw unclear(file, "a read gave " + read.errno().get().name());
    }
    String word = read.data().strip();
    return switch (word) {
      // v3 has no such states.
      case "offline", "online_kernel" -> Dialect.V4;
      // The present state to v4, which does nothing; to v3 no word at all.
      case "unplugged" -> byWrite(file, "unplugged");
      // A change that v4 forbids; to v3 no word at all.
      case "online", "online_movable" -> byWrite(file, "online_kernel");
      default -> throw unclear(file, "it reads '" + word + "'");
    };
  }

  private Dialect byWrite(String file, String word) throws TargetException {
    Optional<Errno> refused = requests.request("write " + file + " =" + word).errno();
    return refused.filter(Errno.EINVAL::equals).isPresent() ? Dialect.V3 : Dialect.V4;
  }

  private static TargetException unclear(String file, String why) {
    return new TargetException(
        file
            + " belongs to v3 or v4, but which cannot be probed, since "
            + why
            + "; name it with --dialect");
  }
}
