package org.daxcheck.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.daxcheck.guest.DriverSwapper;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.mutant.DriverFault;
import org.daxcheck.oracle.Divergence;
import org.daxcheck.report.FinishedRun;
import org.daxcheck.report.Reproducer;
import org.daxcheck.report.Reproduction;
import org.daxcheck.report.RunJson;
import org.daxcheck.run.Home;
import org.daxcheck.run.RunFolder;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.RunListener;
import org.daxcheck.suite.Runner;
import org.daxcheck.target.TargetException;
import org.daxcheck.trace.Trace;

/**
 * Runs the reproducer of every fault of qemu/faults: {@code build}, {@code find} and {@code
 * replay}, each of which goes on where it was interrupted; docs/mutants.md says how they are
 * started.
 */
public final class ReproducerSweep {
  private static final int TRIES = 3;
  private static final Run.Times TIMES = new Run.Times(0, 0, 0);

  private final Path folder;
  private final long until;
  private final Catalogue catalogue = Home.catalogue();
  private final List<DriverFault> faults;
  private final Map<String, PlannedCase> cases = new LinkedHashMap<>();
  private final GuestSpec stock = GuestSpec.of(Home.folder(), Path.of("unused"), Path.of("unused"));

  private ReproducerSweep(Path folder, int seconds, List<String> names) throws IOException {
    this.folder = folder;
    this.until = System.nanoTime() + seconds * 1_000_000_000L;
    this.faults =
        DriverFault.all(Home.folder().resolve("qemu/faults")).stream()
            .filter(f -> f.unseen().isEmpty())
            .filter(f -> names.isEmpty() || names.contains(f.name()))
            .toList();
  }

  /**
   * Does a part of the sweep.
   *
   * @param args build, find, replay or table; the folder of the results; how long something new may
   *     begin, in seconds; and names of faults, all where none is given
   */
  public static void main(String[] args) throws Exception {
    ReproducerSweep sweep =
        new ReproducerSweep(
            Path.of(args[1]), Integer.parseInt(args[2]), List.of(args).subList(3, args.length));
    Files.createDirectories(sweep.folder);
    switch (args[0]) {
      case "build" -> sweep.build();
      case "find" -> sweep.find();
      case "replay" -> sweep.replay();
      case "table" -> sweep.table();
      default -> throw new IllegalArgumentException("expected build, find, replay or table");
    }
  }

  private boolean late() {
    return System.nanoTime() > until;
  }

  private void build() throws GuestException, IOException {
    for (DriverFault fault : faults) {
      if (late()) {
        return;
      }
      if (!Files.exists(module(fault))) {
        Path made = KmemBuild.of(stock, List.of(fault.file()));
        Files.createDirectories(module(fault).getParent());
        Files.copy(made, module(fault));
      }
    }
  }

  /** The driver with the fault; kept here, so that no guest waits for a compiler. */
  private Path module(DriverFault fault) {
    return folder.resolve("built").resolve(fault.name() + "." + fault.hash() + ".ko");
  }

  // ---- a divergence of each fault

  /** The run that found the fault; another fault of that name is none. */
  private Path found(DriverFault fault) {
    return folder.resolve("found").resolve(fault.name() + "." + fault.hash());
  }

  private void find() throws Exception {
    try (DriverSwapper guests =
        new DriverSwapper(stock, folder.resolve("console"), "sweep", true)) {
      Selection full = Selection.suite("full", catalogue);
      Plan.of(
              full.scenarios(),
              full.topologies(),
              List.of(guests.targets(DriverSwapper.Kmem.STOCK)))
          .forEach(c -> cases.put(c.scenario().name(), c));
      List<DriverFault> left =
          faults.stream()
              .filter(f -> Files.exists(module(f)) && !Files.exists(found(f).resolve("run.json")))
              .sorted(Comparator.comparing(f -> cases.get(f.shownBy().get(0)).topology()))
              .toList();
      for (DriverFault fault : left) {
        if (late()) {
          return;
        }
        find(fault, guests);
      }
    }
  }

  private void find(DriverFault fault, DriverSwapper guests) throws Exception {
    RunFolder results = RunFolder.below(found(fault));
    DriverSwapper.Kmem driver = new DriverSwapper.Kmem(fault.name(), Optional.of(module(fault)));
    for (String name : fault.shownBy()) {
      try (Runner runner =
          new Runner(
              List.of(guests.targets(driver)),
              List.of(cases.get(name)),
              SILENT,
              results::sink,
              1)) {
        Run.Case done = runner.perform(cases.get(name));
        System.out.println(
            fault.name() + ": " + done.verdict().status() + " " + done.verdict().reason());
        if (!done.verdict().divergences().isEmpty()) {
          Run run =
              new Run("0", name, Instant.EPOCH, 1, true, runner.targets(), List.of(done), TIMES);
          RunJson.write(
              found(fault).resolve("run.json"), run, Home.book(catalogue), results::traceOf);
          return;
        }
      }
    }
  }

