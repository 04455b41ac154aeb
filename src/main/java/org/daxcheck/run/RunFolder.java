package org.daxcheck.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;
import org.daxcheck.io.Trees;
import org.daxcheck.report.ReportFile;
import org.daxcheck.report.RunJournal;
import org.daxcheck.step.Observation;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.suite.Run;
import org.daxcheck.suite.TraceSink;
import org.daxcheck.target.KernelCounts;
import org.daxcheck.trace.Trace;
import org.daxcheck.trace.TraceFile;

/**
 * Where the results of a run go. It is ours alone while it is open: what somebody else put there
 * stays, and what a run of before left is kept until there is something in its place.
 */
public final class RunFolder implements AutoCloseable {
  /** Marks a folder as ours, and is locked by who writes there. */
  private static final String MARK = ".daxcheck";

  /** Where a run of before is kept while its place is taken. */
  private static final String BEFORE = "before";

  private static final String BEFORE_ALL = BEFORE + "(-[0-9]+)?";

  /** By which an exploration goes on. */
  public static final String EXPLORATION = "explore.json";

  /** What a kernel counted of its code, by case, and the notes to read that by. */
  public static final String COUNTS = "counts";

  /** The folder of the notes among the counts. */
  public static final String NOTES = "notes";

  /** Each finished case, as soon as it is there. */
  public static final String JOURNAL = RunJournal.FILE;

  /** What the commands write; of a folder of ours, only these are set aside. */
  private static final List<String> OURS =
      Stream.concat(
              Arrays.stream(ReportFile.values()).map(ReportFile::file),
              Stream.of(
                  JOURNAL,
                  "report.html",
                  "patch.json",
                  "unpatched",
                  "patched",
                  "control",
                  "traces",
                  COUNTS,
                  "console",
                  "allure-results"))
          .toList();

  /** Files by which folders are known that have no mark, and the member that only ours have. */
  private static final Map<String, String> KNOWN =
      Map.of("run.json", "\"daxcheckRun\"", "patch.json", "\"daxcheckPatch\"");

  private final Path path;
  private final Optional<FileChannel> lock;
  private final Map<String, String> traces = new ConcurrentHashMap<>();

