package org.daxcheck.lab;

import java.util.function.Consumer;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.ssh.Connection;

/**
 * What an earlier run left changed on a machine. The present state of such a machine is never taken
 * for how it was.
 */
final class Leftover {
  private final LabMachine.Wish wish;
  private final MachineShell shell;
  private final Consumer<String> told;

  Leftover(LabMachine.Wish wish, MachineShell shell, Consumer<String> told) {
    this.wish = wish;
    this.shell = shell;
    this.told = told;
  }

  /**
   * Makes sure that the machine is as it was before the earlier run.
   *
   * @throws TargetException with what was left, where that was not to be put right or cannot be
   */
  void settle(MachineLock lock) throws TargetException {
    var record = lock.record(shell);
    if (record.isEmpty()) {
      lock.dead().ifPresent(who -> told.accept(who + ", which has ended, changed nothing here"));
      return;
    }
    String who = record.get().who();
    Survey was = record.get().survey();
    String device = was.fact(MachineLock.DEVICE);
    Survey now = shell.survey(device);
    if (!was.fact("boot").equals(now.fact("boot"))) {
      told.accept(wish.login().address() + " was booted since " + who + " used it");
      lock.forget(shell);
      return;
    }
    String left = was.changes(now, device);
    if (!left.isEmpty() && wish.use() == LabMachine.Use.PUT_RIGHT) {
      String complaints = putBack(was, device).strip().replace("\n", "; ");
      left = was.changes(shell.survey(device), device);
      if (!left.isEmpty()) {
        throw wrong(
            "%s of %s could not be put right: %s%s; put it right yourself, or boot the machine"
                .formatted(device, who, left, complaints.isEmpty() ? "" : "; " + complaints));
      }
      told.accept(device + " was put right: " + was.state(device));
    }
    if (!left.isEmpty()) {
      throw wrong(
          "%s, which has ended, left %s changed: %s; --put-right brings it back, 'rm -r %s' on the machine keeps it as it is"
              .formatted(who, device, left, lock.folder()));
    }
    if (wish.use() != LabMachine.Use.PUT_RIGHT) {
      told.accept(who + ", which has ended, left " + device + " as it was");
    }
    lock.forget(shell);
  }

  private String putBack(Survey was, String device) throws TargetException {
    Connection.Output said =
        shell.script("putback.sh", was.wordsForPutBack(device), LabMachine.BACK_MILLIS);
    return MachineShell.text(said.out())
        + (said.exit() == -1
            ? "it was not done after " + LabMachine.BACK_MILLIS / 1000 + " s"
            : "");
  }

  private TargetException wrong(String sentence) {
    return MachineShell.wrong(wish, sentence);
  }
}
