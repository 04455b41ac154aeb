package org.daxcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.daxcheck.guest.Guest;
import org.daxcheck.guest.GuestPrograms;
import org.daxcheck.guest.GuestShell;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KmemBuild;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * A guest that is reached as if it were a machine in a lab: what is refused, what is found, and in
 * which state it is left. Its driver has one fault: a bad word is ENOENT.
 */
public class MachineRunTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private static final String STATE =
      "cat /sys/bus/dax/devices/dax0.0/state; readlink /sys/bus/dax/devices/dax0.0/driver;"
          + " cat /sys/devices/system/memory/auto_online_blocks;"
          + " grep . /sys/devices/system/memory/memory*/state;"
          + " grep MemTotal /proc/meminfo";

  /** A rule such as distributions ship for machines that get memory while they run. */
  private static final String RULE =
      "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}==\"offline\","
          + " ATTR{state}=\"online_movable\"";

  /** The user lab, who may become root without a password. */
  private static final String SUDOER =
      "busybox --install -s /bin; chmod 755 / /etc; chmod 4755 /usr/bin/sudo;"
          + " echo lab:x:1000:1000::/home/lab:/bin/sh >> /etc/passwd;"
          + " mkdir -p /home/lab/.ssh /etc/pam.d;"
          + " cp /root/.ssh/authorized_keys /home/lab/.ssh; chown -R 1000:1000 /home/lab;"
          + " echo 'lab ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers; chmod 440 /etc/sudoers;"
          + " for s in auth account session; do echo $s sufficient pam_permit.so; done"
          + " > /etc/pam.d/sudo";

  private static final long PATIENCE_SECONDS = 120;

  private static final String UDEVD = "/usr/lib/systemd/systemd-udevd";

  /** Most of its time the device is online in Movable with all its blocks. */
  private static final String LONG =
      "KMEM long\n# It is interrupted.\n{ state = unplugged }\n\n"
          + "write online_movable -> ok\n".repeat(1000);

  private Path folder;
  private GuestSpec spec;
  private Guest guest;
  private List<String> ssh;
  private String before;
  private int files;

  @BeforeClass
  public void build() throws Exception {
    folder = Files.createTempDirectory("daxcheck-machine");
    Files.writeString(folder.resolve("long.kmem"), LONG);
    GuestSpec stock =
        GuestSpec.of(HOME, HOME.resolve("qemu/topologies/cxl.topology"), file("console"));
    Path module = KmemBuild.of(stock, KmemBuild.edits(HOME, List.of("bad-word-errno")));
    spec = stock.withKmemModule(Optional.of(module));
  }

  /** What a failed test left must not fail the next: that begins on a guest that is booted anew. */
  @BeforeMethod
  public void asItWas() throws Exception {
    if (guest != null && inGuest(STATE).equals(before) && nothingIsLeft()) {
      return;
    }
    if (guest != null) {
      guest.close();
    }
    guest = Guest.boot(spec);
    Path keys = Files.createDirectory(file("keys"));
    ssh = new ArrayList<>(GuestShell.of(guest, new GuestShell.Folder(keys)).command());
    // All commands go over one connection.
    ssh.addAll(
        1, List.of("-oControlMaster=auto", "-oControlPersist=60", "-oControlPath=" + keys + "/c"));
    // One block offline: a state that is easily lost.
    inGuest("busybox ip link set lo up; echo offline > /sys/devices/system/memory/memory115/state");
    before = inGuest(STATE);
    assertThat(before).contains("memory115/state:offline").contains("memory114/state:online");
  }

  private boolean nothingIsLeft() throws Exception {
    return !inGuest("ls /tmp /run; pidof agent systemd-udevd && echo daxcheck")
        .contains("daxcheck");
  }

  @AfterClass(alwaysRun = true)
  public void end() throws IOException {
    if (guest != null) {
      guest.close();
    }
    Finished.delete(folder);
  }

  /** A file or folder that no test had before. */
  private Path file(String name) {
    files++;
    return folder.resolve(name + files);
  }

  private Path key() {
    return Path.of(ssh.get(ssh.indexOf("-i") + 1));
  }

  private String inGuest(String command) throws Exception {
    List<String> words = new ArrayList<>(ssh);
    words.add(command);
    return run(words, Map.of()).text();
  }

  private record Ended(int exit, String text) {}

  private Ended run(List<String> words, Map<String, String> environment) throws Exception {
    Path out = file("text");
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("%s ends", words).isTrue();
      return new Ended(process.exitValue(), Files.readString(out));
    } finally {
      process.destroyForcibly();
    }
  }

  /** The words of daxcheck that run something on the guest. */
  private List<String> words(Path out, String... more) {
    List<String> words = new ArrayList<>(List.of("run", "--out", out.toString()));
    words.addAll(List.of("--target", "ssh://root@127.0.0.1:" + guest.port()));
    words.addAll(List.of("--known-hosts", key().resolveSibling("known_hosts").toString()));
    words.addAll(List.of("--identity", key().toString()));
    words.addAll(List.of(more));
    return words;
  }

  /** The same for a process, which can be killed. */
  private static List<String> process(List<String> words) {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    all.addAll(List.of("-Ddaxcheck.home=" + HOME, "-cp", System.getProperty("java.class.path")));
    all.add("org.daxcheck.cli.Main");
    all.addAll(words);
    return all;
  }

  private Ended daxcheck(String... more) {
    return daxcheck(words(file("out"), more));
  }

  /** In this process, which is quicker. */
  private static Ended daxcheck(List<String> words) {
    PrintStream usualOut = System.out;
    PrintStream usualErr = System.err;
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(text, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      System.setErr(captured);
      int exit = Main.line().execute(words.toArray(String[]::new));
      return new Ended(exit, text.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(usualOut);
      System.setErr(usualErr);
    }
  }

  private static String scenario(String name) {
    return HOME.resolve("suites/" + name + ".kmem").toString();
  }

  @Test
  public void refusesWhatWasNotAllowed() throws Exception {
    Ended none = daxcheck(scenario("word/case-matters"));
    assertThat(none.text())
        .contains("name the device that may be changed by --device; it has dax0.0");
    assertThat(none.exit()).isEqualTo(2);
    Ended other = daxcheck(scenario("word/case-matters"), "--device", "dax7.0");
    assertThat(other.text()).contains("there is no dax7.0; it has dax0.0 (256 MiB");
    Ended unknown =
        daxcheck(scenario("word/case-matters"), "--device", "dax0.0", "--known-hosts=/dev/null");
    assertThat(unknown.exit()).as("options may not be given twice").isEqualTo(2);
    assertThat(inGuest(STATE)).isEqualTo(before);
  }

  /** What keeps the machine alive, or is used by someone, is not touched. */
  @Test
  public void refusesMemoryThatIsNeeded() throws Exception {
    inGuest("echo online_kernel > /sys/devices/system/memory/memory115/state");
    Ended zone = daxcheck(scenario("word/case-matters"), "--device", "dax0.0");
    inGuest("echo offline > /sys/devices/system/memory/memory115/state");
    assertThat(zone.text())
        .contains(
            "memory115 of dax0.0 is online in zone Normal, and may hold unmovable kernel memory");
    assertThat(zone.exit()).isEqualTo(2);
    assertThat(inGuest(STATE)).isEqualTo(before);
    inGuest("cd /sys/bus/dax/drivers/kmem; echo unplugged > dax0.0/state; echo dax0.0 > unbind");
    inGuest("cd /sys/bus/dax/drivers/device_dax; echo dax0.0 > new_id; echo dax0.0 > bind");
    inGuest("(sleep 600 < /dev/dax0.0 >/dev/null 2>&1 &)");
    Ended opened = daxcheck(scenario("word/case-matters"), "--device", "dax0.0");
    inGuest(
        "kill $(pidof sleep); cd /sys/bus/dax/drivers; echo dax0.0 > device_dax/unbind;"
            + " echo dax0.0 > device_dax/remove_id; echo dax0.0 > kmem/bind;"
            + " echo offline > /sys/devices/system/memory/memory115/state");
    assertThat(opened.text())
        .containsPattern("dax0.0 is in use by process [0-9]+ \\(.*\\); end that first");
    assertThat(opened.exit()).isEqualTo(2);
    assertThat(inGuest(STATE)).isEqualTo(before);
  }

  @Test
  public void showsWhatItWouldDoAndDoesNothing() throws Exception {
    Ended shown = daxcheck(scenario("word/case-matters"), "--device", "dax0.0", "--dry-run");
    assertThat(shown.exit()).isZero();
    assertThat(shown.text())
        .contains("256 MiB")
        .contains("state reads online_movable")
        .contains("1 block online in Movable, 1 block offline");
    assertThat(inGuest(STATE)).isEqualTo(before);
  }

  @Test
  public void findsTheFaultAndLeavesTheMachineAsItWas() throws Exception {
    Ended ended =
        daxcheck(
            scenario("word/case-matters"),
            scenario("unbind/from-offline"),
            scenario("unbind/online-leaks"),
            scenario("unbind/unload-while-unplugged"),
            "--device",
            "dax0.0");
    assertThat(ended.text())
        .contains("WORD-2")
        .contains("it leaks memory until the next boot; --destructive allows it")
        .contains("it unloads the kmem driver")
        .contains("dax0.0 on (none) is as it was: driver kmem, state reads online_movable");
    assertThat(ended.exit()).as(ended.text()).isEqualTo(1);
    assertThat(inGuest(STATE)).isEqualTo(before);
    assertThat(inGuest("ls /tmp")).doesNotContain("daxcheck");
  }

  @Test
  public void goesThroughAnotherHost() throws Exception {
    Path known = file("known_hosts");
    String line = guest.knownHostsLine();
    Files.writeString(known, line + "\n127.0.0.1 " + line.split(" ", 2)[1] + "\n");
    List<String> words = words(file("out"), scenario("trans/movable-there-and-back-twice"));
    words.set(words.indexOf("--target") + 1, "ssh://root@127.0.0.1");
    words.set(words.indexOf("--known-hosts") + 1, known.toString());
    words.addAll(List.of("--jump", "ssh://root@127.0.0.1:" + guest.port(), "--device", "dax0.0"));
    Ended ended = daxcheck(words);
    assertThat(ended.exit()).as(ended.text()).isZero();
    assertThat(inGuest(STATE)).isEqualTo(before);
  }

  /** A run of daxcheck on the guest, in the middle of its work. */
  private final class Begun implements AutoCloseable {
    private final Path out = file("out");
    private final Path text = file("text");
    private final Process process;

    Begun() throws Exception {
      String scenario = folder.resolve("long.kmem").toString();
      process =
          new ProcessBuilder(process(words(out, scenario, "--device", "dax0.0")))
              .redirectErrorStream(true)
              .redirectOutput(text.toFile())
              .start();
      // It is in the middle of its work when the device is not what it was.
      await(
          () -> {
            assertThat(process.isAlive()).as(text()).isTrue();
            return !inGuest(STATE).equals(before);
          });
    }

    String text() throws IOException {
      return Files.readString(text);
    }

    void kill(boolean force) throws Exception {
      if (force) {
        process.destroyForcibly();
      } else {
        process.destroy();
      }
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** Killed without a last word: the machine itself brings the device back, the next clears up. */
  @Test
  public void whatIsKilledIsPutBackAndClearedAwayByTheNext() throws Exception {
    try (Begun run = new Begun()) {
      run.kill(true);
    }
    await(() -> inGuest("pidof agent || echo none").contains("none"));
    await(() -> inGuest(STATE).equals(before));
    assertThat(inGuest("ls /tmp /run")).contains("daxcheck");
    Ended next = daxcheck(scenario("trans/movable-there-and-back-twice"), "--device", "dax0.0");
    assertThat(next.text())
        .containsPattern("daxcheck of .*, which has ended, left dax0.0 as it was")
        .contains("dax0.0 on (none) is as it was");
    assertThat(next.exit()).as(next.text()).isZero();
    assertThat(inGuest(STATE)).isEqualTo(before);
    assertThat(inGuest("ls /tmp /run")).doesNotContain("daxcheck");
  }

  /** A second run is refused; the first is told to end, and brings the device back. */
  @Test
  public void aMachineHasOneUserAtATime() throws Exception {
    try (Begun first = new Begun()) {
      String holder =
          "daxcheck of .* \\(process " + first.process.pid() + ", since .*Z, results in ";
      Ended second = daxcheck(scenario("word/case-matters"), "--device", "dax0.0");
      assertThat(second.text())
          .containsPattern("it is in use by " + holder + first.out + "\\); wait until that ends");
      assertThat(second.text().lines()).as(second.text()).hasSize(1);
      assertThat(second.exit()).isEqualTo(2);
      Ended shown = daxcheck(scenario("word/case-matters"), "--device", "dax0.0", "--dry-run");
      assertThat(shown.text()).containsPattern("it is in use by " + holder);
      assertThat(first.process.isAlive()).isTrue();
      first.kill(false);
      assertThat(first.text())
          .contains("dax0.0 on (none) is as it was")
          .doesNotContain("interference");
    }
    assertThat(inGuest(STATE)).isEqualTo(before);
    assertThat(inGuest("ls /tmp /run")).doesNotContain("daxcheck");
  }

  /** Both ends are killed: nobody puts the device back, and the next run must not believe it. */
  @Test
  public void whatABrokenRunLeftIsNeverHowItWas() throws Exception {
    try (Begun first = new Begun()) {
      inGuest("kill -9 $(busybox awk '{print $1}' /tmp/daxcheck-lab/busy /run/daxcheck-lab/busy)");
      first.kill(true);
    }
    await(() -> inGuest("pidof agent || echo none").contains("none"));
    inGuest("echo unplugged > /sys/bus/dax/devices/dax0.0/state");
    String left = inGuest(STATE);
    String good = scenario("trans/movable-there-and-back-twice");
    Ended next = daxcheck(good, "--device", "dax0.0");
    assertThat(next.text())
        .containsPattern("daxcheck of .*, which has ended, left dax0.0 changed: ")
        .contains("state reads unplugged (was online_movable)")
        .contains("memory114 absent (was online Movable)")
        .contains("--put-right brings it back");
    assertThat(next.text().lines()).as(next.text()).hasSize(1);
    assertThat(next.exit()).isEqualTo(2);
    assertThat(inGuest(STATE)).as("nothing was done").isEqualTo(left);
    Ended right = daxcheck(good, "--device", "dax0.0", "--put-right");
    assertThat(right.text()).contains("dax0.0 was put right: driver kmem, state reads online_mov");
    assertThat(right.exit()).as(right.text()).isZero();
    assertThat(inGuest(STATE)).isEqualTo(before);
    assertThat(inGuest("ls /tmp /run")).doesNotContain("daxcheck");
  }

  /** A user that becomes root by a real sudo, whose key a real ssh-agent has. */
  @Test
  public void worksForAUserWithSudoAndAnAgent() throws Exception {
    install(
        GuestPrograms.tar(
            "sudo",
            List.of("sudo", "libpam-modules"),
            List.of(
                "usr/bin/sudo",
                "usr/libexec/sudo/sudoers.so",
                "usr/libexec/sudo/libsudo_util.so.0",
                "usr/lib/x86_64-linux-gnu/security/pam_permit.so")));
    inGuest(SUDOER);
    Path socket = file("agent");
    Process agent =
        new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      await(() -> Files.exists(socket));
      Map<String, String> known = Map.of("SSH_AUTH_SOCK", socket.toString());
      List<String> add = List.of("ssh-add", key().toString());
      assertThat(run(add, known).exit()).isZero();
      List<String> words =
          words(file("out"), scenario("trans/movable-there-and-back-twice"), "--device", "dax0.0");
      words.set(words.indexOf("--target") + 1, "ssh://lab@127.0.0.1:" + guest.port());
      Ended user = daxcheck(words);
      assertThat(user.exit()).isEqualTo(2);
      assertThat(user.text())
          .contains("sysfs can be written by root only; log in as root, or give --sudo");
      words.subList(words.indexOf("--identity"), words.indexOf("--identity") + 2).clear();
      words.add("--sudo");
      Ended root = run(process(words), known);
      assertThat(root.exit()).as(root.text()).isZero();
      assertThat(root.text()).contains("is as it was");
    } finally {
      agent.destroyForcibly();
    }
    assertThat(inGuest(STATE)).isEqualTo(before);
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("it happened in time").isLessThan(end);
    }
  }

  /** A real udevd with a rule that puts blocks online, which is what a machine may have. */
  @Test
  public void whoActsOnTheBlocksIsNamedAndTheKernelNotBlamed() throws Exception {
    install(GuestPrograms.tar("udev", List.of("udev"), List.of("usr/bin/udevadm")));
    inGuest(
        "mkdir -p /etc/udev/rules.d /run/udev /usr/lib/systemd; ln -sf /usr/bin/udevadm "
            + UDEVD
            + "; echo '"
            + RULE
            + "' > /etc/udev/rules.d/40-memory.rules; "
            + UDEVD
            + " --daemon; udevadm control --ping");
    Ended ended;
    try {
      ended =
          daxcheck(
              scenario("word/case-matters"),
              scenario("policy/bind-under-offline"),
              "--device",
              "dax0.0");
    } finally {
      inGuest("while p=$(pidof systemd-udevd); do kill -KILL $p; done; rm -r /etc/udev /run/udev");
    }
    assertThat(ended.text())
        .contains(
            "beware    a udev rule acts on memory blocks: /etc/udev/rules.d/40-memory.rules:1");
    assertThat(ended.text().replaceAll("\\s+", " "))
        .containsPattern(
            // A look between the write and its report sees the block alone, and names the rule.
            "interference (before|during) [^:]*: (\\(udev-worker\\) \\(process [0-9]+\\) wrote"
                + " /sys/devices/system/memory/memory11[45]/state"
                + "|memory11[45] went online Movable and no step did that; suspect: the udev rule"
                + " /etc/udev/rules.d/40-memory.rules:1)")
        .contains("2 cases, 0 passed, 1 diverged, 0 skipped, 1 error")
        // The rule of udev does not hide what is the kernel's fault.
        .contains("DIVERGENCE: 1 rule is broken: WORD-2.");
    assertThat(ended.exit()).as(ended.text()).isEqualTo(1);
    assertThat(inGuest(STATE)).isEqualTo(before);
  }

  /** Unpacks an archive at the guest's root. */
  private void install(byte[] tar) throws Exception {
    Path archive = Files.write(file("archive"), tar);
    List<String> words = new ArrayList<>(ssh);
    words.add("tar x -C /");
    Process process =
        new ProcessBuilder(words)
            .redirectInput(archive.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the archive is unpacked").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
