package org.daxcheck.mutant;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel's own test of the attribute said.
 *
 * @param result of the whole
 * @param passed how many checks passed
 * @param failed the checks that failed, number and description
 * @param skipped how many checks were skipped
 * @param note why there is no result, or what to know beside it; empty where nothing
 */
public record Selftest(Result result, int passed, List<String> failed, int skipped, String note) {
  private static final Pattern CHECK = Pattern.compile("(not ok|ok) (\\d+)\\s*(?:- )?(.*)");
  private static final Pattern SPLAT =
      Pattern.compile("splat=([1-9]\\d*) MemTotal (\\d+) -> (\\d+)");
  private static final String LOG = "# daxcheck: log ";

  /** What the test means to find in the log, with the case that the kernel writes. */
  private static final Pattern MEANT =
      Pattern.compile(
          "KASAN|BUG:|use-after-free|general protection|Oops|refcount_t", Pattern.UNICODE_CASE);

  public Selftest {
    failed = List.copyOf(failed);
  }

  /** The result in a word. */
  public enum Result {
    /** Every check passed, or was skipped beside others that passed. */
    PASS,
    /** A check failed, or the test did not come to its end. */
    FAIL,
    /** It skipped itself as a whole: a gate takes that for green. */
    SKIP,
    /** It failed by a line of the log that is no complaint of the kernel. */
    FALSE_ALARM,
    /** It could not be run. */
    ERROR,
    /** It was left out. */
    NONE
  }

  /** Left out. */
  public static final Selftest NONE = new Selftest(Result.NONE, 0, List.of(), 0, "");

  /** It could not be run. */
  public static Selftest error(String why) {
    return new Selftest(Result.ERROR, 0, List.of(), 0, why);
  }

  /** It hung, or the kernel died of it. */
  public static Selftest died(String why) {
    return new Selftest(Result.FAIL, 0, List.of("no end: " + why), 0, why);
  }

  /** Reads the KTAP that the guest printed, and the lines that daxcheck's script put behind it. */
  public static Selftest of(String text) {
    int passed = 0;
    int skipped = 0;
    boolean all = false;
    boolean ended = false;
    List<String> failed = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher check = CHECK.matcher(line.strip());
      if (line.matches("1\\.\\.0 # SKIP.*")) {
        all = true;
      } else if (line.startsWith("# daxcheck: exit ")) {
        ended = true;
      } else if (check.matches() && check.group(1).equals("not ok")) {
        failed.add(check.group(2) + " " + check.group(3));
      } else if (check.matches() && check.group(3).contains("# SKIP")) {
        skipped++;
      } else if (check.matches()) {
        passed++;
      }
    }
    if (!ended) {
      failed.add("no end: the test broke off");
    }
    if (all && failed.isEmpty()) {
      String why =
          text.lines().filter(l -> l.startsWith("1..0 # SKIP")).findFirst().orElse("").substring(4);
      return new Selftest(Result.SKIP, passed, failed, skipped, why.strip());
    }
    if (failed.size() == 1 && isFalseAlarm(failed.get(0), text)) {
      return new Selftest(
          Result.FALSE_ALARM,
          passed,
          failed,
          skipped,
          "what it found in the log is no complaint of the kernel");
    }
    if (failed.isEmpty() && passed == 0) {
      return error("it printed no result: " + text.lines().findFirst().orElse("nothing at all"));
    }
    return new Selftest(failed.isEmpty() ? Result.PASS : Result.FAIL, passed, failed, skipped, "");
  }

  /** The test takes "loops_per_jiffy" for an Oops, since it ignores case. */
  private static boolean isFalseAlarm(String failed, String text) {
    Matcher splat = SPLAT.matcher(failed);
    if (!splat.find() || Long.parseLong(splat.group(3)) < Long.parseLong(splat.group(2))) {
      return false;
    }
    List<String> log = text.lines().filter(l -> l.startsWith(LOG)).toList();
    return !log.isEmpty()
        && log.stream().noneMatch(l -> MEANT.matcher(l.substring(LOG.length())).find());
  }

  /** The result in a few words. */
  public String inWords() {
    return switch (result) {
      case PASS -> "pass " + passed + "/" + (passed + skipped);
      case FAIL -> "fail " + failed.size() + "/" + (passed + skipped + failed.size());
      case SKIP -> "skip";
      case FALSE_ALARM -> "false alarm";
      case ERROR -> "error";
      case NONE -> "-";
    };
  }
}
