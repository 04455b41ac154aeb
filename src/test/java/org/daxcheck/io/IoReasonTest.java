package org.daxcheck.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Exceptions as Java really throws them: each is told in words that a user understands. */
public class IoReasonTest {
  private Path folder;

  @BeforeClass
  public void make() throws IOException {
    folder = Files.createTempDirectory("io-reason");
    Files.writeString(folder.resolve("file"), "text");
    Files.createDirectories(folder.resolve("full/below"));
    Files.createSymbolicLink(folder.resolve("round"), folder.resolve("round"));
    Files.write(folder.resolve("latin"), new byte[] {'a', (byte) 0xe9, 'b'});
  }

  @AfterClass(alwaysRun = true)
  public void remove() throws IOException {
    for (String name : new String[] {"file", "full/below", "full", "round", "latin", ""}) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  private Object[] kind(String reason, ThrowingCallable act) {
    return new Object[] {reason, act};
  }

  private record Point(int x) {}

  @DataProvider
  public Object[][] kinds() {
    Path absent = folder.resolve("absent");
    Path file = folder.resolve("file");
    return new Object[][] {
      kind("No such file or directory", () -> Files.readString(absent)),
      kind("No such file or directory", () -> new FileInputStream(absent.toFile()).close()),
      kind("No such file or directory", () -> new ProcessBuilder(absent.toString()).start()),
      kind("Permission denied", () -> new ProcessBuilder(file.toString()).start()),
      kind("Is a directory", () -> new FileOutputStream(folder.toFile()).close()),
      kind("Is a directory", () -> Files.readString(folder)),
      kind("Not a directory", () -> Files.readString(file.resolve("below"))),
      kind("Not a directory", () -> Files.list(file).close()),
      kind("File exists", () -> Files.createDirectory(folder)),
      kind("Directory not empty", () -> Files.delete(folder.resolve("full"))),
      kind("Too many levels of symbolic links", () -> Files.readString(folder.resolve("round"))),
      kind("File name too long", () -> Files.readString(folder.resolve("x".repeat(300)))),
      kind("No space left on device", () -> full(new byte[] {1})),
      kind(
          "No space left on device",
          () -> Files.writeString(Path.of("/dev/full"), "text", StandardOpenOption.WRITE)),
      kind("it is not text in UTF-8", () -> Files.readString(folder.resolve("latin"))),
      kind("it was closed meanwhile", () -> closed().write(ByteBuffer.allocate(1))),
      kind("it ends too early", () -> new DataInputStream(InputStream.nullInputStream()).readInt()),
      kind("it is damaged", () -> gzip(new byte[30])),
      kind("Connection refused", () -> new Socket(InetAddress.getLoopbackAddress(), 1).close()),
      kind(
          "Invalid cross-device link",
          () -> {
            throw new AtomicMoveNotSupportedException("a", "b", "whatever it says");
          }),
      kind(
          "no answer in time",
          () -> {
            throw new SocketTimeoutException("Read timed out");
          }),
      kind("this is not JSON (line 1, column 7)", () -> json("{\"x\": nonsense}")),
      kind("x is not of its kind (line 1, column 7)", () -> json("{\"x\": \"one\"}")),
      kind(
          "the system gives no reason",
          () -> {
            throw new IOException("java.net.ConnectException: no");
          }),
      kind(
          "the system gives no reason",
          () -> {
            throw new FileSystemException("file");
          }),
      kind(
          "it ends too early",
          () -> {
            throw new IOException(null, new EOFException());
          }),
    };
  }

  private static void full(byte[] bytes) throws IOException {
    try (OutputStream out = Files.newOutputStream(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
      out.write(bytes);
    }
  }

  private static void gzip(byte[] bytes) throws IOException {
    new GZIPInputStream(new ByteArrayInputStream(bytes)).close();
  }

  private static void json(String text) throws IOException {
    new ObjectMapper().readValue(text, Point.class);
  }

  private FileChannel closed() throws IOException {
    FileChannel channel = FileChannel.open(folder.resolve("file"), StandardOpenOption.WRITE);
    channel.close();
    return channel;
  }

  @Test(dataProvider = "kinds")
  public void theReasonIsInPlainWords(String reason, ThrowingCallable act) {
    IOException e = catchThrowableOfType(IOException.class, act);
    assertThat(e).isNotNull();
    assertThat(IoReason.of(e)).isEqualTo(reason);
    assertThat(IoReason.sentence(e)).endsWith(reason).doesNotContain("Exception", "java.");
  }

  @Test
  public void aSentenceBeginsWithTheFileWhereThereIsOne() {
    Path absent = folder.resolve("absent");
    IOException read = catchThrowableOfType(IOException.class, () -> Files.readString(absent));
    assertThat(IoReason.sentence(read)).isEqualTo(absent + ": No such file or directory");
    IOException opened =
        catchThrowableOfType(IOException.class, () -> new FileInputStream(absent.toFile()).close());
    assertThat(IoReason.sentence(opened)).isEqualTo(absent + ": No such file or directory");
    assertThat(IoReason.sentence(new IOException("run.json: this is no run of daxcheck")))
        .isEqualTo("run.json: this is no run of daxcheck");
  }
}
