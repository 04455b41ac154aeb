package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;

/** Kmem drivers that are built from the kernel's own source and our edits of it. */
public final class KmemBuild {
  /** A first build fetches headers, compiler and source. */
  private static final Duration LIMIT = Duration.ofMinutes(15);

  private static final String NOTE = "note: ";

  /** Begins what it says of the cache. */
  private static final String OF_CACHE = "cache: ";

  private KmemBuild() {}

  /**
   * The edits of that name in qemu/drivers and qemu/faults.
   *
   * @throws GuestException for a name that is in neither
   */
  public static List<Path> edits(Path home, List<String> names) throws GuestException {
    List<Path> found = new ArrayList<>();
    for (String name : names) {
      Path driver = home.resolve("qemu/drivers/" + name + ".sed");
      Path fault = home.resolve("qemu/faults/" + name + ".sed");
      if (!name.matches("[a-z0-9-]+")
          || !Files.isRegularFile(driver) && !Files.isRegularFile(fault)) {
        throw new GuestException(
            "--driver '"
                + name
                + "' is neither in qemu/drivers ("
                + String.join(", ", names(home.resolve("qemu/drivers")))
                + ") nor in qemu/faults");
      }
      found.add(Files.isRegularFile(driver) ? driver : fault);
    }
    return found;
  }

