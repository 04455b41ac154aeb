package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Word;
import org.daxcheck.io.Trees;
import org.daxcheck.lab.LabMachine;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Step;
import org.daxcheck.target.Subject;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetContract;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.daxcheck.target.ssh.Address;
import org.daxcheck.target.ssh.Login;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * The contract of targets, kept on one guest: while it is reached as a machine in a lab is, and
 * then as a guest, which ends with its target.
 */
public class GuestTargetContractTest extends TargetContract {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private static final String STATE =
      "cat /sys/bus/dax/devices/dax0.0/state /sys/devices/system/memory/auto_online_blocks;"
          + " readlink /sys/bus/dax/devices/dax0.0/driver;"
          + " grep . /sys/devices/system/memory/memory*/state";

  private final List<String> told = new ArrayList<>();
  private Path folder;
  private OfGuest guest;
  private LabMachine machine;

  @BeforeClass
  public void boot() throws Exception {
    folder = Files.createTempDirectory("daxcheck-contract");
    guest = new OfGuest(folder);
    GuestShell.of(guest.machine().guest(), new GuestShell.Folder(folder));
    machine = machine();
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    if (guest != null) {
      guest.close();
    }
    if (folder != null) {
      Trees.remove(folder);
    }
  }

  @Override
  protected List<Subject> subjects() throws Exception {
    return List.of(new OfMachine(machine), guest);
  }

  private LabMachine machine() throws Exception {
    Login login =
        new Login(
            Address.of("ssh://root@127.0.0.1:" + guest.machine().guest().port()),
            Optional.of(folder.resolve("key")),
            folder.resolve("known_hosts"),
            Optional.empty());
    LabMachine reached =
        LabMachine.reach(
            new LabMachine.Wish(
                login,
                false,
                Optional.of("dax0.0"),
                false,
                Duration.ofMillis(1),
                LabMachine.Use.TAKE,
                "the contract's test"),
            told::add);
    reached.take(AgentBinary.of(HOME, line -> {}));
    return reached;
  }

  /** It runs first, since the guest ends with the contract. */
  @Test(priority = -1)
  public void aMachineWhoseAgentIsKilledIsNotBlamedAndComesBack() throws Exception {
    String before = guest.inGuest(STATE);
    Target target = machine.fresh(LabMachine.NAME);
    target.run(List.of(new Step.Unbind()));
    guest.inGuest("kill -9 $(cat /run/daxcheck-lab.*/pid /tmp/daxcheck-lab.*/pid)");
    TargetException e =
        catchThrowableOfType(
            TargetException.class,
            () ->
                target.run(
                    List.of(Step.Look.at(Step.Aspect.DRIVER), new Step.Read(Step.Who.ROOT))));
    assertThat(e.kind()).isEqualTo(TargetException.Kind.INFRASTRUCTURE);
    assertThat(e).hasMessageContaining("the connection to the agent was lost");
    assertThat(e.answered()).isEmpty();
    target.close();
    assertThat(machine.notBack()).isEmpty();
    assertThat(guest.inGuest(STATE)).isEqualTo(before);
  }

  @Test(priority = 1)
  public void theMachineIsLeftAsItWas() {
    assertThat(told).hasSize(1).allMatch(t -> t.contains("is as it was"));
  }

  /** What it cannot do for want of a second device, and what is not there. */
  private static Map<Step, String> lacking() {
    return Map.of(
        new Step.NeighbourWrite(Word.UNPLUGGED), "no other dax device",
        new Step.RefuseAdd(Optional.of(Place.at(1)), Errno.ENOMEM), "dax0.0 has no such range",
        new Step.Occupy(Optional.of(Place.at(1))), "dax0.0 has no such range");
  }

  private static final class OfGuest extends Subject {
    private final QemuSource source;

    OfGuest(Path folder) {
      source =
          new QemuSource(
              GuestSpec.of(HOME, Path.of("unused"), Path.of("unused")), folder, Optional.empty());
    }

    GuestTarget machine() {
      return (GuestTarget) target();
    }

    String inGuest(String command) throws TargetException {
      byte[] said = machine().reached().shell(command, new byte[0], 60_000);
      return new String(said, StandardCharsets.UTF_8);
    }

    @Override
    public TargetSource source() {
      return source;
    }

    @Override
    public String topology() {
      return "cxl";
    }

    @Override
    public boolean hasClock() {
      return true;
    }

    @Override
    public List<Step> can() {
      return List.of(
          new Step.Inject(Optional.of(Step.Change.ONLINE), Errno.ENOMEM),
          new Step.RefuseAdd(Optional.of(Place.LAST), Errno.ENOMEM));
    }

    @Override
    public Map<Step, String> cannot() {
      return lacking();
    }

    @Override
    public Target next() {
      return null;
    }

    @Override
    public String toString() {
      return "qemu";
    }
  }

  private static final class OfMachine extends Subject {
    private final LabMachine machine;

    OfMachine(LabMachine machine) {
      this.machine = machine;
    }

    @Override
    public TargetSource source() {
      return machine;
    }

    @Override
    public String topology() {
      return LabMachine.NAME;
    }

    @Override
    public boolean hasClock() {
      return true;
    }

    @Override
    public List<Step> can() {
      return List.of();
    }

    /** What may not be done to somebody's machine, whether it could be done or not. */
    @Override
    public Map<Step, String> cannot() {
      return Map.of(
          new Step.Inject(Optional.of(Step.Change.ONLINE), Errno.ENOMEM), "--destructive allows it",
          new Step.RefuseAdd(Optional.of(Place.LAST), Errno.ENOMEM), "more of the machine",
          new Step.Occupy(Optional.of(Place.LAST)), "more of the machine",
          new Step.NeighbourWrite(Word.UNPLUGGED), "more of the machine",
          new Step.Reshape(Step.Shape.SIZE), "more of the machine",
          new Step.Unload(), "more of the machine");
    }

    @Override
    public Target next() throws TargetException {
      return machine.fresh(LabMachine.NAME);
    }

    @Override
    public String toString() {
      return "machine";
    }
  }
}
