package org.daxcheck.kernel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.daxcheck.guest.Command;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.KmemBuild;

/** Builds kernels by qemu/kernel-build, and hands out again what was built before. */
public final class KernelBuild {
  /** The program bounds the build itself; fetching and unpacking come on top. */
  private static final Duration LIMIT = Duration.ofMinutes(200);

  private static final String NAME = "kernel-build: ";
  private static final String NOTE = "note: ";
  private static final String OF_CACHE = "cache: ";
  private static final String UNSET = NOTE + "not set: ";

  private final Path home;
  private final Consumer<String> progress;
  private final Map<String, String> environment;

  /**
   * A builder.
   *
   * @param home daxcheck's own folder
   * @param progress hears what is being done, and how far it is
   */
  public KernelBuild(Path home, Consumer<String> progress) {
    this(home, progress, Map.of());
  }

  /** The same with more in the program's environment. */
  KernelBuild(Path home, Consumer<String> progress, Map<String, String> environment) {
    this.home = home;
    this.progress = progress;
    this.environment = environment;
  }

  /** What came of a build. */
  public sealed interface Result {}

  /** A kernel. */
  public record Built(BuiltKernel kernel) implements Result {}

  /** The recipe makes no kernel. */
  public record Refused(KmemBuild.Refused why) implements Result {}

  /**
   * The kernel of this recipe.
   *
   * @throws GuestException where nothing can be built here, whatever the recipe
   */
  public Result of(KernelRecipe recipe) throws GuestException {
    BuildProgress objects = new BuildProgress(System::nanoTime);
    Command.Output output =
        Command.run(
            LIMIT,
            Path.of("").toAbsolutePath(),
            environment,
            line -> progress.accept(objects.of(line).orElse(line.replaceFirst("^" + NAME, ""))),
            words(recipe).toArray(String[]::new));
    List<String> said =
        output
            .err()
            .lines()
            .map(l -> l.replaceFirst("^" + NAME, "").stripTrailing())
            .filter(l -> !BuildProgress.isOne(l) && !l.startsWith(OF_CACHE))
            .toList();
    if (output.ok()) {
      return new Built(BuiltKernel.read(Path.of(output.out().strip()), notes(said)));
    }
    Optional<KmemBuild.Refused> refused = KmemBuild.Refused.of(output.exit(), said);
    if (refused.isPresent()) {
      return new Refused(refused.get());
    }
    throw new GuestException(
        output.exit() == 2 && !said.isEmpty()
            ? said.get(said.size() - 1)
            : "the kernel cannot be built: " + output.complaint());
  }

  /**
   * The kernel of a recipe that should make one.
   *
   * @throws GuestException where it makes none, too
   */
  public BuiltKernel required(KernelRecipe recipe) throws GuestException {
    Result result = of(recipe);
    if (result instanceof Refused refused) {
      throw new GuestException(refused.why().sentence());
    }
    return ((Built) result).kernel();
  }

  /**
   * The kmem driver of a recipe that should make one, in a file of that name.
   *
   * @param name of the file, without {@code .ko}
   * @throws GuestException where it makes none, or the driver is built in
   */
  public Path driver(KernelRecipe recipe, String name) throws GuestException {
    BuiltKernel kernel = required(recipe);
    Path module =
        kernel
            .kmem()
            .orElseThrow(
                () ->
                    new GuestException(
                        kernel.made()
                            + ": kmem is built in, so that no other driver can take its place;"
                            + " build with CONFIG_DEV_DAX_KMEM=m"));
    return KmemBuild.named(module, name);
  }

  private List<String> words(KernelRecipe recipe) {
    List<String> words = new ArrayList<>();
    words.add(home.resolve("qemu/kernel-build").toString());
    recipe.source().ifPresent(s -> words.addAll(List.of("--source", s.toString())));
    recipe.patches().forEach(p -> words.addAll(List.of("--patch", p.toString())));
    if (recipe.fuzz()) {
      words.add("--fuzz");
    }
    recipe.edits().forEach(e -> words.addAll(List.of("--edit", e.toString())));
    words.addAll(List.of("--config", recipe.config()));
    return words;
  }

  private static List<String> notes(List<String> said) {
    return said.stream()
        .filter(l -> l.startsWith(NOTE) && !l.startsWith(UNSET))
        .map(l -> l.substring(NOTE.length()))
        .toList();
  }
}
