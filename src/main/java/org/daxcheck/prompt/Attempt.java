package org.daxcheck.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.oracle.Account;
import org.daxcheck.oracle.Allowance;
import org.daxcheck.oracle.Cause;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.oracle.Oracle;
import org.daxcheck.oracle.Verdict;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.suite.Session;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/**
 * Steps that somebody tries on one target, one after the other. After each the whole trace is
 * judged by the oracle that judges every run.
 */
public final class Attempt implements AutoCloseable {
  /** Steps stand in the lines of a scenario that has no header yet. */
  private static final String NAME = "tried";

  private final Session session;
  private final List<Scenario.Line> lines = new ArrayList<>();
  private Trace trace;
  private Verdict verdict;
  private List<Account> accounts = List.of();

  private Attempt(Session session) {
    this.session = session;
    this.trace = session.attempts(scenario());
    judge();
  }

  /**
   * Takes a fresh target into use, and brings the device to where every scenario begins. It is
   * closed with the attempt, and where that fails.
   */
  public static Attempt on(Target target) throws TargetException {
    try {
      return new Attempt(Session.open(target));
    } catch (TargetException e) {
      target.close();
      throw e;
    }
  }

  /**
   * What a step came to.
   *
   * @param entry its index in the trace
   * @param account how it was judged; empty where nothing could be any more
   * @param news what is against a rule in it
   * @param notes what is legal in it, but unusual
   * @param open why nothing can be judged from here on; empty where it can, or was said before
   */
  public record Done(
      int entry,
      Optional<Account> account,
      List<Divergence> news,
      List<Verdict.Note> notes,
      String open) {
    public Done {
      news = List.copyOf(news);
      notes = List.copyOf(notes);
    }
  }

  /** Does the step of a line; where the target dies of it, there is no answer. */
  public Done does(Scenario.Line line) throws TargetException {
    Verdict before = verdict;
    Trace.Entry done = session.attempt(line.number(), line.step());
    lines.add(line);
    List<Trace.Entry> entries = new ArrayList<>(trace.entries());
    entries.add(done);
    trace = new Trace(trace.header(), trace.before(), entries, trace.boot());
    judge();
    int at = entries.size() - 1;
    List<Divergence> news = new ArrayList<>(verdict.divergences());
    news.removeAll(before.divergences());
    List<Verdict.Note> notes = new ArrayList<>(verdict.notes());
    before.notes().forEach(notes::remove);
    return new Done(
        at,
        accounts.stream().filter(a -> a.entry() == at).findFirst(),
        news,
        notes,
        verdict.reason().equals(before.reason()) ? "" : verdict.reason());
  }

  private void judge() {
    List<Account> heard = new ArrayList<>();
    try {
      verdict = Oracle.judge(trace, scenario(), new Allowance(), heard::add);
    } catch (IllegalArgumentException e) {
      // A policy or a word that no document knows.
      verdict = Verdict.error(Cause.UNSPECIFIED, e.getMessage());
    }
    accounts = List.copyOf(heard);
  }

  private Scenario scenario() {
    return new Scenario(
        NAME,
        NAME,
        List.of(),
        List.of(),
        new Scenario.Needs(false, 1, 0, Set.of()),
        new Scenario.Start(Optional.empty(), Optional.empty(), Optional.empty()),
        false,
        lines,
        "");
  }

  /** The verdict on all that was done so far. */
  public Verdict verdict() {
    return verdict;
  }

  /** All that was done so far. */
  public Trace trace() {
    return trace;
  }

  /** The lines that were done, in their order. */
  public List<Scenario.Line> lines() {
    return List.copyOf(lines);
  }

  /** How the last step was judged; empty before the first. */
  public Optional<Account> last() {
    int at = trace.entries().size() - 1;
    return accounts.stream().filter(a -> a.entry() == at && at >= 0).findFirst();
  }

  @Override
  public void close() {
    session.close();
  }
}
