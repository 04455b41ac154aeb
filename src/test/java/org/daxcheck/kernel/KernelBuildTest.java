package org.daxcheck.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.daxcheck.guest.GuestException;
import org.daxcheck.guest.KmemBuild;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * What qemu/kernel-build does with a tree, on one that is as small as can be: its objects are
 * copies of sources, which make counts and renews as it does a kernel's.
 */
public class KernelBuildTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();

  private static final String MAKEFILE =
      """
      objects := $(O)/mm.o $(O)/kmem.o $(if $(wildcard fs/new.c),$(O)/new.o)
      vpath %.c mm drivers/dax fs
      all always:
      bzImage: $(O)/arch/x86/boot/bzImage
      modules: $(O)/drivers/dax/kmem.ko
      \t@mkdir -p $(O)/include/config
      \t@echo 7.3.4-tiny > $(O)/include/config/kernel.release
      \t@echo drivers/dax/kmem.o > $(O)/modules.order
      \t@: > $(O)/modules.builtin
      $(O)/%.o: %.c
      \t@echo '  CC      $<'
      \t@! grep -q BROKEN $< || { echo "$(CURDIR)/$<:1:1: error: it is broken" >&2; exit 1; }
      \t@! grep -q UNLUCKY $< || { echo "no space left" >&2; exit 1; }
      \t@cp $< $@
      \t@echo '$(CURDIR)/$<' > $(O)/.$*.o.cmd
      $(O)/arch/x86/boot/bzImage: $(objects) always
      \t@mkdir -p $(@D)
      \t@cat $(objects) > $@
      \t@cp $@ $(O)/System.map
      $(O)/drivers/dax/kmem.ko: $(O)/kmem.o
      \t@mkdir -p $(@D)
      \t@cp $< $@
      """;

  /** What stands in for the kernel's own tool: it takes all but one option. */
  private static final String MERGE =
      """
      #!/bin/sh
      while [ "$1" != -O ]; do shift; done
      out=$2
      shift 2
      cat "$@" | grep -v CONFIG_KPROBES > "$out/.config"
      """;

  private Path folder;
  private Path tree;
  private Path cache;
  private final List<String> said = new ArrayList<>();

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("daxcheck-kernel");
    tree = folder.resolve("tree");
    // Names that mean something else to a regular expression.
    cache = folder.resolve("ca+che~1");
    write("Kbuild", "");
    write("Makefile", MAKEFILE);
    write("drivers/dax/Kconfig", "");
    write("drivers/dax/kmem.c", "one\ndriver\nthree\n");
    write("mm/mm.c", "one\ntwo\nthree\n");
    Path merge = write("scripts/kconfig/merge_config.sh", MERGE);
    Files.setPosixFilePermissions(merge, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterMethod(alwaysRun = true)
  public void clean() throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  private Path write(String name, String text) throws IOException {
    Path file = tree.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Path patch(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String change(String file, String from, String to) {
    return "--- a/%1$s\n+++ b/%1$s\n@@ -1,3 +1,3 @@\n one\n-%2$s\n+%3$s\n three\n"
        .formatted(file, from, to);
  }

  private KernelBuild.Result build(Path... patches) throws GuestException {
    said.clear();
    KernelRecipe recipe =
        KernelRecipe.plain(Optional.of(tree), "small").patched(List.of(patches), false);
    return builder().of(recipe);
  }

  private KernelBuild builder() {
    return new KernelBuild(HOME, said::add, Map.of("XDG_CACHE_HOME", cache.toString()));
  }

  private BuiltKernel built(Path... patches) throws GuestException {
    KernelBuild.Result result = build(patches);
    assertThat(result).as(said.toString()).isInstanceOf(KernelBuild.Built.class);
    return ((KernelBuild.Built) result).kernel();
  }

  private KmemBuild.Refused refused(KmemBuild.Reason reason, Path... patches)
      throws GuestException {
    KernelBuild.Result result = build(patches);
    assertThat(result).isInstanceOf(KernelBuild.Refused.class);
    KmemBuild.Refused why = ((KernelBuild.Refused) result).why();
    assertThat(why.reason()).as(why.sentence()).isEqualTo(reason);
    return why;
  }

  /** Which sources the last build made objects of, as far as it said. */
  private List<String> compiled() throws IOException {
    try (Stream<Path> logs = Files.walk(cache.resolve("daxcheck/trees"))) {
      Path log = logs.filter(f -> f.endsWith("make.log")).findFirst().orElseThrow();
      return Files.readAllLines(log).stream()
          .filter(l -> l.startsWith("  CC "))
          .map(l -> l.substring(l.lastIndexOf(' ') + 1))
          .sorted()
          .toList();
    }
  }

  private static String image(BuiltKernel kernel) throws IOException {
    return Files.readString(kernel.folder().resolve("bzImage"));
  }

  @Test
  public void aKernelIsBuiltOnceAndKeptByWhatItIsMadeOf() throws Exception {
    BuiltKernel first = built();
    assertThat(first.release()).isEqualTo("7.3.4-tiny");
    assertThat(first.made()).isEqualTo(tree.toRealPath() + ", config small");
    assertThat(image(first)).isEqualTo("one\ntwo\nthree\none\ndriver\nthree\n");
    assertThat(first.kmem().orElseThrow()).hasContent("one\ndriver\nthree\n");
    assertThat(compiled()).containsExactly("drivers/dax/kmem.c", "mm/mm.c");
    assertThat(said).anyMatch(l -> l.startsWith("building the kernel: "));
    assertThat(first.folder().resolve("config")).content().contains("CONFIG_DEV_DAX_KMEM=m");
    assertThat(built()).isEqualTo(first);
    assertThat(said).noneMatch(l -> l.startsWith("building")).anyMatch(l -> l.contains("cache"));
  }

  @Test
  public void whatOfTheConfigCouldNotBeSetIsTold() throws Exception {
    assertThat(built().unset()).containsExactly("CONFIG_KPROBES: asked for y, is n");
  }

  @Test
  public void aPatchBuildsWhatItTouchesAndLeavesNothingBehind() throws Exception {
    BuiltKernel plain = built();
    Path mm = patch("mm.patch", change("mm/mm.c", "two", "2"));
    BuiltKernel patched = built(mm);
    assertThat(compiled()).containsExactly("mm/mm.c");
    assertThat(image(patched)).isEqualTo("one\n2\nthree\none\ndriver\nthree\n");
    assertThat(patched.folder()).isNotEqualTo(plain.folder());
    BuiltKernel other = built(patch("kmem.patch", change("drivers/dax/kmem.c", "driver", "D")));
    assertThat(image(other))
        .as("the other patch is gone")
        .isEqualTo("one\ntwo\nthree\none\nD\nthree\n");
    assertThat(built(mm)).as("what is known needs no build").isEqualTo(patched);
    assertThat(tree.resolve("mm/mm.c")).as("the user's own").hasContent("one\ntwo\nthree\n");
  }

  @Test
  public void aSeriesMayAddRenameAndRemoveFiles() throws Exception {
    Path adds =
        patch(
            "1.patch",
            "diff --git a/fs/new.c b/fs/new.c\nnew file mode 100644\n--- /dev/null\n+++ b/fs/new.c\n"
                + "@@ -0,0 +1,3 @@\n+one\n+new\n+three\n");
    Path changes = patch("2.patch", change("fs/new.c", "new", "newer"));
    assertThat(image(built(adds, changes))).endsWith("one\nnewer\nthree\n");
    assertThat(image(built())).as("it is gone again").doesNotContain("newer");
    assertThat(image(built(adds))).endsWith("one\nnew\nthree\n");
    Path renames =
        patch(
            "3.patch",
            "diff --git a/fs/new.c b/mm/new.c\nsimilarity index 100%\nrename from fs/new.c\n"
                + "rename to mm/new.c\n");
    Path removes =
        patch("4.patch", "--- a/mm/new.c\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-one\n-new\n-three\n");
    assertThat(image(built(adds, renames, removes))).doesNotContain("new");
  }

  @Test
  public void whatChangesInTheTreeIsBuiltAnew() throws Exception {
    built(patch("mm.patch", change("mm/mm.c", "two", "2")));
    write("drivers/dax/kmem.c", "one\nanother\nthree\n");
    BuiltKernel changed = built();
    assertThat(image(changed)).isEqualTo("one\ntwo\nthree\none\nanother\nthree\n");
    write("fs/new.c", "more\n");
    assertThat(image(built())).endsWith("more\n");
    Files.delete(tree.resolve("fs/new.c"));
    assertThat(image(built())).doesNotContain("more");
  }

  @Test
  public void whatDoesNotApplyIsToldByItsHunk() throws Exception {
    Path foreign = patch("x.patch", change("mm/mm.c", "of another kernel", "2"));
    assertThat(refused(KmemBuild.Reason.DOES_NOT_APPLY, foreign).sentence())
        .contains("x.patch:3: hunk 1 of 1 does not apply to mm/mm.c:1 of " + tree.toRealPath());
    Path lost = patch("lost.patch", change("mm/nowhere.c", "two", "2"));
    assertThat(refused(KmemBuild.Reason.DOES_NOT_APPLY, lost).sentence())
        .contains("lost.patch:1: there is no mm/nowhere.c in");
    assertThat(refused(KmemBuild.Reason.NO_PATCH, patch("empty.patch", "words\n")).sentence())
        .contains("empty.patch holds no patch");
  }

  @Test
  public void theCompilersWordsAreToldAndTheNextPatchIsBuilt() throws Exception {
    Path bad = patch("bad.patch", change("mm/mm.c", "two", "BROKEN"));
    KmemBuild.Refused why = refused(KmemBuild.Reason.DOES_NOT_COMPILE, bad);
    assertThat(why.words()).contains("mm/mm.c:1:1: error: it is broken");
    Path good = patch("good.patch", change("mm/mm.c", "two", "2"));
    assertThat(image(built(good))).startsWith("one\n2\nthree\n");
  }

  @Test
  public void troubleOfTheHostIsNoFaultOfThePatch() throws Exception {
    Path unlucky = patch("bad.patch", change("mm/mm.c", "two", "UNLUCKY"));
    assertThatThrownBy(() -> build(unlucky))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("no space left");
  }

  @Test
  public void aFolderThatIsNoTreeIsRefused() {
    KernelRecipe recipe = KernelRecipe.plain(Optional.of(folder), "small");
    assertThatThrownBy(() -> builder().of(recipe))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("--source " + folder + " is no kernel tree");
    assertThatThrownBy(() -> builder().of(KernelRecipe.plain(Optional.of(tree), "smal")))
        .isInstanceOf(GuestException.class)
        .hasMessageContaining("--config smal is neither a file nor one of: ")
        .hasMessageContaining("small");
  }

  @Test(timeOut = 120_000)
  public void aBuildThatIsInterruptedEndsAndLeavesNoHalfKernel() throws Exception {
    write("mm/mm.c", "one\n");
    write(
        "Makefile", MAKEFILE.replace("\t@cp $< $@\n\t@echo '$(C", "\t@cat $(wait)\n\t@echo '$(C"));
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path makefile = tree.resolve("Makefile");
    Files.writeString(makefile, "wait := " + pipe + "\n" + Files.readString(makefile));
    ProcessBuilder program =
        new ProcessBuilder(
                HOME.resolve("qemu/kernel-build").toString(), "--source", tree.toString())
            .redirectErrorStream(true);
    program.environment().put("XDG_CACHE_HOME", cache.toString());
    Process process = program.start();
    try (var lines = process.inputReader()) {
      // Its first object is under way, and will never be done.
      assertThat(lines.lines().anyMatch(l -> l.matches("objects [1-9].*"))).isTrue();
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
    assertThat(cache.resolve("daxcheck/built")).isEmptyDirectory();
  }
}