  private static List<String> names(Path folder) throws GuestException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".sed"))
          .map(f -> f.substring(0, f.length() - 4))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new GuestException("cannot list " + folder + ": " + IoReason.of(e), e);
    }
  }

  /**
   * What a driver is made of.
   *
   * @param source the driver's source; empty for that of the kernel's package
   * @param patches applied in order, before the edits
   * @param fuzz whether patches may apply though lines around a hunk differ
   * @param edits sed scripts, applied in order
   */
  public record Recipe(Optional<Path> source, List<Path> patches, boolean fuzz, List<Path> edits) {
    public Recipe {
      patches = List.copyOf(patches);
      edits = List.copyOf(edits);
    }

    private String text() {
      List<String> parts = new ArrayList<>();
      source.ifPresent(s -> parts.add(s.getFileName().toString()));
      patches.forEach(p -> parts.add(p.getFileName().toString()));
      edits.forEach(e -> parts.add(name(e)));
      return parts.isEmpty() ? "nothing changed" : String.join(", ", parts);
    }
  }

  /** What came of a build. */
  public sealed interface Result {}

  /**
   * A module.
   *
   * @param notes what the user should know of how it was made, such as warnings of the compiler
   */
  public record Built(Path module, List<String> notes) implements Result {
    public Built {
      notes = List.copyOf(notes);
    }
  }

  /**
   * The recipe makes no driver.
   *
   * @param sentence what is wrong with it, and what to do
   * @param words those of patch(1) or of the compiler, line by line
   */
  public record Refused(Reason reason, String sentence, List<String> words) implements Result {
    public Refused {
      words = List.copyOf(words);
    }

    /**
     * What a program that builds said of a recipe that makes nothing; empty where it ended for
     * another reason.
     *
     * @param exit its exit code
     * @param said its words, the last line its own sentence
     */
    public static Optional<Refused> of(int exit, List<String> said) {
      int last = said.size() - 1;
      return Arrays.stream(Reason.values())
          .filter(r -> r.exit == exit && last >= 0)
          .map(r -> new Refused(r, said.get(last), said.subList(0, last)))
          .findFirst();
    }
  }

  /** Why a recipe makes no driver, or no kernel. */
  public enum Reason {
    DOES_NOT_COMPILE(3, "does not compile"),
    DOES_NOT_APPLY(4, "does not apply"),
    OUTSIDE(5, "outside the module"),
    NO_PATCH(6, "no patch"),
    NO_CHANGE(7, "no change"),
    ONLY_WITH_FUZZ(8, "applies only with fuzz");

    private final int exit;
    private final String text;

    Reason(int exit, String text) {
      this.exit = exit;
      this.text = text;
    }

    /** The reason in words, for people and programs. */
    public String text() {
      return text;
    }
  }

  /**
   * The module with these edits, for the kernel of the guest.
   *
   * @throws GuestException where it cannot be built; for a kernel that is no package, too
   */
  public static Path of(GuestSpec spec, List<Path> edits) throws GuestException {
    if (spec.kernel() instanceof KernelChoice.Files
        || spec.kernel() instanceof KernelChoice.Built) {
      throw new GuestException(
          "--driver builds for a Debian kernel package; for a kernel of your own name"
              + " --kmem-module");
    }
    // Reports name a driver by its file.
    String name = String.join("-", edits.stream().map(KmemBuild::name).toList());
    Result result = of(spec, new Recipe(Optional.empty(), List.of(), false, edits), name);
    if (result instanceof Refused refused) {
      throw new GuestException(
          "the driver cannot be built: "
              + refused.words().stream()
                  .filter(w -> w.contains("error:"))
                  .findFirst()
                  .orElse(refused.sentence()));
    }
    return ((Built) result).module();
  }

  /**
   * The module of this recipe, for the kernel of the guest; it is removed when this process ends.
   *
   * @param name of the module's file, without {@code .ko}
   * @throws GuestException where nothing can be built here, whatever the recipe
   */
  public static Result of(GuestSpec spec, Recipe recipe, String name) throws GuestException {
    spec.progress().accept("building kmem with " + recipe.text());
    Path module = temporary(name);
    List<String> words = new ArrayList<>();
    words.add(spec.home().resolve("qemu/kmem-build").toString());
    recipe.source().ifPresent(s -> words.addAll(List.of("--source", s.toString())));
    recipe.patches().forEach(p -> words.addAll(List.of("--patch", p.toString())));
    if (recipe.fuzz()) {
      words.add("--fuzz");
    }
    recipe.edits().forEach(e -> words.addAll(List.of("--edit", e.toString())));
    if (spec.kernel() instanceof KernelChoice.Packaged packaged) {
      words.add("--package");
      words.add(packaged.name() + packaged.version().map(v -> "=" + v).orElse(""));
    }
    words.addAll(List.of("--out", module.toString()));
    Command.Output output =
        Command.run(LIMIT, Path.of("").toAbsolutePath(), Map.of(), words.toArray(String[]::new));
    List<String> said =
        output
            .err()
            .lines()
            .filter(l -> !l.startsWith(OF_CACHE))
            .map(l -> l.replaceFirst("^kmem-build: ", "").stripTrailing())
            .toList();
    tellOfCache(output, spec.progress());
    if (output.ok()) {
      return new Built(
          module,
          said.stream()
              .filter(l -> l.startsWith(NOTE))
              .map(l -> l.substring(NOTE.length()))
              .toList());
    }
    Optional<Refused> refused = Refused.of(output.exit(), said);
    if (refused.isPresent()) {
      return refused.get();
    }
    throw new GuestException("the driver cannot be built: " + output.complaint());
  }

  /** Hands on what a build said of the cache, for the user. */
  static void tellOfCache(Command.Output output, Consumer<String> told) {
    output
        .err()
        .lines()
        .filter(l -> l.startsWith(OF_CACHE))
        .forEach(l -> Cache.notice(l.substring(OF_CACHE.length()), told));
  }

  /**
   * A copy of a module in a file of that name, which reports show; it is removed when this process
   * ends.
   *
   * @param name without {@code .ko}
   * @throws GuestException where it cannot be written
   */
  public static Path named(Path module, String name) throws GuestException {
    Path copy = temporary(name);
    try {
      return Files.copy(module, copy);
    } catch (IOException e) {
      throw new GuestException("cannot copy the driver " + module + ": " + IoReason.of(e), e);
    }
  }

  private static Path temporary(String name) throws GuestException {
    try {
      Path module = Files.createTempDirectory("daxcheck-kmem").resolve(name + ".ko");
      AtExit.add(() -> remove(module));
      return module;
    } catch (IOException e) {
      throw new GuestException("no temporary folder for the driver: " + IoReason.of(e), e);
    }
  }

  private static String name(Path edit) {
    return edit.getFileName().toString().replaceFirst("\\.sed$", "");
  }

  private static void remove(Path module) {
    try {
      Files.deleteIfExists(module);
      Files.deleteIfExists(module.getParent());
    } catch (IOException e) {
      System.getLogger(KmemBuild.class.getName())
          .log(System.Logger.Level.DEBUG, "the temporary folder stays", e);
    }
  }
}
