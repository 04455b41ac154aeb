package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.testng.annotations.Test;

/** Keeping QEMU on a leash, with small programs in its place. */
public class QemuTest {
  private static final String SLEEPER = "echo $$ > pid; exec sleep 600";

  @Test(timeOut = 60_000)
  public void endsWhenItIsClosed() throws Exception {
    Path folder = Files.createTempDirectory("qemu-test");
    Qemu qemu = new Qemu(folder, sleeper(folder), Optional.empty());
    ProcessHandle process = process(folder);
    assertThat(qemu.alive()).isTrue();
    assertThat(qemu.ended()).isEmpty();

    qemu.close();

    assertThat(process.isAlive()).isFalse();
    assertThat(folder).doesNotExist();
  }

  @Test(timeOut = 60_000)
  public void saysHowItEnded() throws Exception {
    assertThat(endOf("echo no such machine >&2; exit 3"))
        .isEqualTo("QEMU ended with exit code 3: no such machine");
    assertThat(endOf("kill -9 $$")).isEqualTo("QEMU was killed by signal 9");
  }

  private static String endOf(String script) throws Exception {
    Path folder = Files.createTempDirectory("qemu-test");
    try (Qemu qemu = new Qemu(folder, List.of("sh", "-c", script), Optional.empty())) {
      await(() -> !qemu.alive());
      return qemu.ended().orElseThrow();
    } finally {
      assertThat(folder).doesNotExist();
    }
  }

  /** The Java process that starts a guest dies without a chance to clean up. */
  @Test(timeOut = 120_000)
  public void endsWhenJavaIsKilled() throws Exception {
    endsWithJava(Process::destroyForcibly);
  }

  /** As Ctrl-C or a plain kill do. */
  @Test(timeOut = 120_000)
  public void endsWhenJavaIsTerminated() throws Exception {
    endsWithJava(
        process -> {
          process.destroy();
          return process;
        });
  }

  private static void endsWithJava(java.util.function.UnaryOperator<Process> end) throws Exception {
    Path folder = Files.createTempDirectory("qemu-test");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = new BufferedReader(new InputStreamReader(java.getInputStream()))) {
      assertThat(out.readLine()).isEqualTo("started");
      ProcessHandle qemu = process(folder);
      assertThat(qemu.isAlive()).isTrue();

      end.apply(java);

      assertThat(java.waitFor(30, TimeUnit.SECONDS)).isTrue();
      await(() -> !qemu.isAlive() && !Files.exists(folder));
    } finally {
      java.destroyForcibly();
    }
  }

  /** Starts a program in QEMU's place and waits to be killed. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[0]);
      Qemu qemu = new Qemu(folder, sleeper(folder), Optional.empty());
      process(folder);
      System.out.println("started");
      while (qemu.alive()) {
        Thread.sleep(50);
      }
    }
  }

  @Test
  public void triesAnotherPortWhereOneIsTaken() throws GuestException {
    List<Integer> ports = new ArrayList<>();
    int port =
        Guest.onFreePort(
            candidate -> {
              ports.add(candidate);
              if (ports.size() < 3) {
                throw new GuestException(
                    "QEMU ended with exit code 1: Could not set up host forwarding rule 'tcp:...'");
              }
              return candidate;
            });

    assertThat(ports).hasSize(3).endsWith(port);
  }

  @Test
  public void givesUpWhereThePortIsNotTheReason() {
    List<Integer> ports = new ArrayList<>();

    assertThatThrownBy(
            () ->
                Guest.onFreePort(
                    candidate -> {
                      ports.add(candidate);
                      throw new GuestException("QEMU ended with exit code 1: no such machine");
                    }))
        .hasMessageContaining("no such machine");
    assertThat(ports).hasSize(1);
  }

  @Test
  public void knowsOldVersions() throws GuestException {
    assertThat(version("7.2.17 (Debian 1:7.2+dfsg)\n").hasVolatileCxl()).isFalse();
    assertThat(version("8.1.0\nCopyright\n").hasVolatileCxl()).isTrue();
    assertThat(version("10.0.2").hasVolatileCxl()).isTrue();
    assertThat(version("11.0.50").mapsCxlDirectly()).isFalse();
    assertThat(version("11.1.3 (Debian 1:11.1.3+ds-1~bpo13+1)").mapsCxlDirectly()).isTrue();
    assertThat(version("12.0.0").mapsCxlDirectly()).isTrue();
    assertThatThrownBy(() -> QemuVersion.parse("sh", "bash: not found"))
        .isInstanceOf(GuestException.class)
        .hasMessage("sh --version does not say a version: bash: not found");
  }

  private static QemuVersion version(String text) throws GuestException {
    return QemuVersion.parse("qemu", "QEMU emulator version " + text);
  }

  private static List<String> sleeper(Path folder) {
    return List.of("sh", "-c", "cd '" + folder + "' && " + SLEEPER);
  }

  private static ProcessHandle process(Path folder) throws Exception {
    Path file = folder.resolve("pid");
    await(() -> !read(file).isBlank());
    return ProcessHandle.of(Long.parseLong(read(file).strip())).orElseThrow();
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 30 s").isLessThan(end);
      Thread.sleep(10);
    }
  }
}