  // ---- and its reproducer, in fresh guests

  private Path row(DriverFault fault) {
    return folder.resolve("rows").resolve(fault.name() + "." + fault.hash());
  }

  private void replay() throws Exception {
    Files.createDirectories(folder.resolve("rows"));
    List<Todo> left = new ArrayList<>();
    for (DriverFault fault : faults) {
      if (!Files.exists(row(fault)) && Files.exists(found(fault).resolve("run.json"))) {
        FinishedRun.Case done = FinishedRun.read(found(fault)).cases().get(0);
        left.add(
            new Todo(
                fault, done.load().orElseThrow().trace(), done.verdict().divergences().get(0)));
      }
    }
    left.sort(Comparator.comparing(t -> t.trace().header().topology()));
    try (DriverSwapper guests =
        new DriverSwapper(stock, folder.resolve("console"), "replay", true)) {
      for (Todo todo : left) {
        if (late()) {
          return;
        }
        replayed(todo, guests);
      }
    }
  }

  /** How often the commands were done over in the guest of the last try. */
  private int over = 1;

  private record Todo(DriverFault fault, Trace trace, Divergence divergence) {}

  /** The first try may be in a guest whose driver was exchanged; the others are in fresh ones. */
  private Optional<String> missing(Todo todo, boolean first, DriverSwapper guests)
      throws IOException {
    Path module = module(todo.fault());
    Reproduction reproduction = Reproducer.reproduction(todo.trace(), todo.divergence());
    String printed = "";
    Optional<String> missing;
    try {
      over = 1;
      if (first) {
        printed =
            guests.script(
                todo.trace().header().topology(),
                new DriverSwapper.Kmem(todo.fault().name(), Optional.of(module)),
                reproduction.script(1),
                Replay.LIMIT_SECONDS * 1000L);
        missing = reproduction.missing(printed);
      } else {
        Replay.Tried tried =
            new Replay(
                    stock.withKmemModule(Optional.of(module)),
                    folder.resolve("console/" + todo.fault().name()))
                .run(todo.trace(), todo.divergence(), 1);
        printed = tried.printed().get(0);
        over = tried.result().over();
        missing =
            tried.result().worked() == 1 ? Optional.empty() : Optional.of(tried.result().why());
      }
    } catch (TargetException e) {
      boolean died = e.kind() == TargetException.Kind.KERNEL && reproduction.kills();
      missing = died ? Optional.empty() : Optional.of(e.kind() + ": " + e.getMessage());
    }
    Files.writeString(
        folder.resolve("rows").resolve(todo.fault().name() + ".txt"),
        reproduction.script(1) + "\n==== printed\n" + printed);
    return missing;
  }

  private void replayed(Todo todo, DriverSwapper guests) throws Exception {
    long begin = System.nanoTime();
    int tries = 0;
    Optional<String> missing;
    do {
      missing = missing(todo, tries == 0, guests);
      tries++;
    } while (missing.isPresent() && tries < TRIES && !late());
    if (missing.isPresent() && tries < TRIES) {
      return; // the next part tries it again
    }
    String row =
        "| %s | %s | %s | %s | %.1f | %s |"
            .formatted(
                todo.fault().name(),
                todo.divergence().rule(),
                todo.divergence().aspect(),
                missing.isPresent() ? "never" : tries + (over > 1 ? ", done over" : ""),
                (System.nanoTime() - begin) / 1e9,
                missing.orElse("").replace("|", "/"));
    Files.writeString(row(todo.fault()), row + "\n");
    System.out.println(row);
  }

  /** All rows, and how many were shown at which try. */
  private void table() throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    System.out.println("| fault | rule | aspect | shown at try | seconds | why not |");
    System.out.println("|---|---|---|---|---|---|");
    for (DriverFault fault : faults) {
      String row =
          Files.exists(row(fault))
              ? Files.readString(row(fault)).strip()
              : "| " + fault.name() + " | | | not run | | |";
      System.out.println(row);
      counts.merge(row.split(" *[|] *")[4].replaceFirst("^\\d+, ", ""), 1, Integer::sum);
    }
    System.out.println("\n" + counts);
  }

  private static final RunListener SILENT =
      new RunListener() {
        @Override
        public void started(PlannedCase planned) {
          // The fault is told as a whole.
        }

        @Override
        public void finished(PlannedCase planned, Run.Case done) {
          // The fault is told as a whole.
        }
      };
}
