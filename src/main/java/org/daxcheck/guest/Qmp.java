package org.daxcheck.guest;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks QEMU by its machine protocol (QMP) whether the guest runs. It never waits for QEMU. */
final class Qmp implements AutoCloseable {
  private static final String GREETING = "{\"execute\":\"qmp_capabilities\"}\n";
  private static final String QUESTION = "{\"execute\":\"query-status\"}\n";

  /** RunState of qapi/run-state.json, in the answer to query-status. */
  private static final Pattern STATUS = Pattern.compile("\"status\": *\"([a-z-]+)\"");

  /** Those of a guest that runs, will run, or ends by itself. */
  private static final Set<String> MOVING =
      Set.of("running", "prelaunch", "inmigrate", "suspended", "shutdown");

  private final Path socket;
  private SocketChannel channel;
  private String unread = "";
  private Optional<String> status = Optional.empty();

  Qmp(Path socket) {
    this.socket = socket;
  }

  /** The status of a guest that QEMU has stopped, as far as it is known now; else empty. */
  synchronized Optional<String> stopped() {
    try {
      if (channel == null) {
        connect();
      } else {
        read();
      }
    } catch (IOException e) {
      // QEMU does not listen yet, or no longer; whether it runs is asked elsewhere.
      close();
    }
    return status.filter(s -> !MOVING.contains(s));
  }

  private void connect() throws IOException {
    if (!Files.exists(socket)) {
      return;
    }
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    channel.configureBlocking(false);
    ask(GREETING + QUESTION);
  }

  private void ask(String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private void read() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
    int bytes = channel.read(buffer);
    if (bytes < 0) {
      close();
      return;
    }
    unread += new String(buffer.array(), 0, bytes, StandardCharsets.UTF_8);
    int end = unread.lastIndexOf('\n') + 1;
    Matcher answer = STATUS.matcher(unread.substring(0, end));
    unread = unread.substring(end);
    boolean answered = false;
    while (answer.find()) {
      status = Optional.of(answer.group(1));
      answered = true;
    }
    if (answered) {
      ask(QUESTION);
    }
  }

  @Override
  public synchronized void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      System.getLogger(Qmp.class.getName()).log(System.Logger.Level.DEBUG, "no end", e);
    }
    channel = null;
    unread = "";
  }
}
