package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.daxcheck.io.Trees;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/**
 * What qemu/kmem-build makes of patches, on the driver in Debian's newest kernel. The patches are
 * made here from edits of ours: no kernel code is kept.
 */
public class KmemBuildTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();
  private static final Path BUILD = HOME.resolve("qemu/kmem-build");
  private static final long MINUTES = 20;

  /** What the patch of the tests puts into the driver. */
  private static final String MARK = "ENOENT";

  private final GuestSpec spec = GuestSpec.of(HOME, Path.of("unused"), Path.of("unused"));
  private Path folder;
  private String patch;

  @BeforeClass
  public void makeAPatch() throws Exception {
    folder = Files.createTempDirectory("daxcheck-patches");
    patch = diff("--edit", HOME.resolve("qemu/faults/bad-word-errno.sed").toString());
    assertThat(patch)
        .startsWith("--- a/drivers/dax/kmem.c\n+++ b/drivers/dax/kmem.c\n@@ ")
        .contains(MARK);
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws IOException {
    if (folder != null) {
      Trees.remove(folder);
    }
  }

  private String diff(String... words) throws Exception {
    Path out = Files.createTempFile(folder, "diff", "");
    java.util.ArrayList<String> all =
        new java.util.ArrayList<>(List.of(BUILD.toString(), "--diff"));
    all.addAll(List.of(words));
    Process process =
        new ProcessBuilder(all)
            .redirectOutput(out.toFile())
            .redirectError(Path.of(out + ".err").toFile())
            .start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("kmem-build ends").isTrue();
      assertThat(process.exitValue()).as(Files.readString(Path.of(out + ".err"))).isZero();
      return Files.readString(out);
    } finally {
      process.destroyForcibly();
    }
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private KmemBuild.Result build(Path... patches) throws GuestException {
    return build(false, patches);
  }

  private KmemBuild.Result build(boolean fuzz, Path... patches) throws GuestException {
    return KmemBuild.of(
        spec,
        new KmemBuild.Recipe(Optional.empty(), List.of(patches), fuzz, List.of()),
        "kmem-test");
  }

  private KmemBuild.Refused refused(KmemBuild.Reason reason, Path... patches)
      throws GuestException {
    KmemBuild.Result result = build(patches);
    assertThat(result).isInstanceOf(KmemBuild.Refused.class);
    KmemBuild.Refused refused = (KmemBuild.Refused) result;
    assertThat(refused.reason()).as(refused.sentence()).isEqualTo(reason);
    return refused;
  }

  /** A part of a patch that changes one line of another file. */
  private static String other(String path) {
    return "diff --git a/%1$s b/%1$s\n--- a/%1$s\n+++ b/%1$s\n@@ -1 +1 @@\n-old\n+new\n"
        .formatted(path);
  }

  private static String mail(String body) {
    return "From 0123 Mon Sep 17 00:00:00 2001\nFrom: A U Thor <a@example.org>\n"
        + "Subject: [PATCH] dax/kmem: x\n\nSome words.\n--- not a file\n---\n drivers/dax/kmem.c | 2"
        + " +-\n 1 file changed\n\n"
        + body
        + "-- \n2.47.3\n\n";
  }

  @Test
  public void aModuleThatWasCutInTheCacheIsBuiltAnewAndTold() throws Exception {
    // A cache of its own for modules, with all that is large from the user's.
    Path own = Files.createDirectories(folder.resolve("cache/daxcheck"));
    for (String shared : List.of("debs", "linux-source", "kbuild", "apt")) {
      Files.createSymbolicLink(own.resolve(shared), Cache.rootOfUser().resolve(shared));
    }
    Path out = folder.resolve("whole.ko");
    String fault = HOME.resolve("qemu/faults/bad-word-errno.sed").toString();
    Map<String, String> cache = Map.of("XDG_CACHE_HOME", own.getParent().toString());
    List<String> said = new java.util.ArrayList<>();
    byte[] whole = new byte[0];
    for (int i = 0; i < 2; i++) {
      Command.Output output =
          Command.run(
              java.time.Duration.ofMinutes(MINUTES),
              folder,
              cache,
              BUILD.toString(),
              "--edit",
              fault,
              "--out",
              out.toString());
      assertThat(output.exit()).as(output.err()).isZero();
      KmemBuild.tellOfCache(output, said::add);
      if (i == 0) {
        assertThat(said).isEmpty();
        whole = Files.readAllBytes(out);
        try (var modules = Files.list(own.resolve("kmem"))) {
          Path module = modules.filter(m -> m.toString().endsWith(".ko")).findAny().orElseThrow();
          Files.write(module, java.util.Arrays.copyOf(whole, 1000));
        }
      }
    }
    assertThat(said).singleElement().asString().contains(".ko is cut or altered");
    assertThat(out).hasBinaryContent(whole);
  }

  @Test
  public void aPatchAndTheSameInAMailMakeTheSameDriver() throws Exception {
    Path plain = file("plain.patch", patch);
    Path mailed =
        file(
            "mail.patch",
            mail(
                "diff --git a/Documentation/ABI/x b/Documentation/ABI/x\nnew file mode 100644\n"
                    + "--- /dev/null\n+++ b/Documentation/ABI/x\n@@ -0,0 +1,2 @@\n+-- \n+x\n"
                    + "diff --git a/drivers/dax/kmem.c b/drivers/dax/kmem.c\nindex 0..1 100644\n"
                    + patch));
    KmemBuild.Result one = build(plain);
    assertThat(one).isInstanceOf(KmemBuild.Built.class);
    KmemBuild.Result two = build(mailed);
    assertThat(two).isInstanceOf(KmemBuild.Built.class);
    assertThat(((KmemBuild.Built) two).module())
        .hasSameBinaryContentAs(((KmemBuild.Built) one).module());
    assertThat(((KmemBuild.Built) two).notes())
        .as("what is left out is told")
        .anyMatch(n -> n.contains("left out") && n.contains("Documentation/ABI/x"));
    assertThat(diff("--patch", mailed.toString())).isEqualTo(patch);
  }

  @Test
  public void namesThatDiffWritesAreUnderstood() throws Exception {
    for (String names :
        List.of(
            "--- kmem.c.orig\t2026-11-21 10:00:00 +0000\n+++ kmem.c\t2026-11-21 10:00:01 +0000\n",
            "--- linux-7.3.orig/drivers/dax/kmem.c\n+++ linux-7.3/drivers/dax/kmem.c\n",
            "--- /usr/src/linux/drivers/dax/kmem.c\n+++ /home/me/kmem.c\n",
            "--- drivers/dax/kmem.c\n+++ drivers/dax/kmem.c\n")) {
      Path renamed = file("names.patch", names + patch.substring(patch.indexOf("@@ ")));
      assertThat(diff("--patch", renamed.toString())).as(names).isEqualTo(patch);
    }
  }

  @Test
  public void aPatchThatDoesNotApplyIsToldByItsHunk() throws Exception {
    String foreign = patch.replaceFirst("(?m)^-.*return .*$", "-\treturn of_another_kernel;");
    KmemBuild.Refused r =
        refused(KmemBuild.Reason.DOES_NOT_APPLY, file("foreign.patch", mail(foreign)));
    int line = (int) mail(foreign).lines().takeWhile(l -> !l.startsWith("@@")).count() + 1;
    assertThat(r.sentence())
        .contains("foreign.patch:" + line + ": hunk 1 of 1 does not apply")
        .containsPattern("drivers/dax/kmem\\.c:\\d+ of ")
        .contains("--source", "--kernel --tree");
    assertThat(r.words()).as("the words of patch(1)").anyMatch(w -> w.contains("Hunk #1 FAILED"));
  }

  @Test
  public void aPatchThatIsInTheDriverAlreadyIsToldApart() throws Exception {
    Path twice = file("twice.patch", patch);
    assertThat(refused(KmemBuild.Reason.DOES_NOT_APPLY, twice, twice).sentence())
        .contains("already");
  }

  @Test
  public void aDamagedPatchIsToldByItsLine() throws Exception {
    String wrapped = patch.replaceFirst("(?m)^( .*)$", " cut\nhere");
    int line = (int) wrapped.lines().takeWhile(l -> !l.equals("here")).count() + 1;
    assertThat(refused(KmemBuild.Reason.DOES_NOT_APPLY, file("cut.patch", wrapped)).sentence())
        .contains("cut.patch:" + line)
        .contains("damaged");
  }

  @Test
  public void aHunkThatCameToAnotherPlaceIsTold() throws Exception {
    int at = patch.indexOf("@@ -") + 4;
    int line = Integer.parseInt(patch.substring(at, patch.indexOf(',', at)));
    Path moved = file("moved.patch", patch.replace("-" + line + ",", "-" + (line - 5) + ","));
    KmemBuild.Result result = build(moved);
    assertThat(result).isInstanceOf(KmemBuild.Built.class);
    assertThat(((KmemBuild.Built) result).notes())
        .anyMatch(n -> n.contains("drivers/dax/kmem.c:" + line) && n.contains("offset 5 lines"));
    Path fuzzy = file("fuzzy.patch", patch.replaceFirst("(?m)^ .*$", " /* another comment */"));
    KmemBuild.Refused refused = refused(KmemBuild.Reason.ONLY_WITH_FUZZ, fuzzy);
    assertThat(refused.sentence())
        .containsPattern("fuzzy\\.patch:\\d+: hunk 1 of 1 applies to drivers/dax/kmem\\.c:\\d+ of ")
        .contains("only with fuzz 1", "--fuzz");
    assertThat(((KmemBuild.Built) build(true, fuzzy)).notes())
        .anyMatch(n -> n.contains("fuzz 1") && n.contains("see that this is the place"));
  }

  @Test
  public void aPatchThatDoesNotCompileIsToldInTheCompilersWords() throws Exception {
    KmemBuild.Refused r =
        refused(
            KmemBuild.Reason.DOES_NOT_COMPILE,
            file("words.patch", patch.replace(MARK, "ENOSUCHERROR")));
    assertThat(r.words())
        .anyMatch(
            w -> w.matches("drivers/dax/kmem\\.c:\\d+:\\d+: error: .*ENOSUCHERROR.*undeclared.*"));
    assertThat(r.sentence()).contains("patch --kernel");
  }

  /** Parts of a patch beside that of the driver, and what is said of them. */
  @DataProvider
  public Object[][] strangers() {
    return new Object[][] {
      {other("mm/memory_hotplug.c"), "mm/memory_hotplug.c"},
      {other("fs/xfs/kmem.c"), "fs/xfs/kmem.c"},
      {other("drivers/dax/Makefile"), "drivers/dax/Makefile"},
      {other("drivers/dax/bus.c"), "drivers/dax/bus.c"},
      {other("drivers/dax/bus.h"), "drivers/dax/bus.h"},
      {
        "diff --git a/drivers/dax/kmem.c b/drivers/dax/plug.c\nsimilarity index 100%\nrename from"
            + " drivers/dax/kmem.c\nrename to drivers/dax/plug.c\n",
        "drivers/dax/kmem.c (renamed)"
      },
    };
  }

  @Test(dataProvider = "strangers")
  public void whatIsOutsideTheModuleIsNamed(String stranger, String name) throws Exception {
    KmemBuild.Refused r =
        refused(KmemBuild.Reason.OUTSIDE, file("outside.patch", stranger + patch));
    assertThat(r.sentence()).contains(name, "patch --kernel").doesNotContain("kmem.c,");
    assertThat(r.words().toString().contains("all of drivers/dax is built with it"))
        .isEqualTo(name.endsWith(".h"));
  }

  @Test
  public void aHeaderThatThePatchBringsIsOfTheModule() throws Exception {
    Path brings =
        file(
            "header.patch",
            "--- /dev/null\n+++ b/drivers/dax/kmem-own.h\n@@ -0,0 +1 @@\n+#define OWN 1\n" + patch);
    assertThat(diff("--patch", brings.toString()))
        .contains("+++ b/drivers/dax/kmem-own.h\n", "+#define OWN 1\n", MARK);
  }

  @Test
  public void whatIsNoPatchOrChangesNothingIsToldApart() throws Exception {
    assertThat(refused(KmemBuild.Reason.NO_PATCH, file("text", "Some words.\n")).sentence())
        .contains("holds no patch", "git format-patch");
    assertThat(
            refused(
                    KmemBuild.Reason.NO_PATCH,
                    file("coded", "Content-Transfer-Encoding: base64\n\nLS0t\n"))
                .sentence())
        .contains("base64", "decode");
    assertThat(
            refused(KmemBuild.Reason.NO_CHANGE, file("doc.patch", other("tools/testing/x.sh")))
                .sentence())
        .contains("nothing to judge");
  }
}
