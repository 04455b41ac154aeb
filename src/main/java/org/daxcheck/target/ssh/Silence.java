package org.daxcheck.target.ssh;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.step.Result;
import org.daxcheck.target.TargetException;

/**
 * Whose fault it is that an answer does not come. The kernel is blamed only where something was
 * seen to hang in it: a connection may be lost without a word, and a new one work all the same.
 */
final class Silence {
  /** The state of a process, behind its name, which may hold anything. */
  private static final Pattern STATE = Pattern.compile("(?m)^\\d+ \\(.*\\) ([A-Za-z]) [-\\d]");

  /**
   * On x86_64: read(2) of anything but stdin, which is where it waits for requests, and openat(2).
   */
  private static final Pattern OF_A_FILE =
      Pattern.compile("(?m)^(?:0 0x(?!0 )[0-9a-f]+|257 0x[0-9a-f]+) 0x");

  private Silence() {}

  /**
   * The failure that it is.
   *
   * @param what did not answer
   * @param told where the agent itself said that a step hangs; empty where it did not
   * @param pid the agent's process, 0 where it is not known
   */
  static TargetException of(
      AgentChannel agent, String what, long millis, Optional<Result.StuckIn> told, int pid) {
    Optional<String> death = agent.death();
    if (death.isPresent()) {
      return new TargetException(death.get());
    }
    String late = what + " did not return within " + millis / 1000 + " s";
    String where = told.map(s -> "; " + s).orElse("");
    Optional<String> seen =
        agent.beside("cat /proc/" + pid + "/stat /proc/" + pid + "/syscall 2>/dev/null");
    if (seen.isEmpty()) {
      return new TargetException(
          "the machine is not responding: "
              + late
              + ", and a new SSH connection failed too"
              + where);
    }
    if (told.isPresent() || hangs(seen.get())) {
      return new TargetException(
          TargetException.Kind.KERNEL,
          late + ", though the machine answers" + where,
          List.of(),
          null);
    }
    return new TargetException(
        late
            + ", though the machine answers and nothing is seen to hang in its kernel; look at the"
            + " connection and run again");
  }

  /** Whether the agent is in the kernel for something else than the next request. */
  private static boolean hangs(String seen) {
    Matcher state = STATE.matcher(seen);
    return state.find()
        && (state.group(1).equals("D")
            || state.group(1).equals("S") && OF_A_FILE.matcher(seen).find());
  }
}
