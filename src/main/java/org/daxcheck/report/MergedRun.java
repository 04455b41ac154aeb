package org.daxcheck.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.daxcheck.suite.CompletenessResult;
import org.daxcheck.suite.Part;
import org.daxcheck.suite.Provenance;
import org.daxcheck.suite.Run;

/** The whole run that shards are the parts of. */
public final class MergedRun {
  private MergedRun() {}

  /**
   * The whole run, as one machine would have run it: its cases in the order of its plan. A claim
   * stands where the shard that has its cases says so.
   *
   * @param runs the shards, in any order
   * @throws IOException with a sentence for the user where they are not all parts of one run
   */
  public static FinishedRun of(List<FinishedRun> runs) throws IOException {
    Map<Integer, FinishedRun> shards = new TreeMap<>();
    for (FinishedRun run : runs) {
      Part part =
          run.part().orElseThrow(() -> new IOException(run.folder() + " is a whole run, no shard"));
      if (!run.complete()) {
        throw new IOException(
            run.folder()
                + " was interrupted; this does the rest of it: "
                + ShellCommand.of("run", "--resume", run.folder().toString()));
      }
      FinishedRun twice = shards.put(part.shard().number(), run);
      if (twice != null) {
        throw new IOException(
            twice.folder() + " and " + run.folder() + " are both shard " + part.shard());
      }
    }
    FinishedRun first = shards.values().iterator().next();
    for (FinishedRun other : shards.values()) {
      alike(first, other);
    }
    int count = first.part().orElseThrow().shard().count();
    for (int number = 1; number <= count; number++) {
      if (!shards.containsKey(number)) {
        throw new IOException("shard " + number + "/" + count + " is missing");
      }
    }
    return whole(first, List.copyOf(shards.values()));
  }

  private static void alike(FinishedRun a, FinishedRun b) throws IOException {
    same(a, b, "suite", FinishedRun::suite);
    same(a, b, "seed", FinishedRun::seed);
    same(a, b, "version of daxcheck", FinishedRun::version);
    same(a, b, "hash of the suites", r -> made(r, Provenance::suites));
    same(a, b, "hash of the driver", r -> made(r, Provenance::module));
    same(a, b, "number of shards", r -> r.part().orElseThrow().shard().count());
    same(a, b, "number of cases in the whole", r -> r.part().orElseThrow().whole());
    for (Run.TargetInfo t : a.targets()) {
      for (Run.TargetInfo o : b.targets()) {
        if (t.name().equals(o.name())) {
          same(a, b, "kernel of " + t.name(), r -> of(r, t.name()).kernel());
          same(a, b, "dialect of " + t.name(), r -> of(r, t.name()).dialect());
          same(a, b, "driver of " + t.name(), r -> of(r, t.name()).driver());
        }
      }
    }
  }

  private static String made(FinishedRun run, Function<Provenance, String> what) {
    return run.made().map(what).orElse("");
  }

  private static Run.TargetInfo of(FinishedRun run, String target) {
    return run.targets().stream().filter(t -> t.name().equals(target)).findFirst().orElseThrow();
  }

  private static void same(
      FinishedRun a, FinishedRun b, String what, Function<FinishedRun, Object> value)
      throws IOException {
    if (!value.apply(a).equals(value.apply(b))) {
      throw new IOException(
          "%s and %s are of different runs: the %s is '%s' and '%s'"
              .formatted(a.folder(), b.folder(), what, value.apply(a), value.apply(b)));
    }
  }

  /** The target with its topologies in the order of the cases, as one machine met them. */
  private static Run.TargetInfo inOrder(Run.TargetInfo t, Collection<FinishedRun.Case> cases) {
    List<String> met =
        cases.stream()
            .filter(c -> c.target().equals(t.name()))
            .map(FinishedRun.Case::topology)
            .filter(t.topologies()::contains)
            .distinct()
            .toList();
    return new Run.TargetInfo(
        t.name(), t.kind(), t.kernel(), t.dialect(), t.driver(), t.machine(), met);
  }

  private static FinishedRun whole(FinishedRun first, List<FinishedRun> shards) throws IOException {
    int count = first.part().orElseThrow().whole();
    Map<Integer, FinishedRun.Case> placed = new TreeMap<>();
    for (FinishedRun run : shards) {
      Map<String, Integer> places = run.part().orElseThrow().places();
      for (FinishedRun.Case c : run.cases()) {
        Integer place = places.get(c.id());
        if (place == null || place < 0 || place >= count || placed.put(place, c) != null) {
          throw new IOException(
              run.folder() + ": " + c.name() + " has no place of its own in the whole run");
        }
      }
    }
    if (placed.size() != count) {
      throw new IOException(
          "the shards have %d cases, the whole run has %d".formatted(placed.size(), count));
    }
    Map<String, Run.TargetInfo> targets = new LinkedHashMap<>();
    Map<List<String>, CompletenessResult> claims = new LinkedHashMap<>();
    for (FinishedRun run : shards) {
      run.targets().forEach(t -> targets.merge(t.name(), t, (a, b) -> a.andOn(b.topologies())));
      run.claims()
          .forEach(
              c -> claims.merge(List.of(c.target(), c.what()), c, (a, b) -> a.stands() ? a : b));
    }
    return new FinishedRun(
        first.folder(),
        first.version(),
        shards.stream().map(FinishedRun::started).min(Comparator.naturalOrder()).orElseThrow(),
        first.suite(),
        first.seed(),
        true,
        ExitCode.ERROR.code(),
        targets.values().stream().map(t -> inOrder(t, placed.values())).toList(),
        new ArrayList<>(placed.values()),
        new Run.Times(
            shards.stream().mapToLong(r -> r.times().boot()).sum(),
            shards.stream().mapToLong(r -> r.times().kernel()).sum(),
            shards.stream().mapToLong(r -> r.times().total()).sum()),
        new ArrayList<>(claims.values()),
        shards.stream().flatMap(r -> r.retries().stream()).distinct().toList(),
        Optional.empty(),
        first.made().map(m -> m.by(whole(m.command()))));
  }

  /** The command of the whole run, of that of a shard. */
  private static List<String> whole(List<String> command) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < command.size(); i++) {
      if (command.get(i).equals("--shard")) {
        i++;
      } else if (!command.get(i).startsWith("--shard=")) {
        words.add(command.get(i));
      }
    }
    return words;
  }
}
