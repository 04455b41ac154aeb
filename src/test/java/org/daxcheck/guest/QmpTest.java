package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** What QEMU's machine protocol says of a guest, by a socket that speaks it. */
public class QmpTest {
  private Path folder;
  private Path socket;

  @BeforeMethod
  public void prepare() throws IOException {
    folder = Files.createTempDirectory("qmp");
    socket = folder.resolve("socket");
  }

  @AfterMethod
  public void clean() throws IOException {
    Trees.remove(folder);
  }

  @Test(timeOut = 60_000)
  public void aGuestThatQemuStoppedIsSeen() throws Exception {
    try (Qmp qmp = new Qmp(socket);
        ServerSocketChannel server = server()) {
      assertThat(qmp.stopped()).isEmpty();
      try (SocketChannel qemu = server.accept()) {
        say(qemu, "{\"QMP\": {\"version\": {}}}\r\n{\"return\": {}}\r\n");
        say(qemu, "{\"return\": {\"running\": true, \"status\": \"running\"}}\r\n");
        await(() -> qmp.stopped().isEmpty() && heard(qemu).contains("query-status"));
        assertThat(qmp.stopped()).isEmpty();

        say(qemu, "{\"return\": {\"running\": false, \"status\": \"inter");
        assertThat(qmp.stopped()).isEmpty();
        say(qemu, "nal-error\"}}\r\n");
        await(() -> qmp.stopped().isPresent());
        assertThat(qmp.stopped()).isEqualTo(Optional.of("internal-error"));
      }
    }
  }

  @Test
  public void aQemuThatDoesNotListenIsNotWaitedFor() {
    try (Qmp qmp = new Qmp(socket)) {
      assertThat(qmp.stopped()).isEmpty();
    }
  }

  /** It takes the connection and then says nothing. */
  @Test(timeOut = 60_000)
  public void aQemuThatDoesNotAnswerIsNotWaitedFor() throws Exception {
    try (Qmp qmp = new Qmp(socket);
        ServerSocketChannel server = server()) {
      assertThat(server.isOpen()).isTrue();
      for (int i = 0; i < 3; i++) {
        assertThat(qmp.stopped()).isEmpty();
      }
    }
  }

  private ServerSocketChannel server() throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    return server;
  }

  private static void say(SocketChannel qemu, String text) throws IOException {
    qemu.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String heard(SocketChannel qemu) {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try {
      int bytes = qemu.read(buffer);
      return new String(buffer.array(), 0, Math.max(0, bytes), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 30 s").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