  private RunFolder(Path path, Optional<FileChannel> lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * The folder that the user named, with what an earlier run left set aside; or a new one with the
   * time in its name.
   *
   * @param named new, empty, or the folder of a run; null where the user named none
   */
  public static RunFolder make(Path named, Instant started) {
    if (named == null) {
      return fresh(started);
    }
    RunFolder folder = keep(named);
    try {
      folder.setAside();
    } catch (IOException e) {
      folder.close();
      throw unwritable(named, e);
    }
    return folder;
  }

  /** Refuses what is no folder for results, before anything is done. */
  public static void check(Path named) {
    if (named == null) {
      return;
    }
    if (named.toString().isBlank()) {
      throw new Failure("--out '' names no folder; is a variable of a script unset?");
    }
    try {
      if (Files.exists(named) && !Files.isDirectory(named)) {
        throw new Failure("--out " + named + " is a file; name a folder");
      }
      if (Files.isDirectory(named) && !isEmpty(named) && !isOurs(named)) {
        throw new Failure(
            "--out "
                + named
                + " holds something that is no run of daxcheck; name a new or an empty folder");
      }
    } catch (IOException e) {
      throw unwritable(named, e);
    }
  }

  /** The folder that the user named, with all that is in it; new, empty, or one of ours. */
  public static RunFolder keep(Path named) {
    check(named);
    try {
      Files.createDirectories(named);
      return new RunFolder(named, Optional.of(lock(named)));
    } catch (IOException e) {
      throw unwritable(named, e);
    }
  }

  /** A folder below one that is ours. */
  public static RunFolder below(Path inside) {
    RunFolder folder = new RunFolder(inside, Optional.empty());
    try {
      Files.createDirectories(inside);
      for (String old : OURS) {
        Trees.remove(inside.resolve(old));
      }
    } catch (IOException e) {
      throw unwritable(inside, e);
    }
    return folder;
  }

  private static RunFolder fresh(Instant started) {
    Path all = Home.folder().resolve("reports/out");
    try {
      Files.createDirectories(all);
      String time =
          DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC).format(started);
      for (int i = 1; ; i++) {
        Path fresh = all.resolve(i == 1 ? time : time + "-" + i);
        try {
          Files.createDirectory(fresh);
        } catch (FileAlreadyExistsException e) {
          // Two runs began in the same second; the later takes the next name.
          continue;
        }
        Path link = all.resolve("latest.new." + fresh.getFileName());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, fresh.getFileName());
        Files.move(
            link,
            all.resolve("latest"),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.ATOMIC_MOVE);
        return new RunFolder(fresh, Optional.of(lock(fresh)));
      }
    } catch (IOException e) {
      throw unwritable(all, e);
    }
  }

  private static Failure unwritable(Path folder, IOException e) {
    return new Failure(
        "cannot write to " + folder + ": " + IoReason.of(e) + "; name another folder with --out");
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.findAny().isEmpty();
    }
  }

  /** By what stands in it, never by a name alone: others have a run.json too. */
  private static boolean isOurs(Path folder) throws IOException {
    if (Files.isRegularFile(folder.resolve(MARK))
        || Files.isRegularFile(folder.resolve(JOURNAL))
        || Files.isRegularFile(folder.resolve(EXPLORATION))) {
      return true;
    }
    for (Map.Entry<String, String> known : KNOWN.entrySet()) {
      Path file = folder.resolve(known.getKey());
      if (Files.isRegularFile(file) && Files.readString(file).contains(known.getValue())) {
        return true;
      }
    }
    return false;
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel mark =
        FileChannel.open(folder.resolve(MARK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      // The kernel lets go of it when its owner dies, however it dies.
      if (mark.tryLock() != null) {
        return mark;
      }
    } catch (OverlappingFileLockException e) {
      // Somebody in this very process has it.
    }
    mark.close();
    throw new Failure(
        folder + " is in use by another daxcheck; wait until it ends, or name another folder");
  }

  /** Moves what an earlier run left to a folder beside, where no other is kept yet. */
  private void setAside() throws IOException {
    List<Path> old = OURS.stream().map(path::resolve).filter(Files::exists).toList();
    if (old.isEmpty()) {
      return;
    }
    Path before = path.resolve(BEFORE);
    for (int i = 2; Files.exists(before); i++) {
      before = path.resolve(BEFORE + "-" + i);
    }
    Files.createDirectory(before);
    for (Path file : old) {
      Files.move(file, before.resolve(file.getFileName()));
    }
    // So that it is known as ours, and can be read as the run that it is.
    Files.createFile(before.resolve(MARK));
  }

  /** Lets go of what was set aside: there is a whole run in its place. */
  public void replaced() {
    try (Stream<Path> all = Files.list(path)) {
      for (Path before : all.filter(RunFolder::isSetAside).toList()) {
        Trees.remove(before);
      }
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  private static boolean isSetAside(Path folder) {
    return folder.getFileName().toString().matches(BEFORE_ALL)
        && Files.isRegularFile(folder.resolve(MARK));
  }

  /** Whether a run moves or removes what has this name in its folder. */
  public static boolean takes(String name) {
    return OURS.contains(name) || name.matches(BEFORE_ALL);
  }

  /**
   * What is lost of it while we hold it, in words for the user; empty where nothing is. Somebody
   * may remove or move a folder while a run goes on, and what is written later makes it anew.
   */
  public Optional<String> lost() {
    long gone = traces.values().stream().filter(t -> !Files.exists(path.resolve(t))).count();
    return lock.isPresent() && !Files.exists(path.resolve(MARK))
        ? Optional.of(path + " was removed or moved while the run went on")
        : gone > 0
            ? Optional.of(
                gone + " of " + traces.size() + " traces in " + path + " were removed meanwhile")
            : Optional.empty();
  }

  /** Lets others write there. */
  @Override
  public void close() {
    lock.ifPresent(
        l -> {
          try {
            l.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** The trace file of a case, relative to the folder, where it has one. */
  public Optional<String> traceOf(Run.Case done) {
    return Optional.ofNullable(traces.get(done.id()));
  }

  /** Knows the trace of a case that an earlier run into this folder left. */
  public void has(Run.Case done) {
    traces.put(done.id(), traceName(done.id()));
  }

  private static String traceName(String id) {
    return "traces/" + id + ".jsonl";
  }

  /** What takes the trace of a case: a file below {@code traces}. */
  public TraceSink sink(PlannedCase planned) {
    String relative = traceName(planned.id());
    Path file = path.resolve(relative);
    return new TraceSink() {
      private TraceFile.Writer writer;

      @Override
      public void begin(Trace.Header header, Observation before, Optional<Observation> boot) {
        try {
          Files.deleteIfExists(file);
          writer = TraceFile.create(file, header, before, boot);
          traces.put(planned.id(), relative);
        } catch (IOException e) {
          throw new Failure("cannot write " + file + ": " + IoReason.of(e));
        }
      }

      @Override
      public void add(Trace.Entry entry) {
        try {
          writer.append(entry);
        } catch (IOException e) {
          throw new Failure("cannot write " + file + ": " + IoReason.of(e));
        }
      }

      @Override
      public void counted(KernelCounts counts) {
        Path folder = path.resolve(COUNTS).resolve(planned.id());
        try {
          keepNotes(counts.notes());
          Files.createDirectories(folder);
          for (Map.Entry<String, byte[]> file : counts.data().entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
          }
        } catch (IOException e) {
          throw new Failure("cannot write " + folder + ": " + IoReason.of(e));
        }
      }

      @Override
      public void end(boolean whole) {
        if (writer == null) {
          return;
        }
        try (TraceFile.Writer last = writer) {
          if (whole) {
            last.finish();
          }
        } catch (IOException e) {
          throw new Failure("cannot write " + file + ": " + IoReason.of(e));
        }
      }
    };
  }

  /** Copies the notes, once: the run can be read where the kernel is gone. */
  private synchronized void keepNotes(Path notes) throws IOException {
    Path to = path.resolve(COUNTS).resolve(NOTES);
    if (!Files.exists(to)) {
      Trees.copy(notes, to);
    }
  }
}
