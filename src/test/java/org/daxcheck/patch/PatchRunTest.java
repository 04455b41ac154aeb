package org.daxcheck.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.daxcheck.abi.Policy;
import org.daxcheck.guest.KmemBuild;
import org.daxcheck.guest.QemuChoice;
import org.daxcheck.io.Trees;
import org.daxcheck.kernel.KernelRecipe;
import org.daxcheck.report.ExitCode;
import org.daxcheck.report.Progress;
import org.daxcheck.run.Failure;
import org.daxcheck.run.Home;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** A patch from its file to its verdict, with models in place of guests. */
public class PatchRunTest {
  private static final String WHOLE =
      "--- a/drivers/dax/kmem.c\n+++ b/drivers/dax/kmem.c\n@@ -3,3 +3,3 @@\n a\n-b\n+B\n c\n";

  private Path folder;
  private Path out;
  private Path patch;
  private ModelLab lab;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @BeforeMethod
  public void make() throws IOException {
    folder = Files.createTempDirectory("daxcheck-patch-run");
    out = folder.resolve("out");
    patch = Files.writeString(folder.resolve("x.patch"), WHOLE);
    lab = new ModelLab(folder.resolve("kept"));
    said.reset();
  }

  @AfterMethod(alwaysRun = true)
  public void clean() throws IOException {
    Trees.remove(folder);
  }

  private PatchRequest request(boolean fuzz, boolean fresh, Path source, Path... patches) {
    return request(fuzz, fresh, source, Optional.empty(), patches);
  }

  private PatchRequest request(
      boolean fuzz, boolean fresh, Path source, Optional<KernelRecipe> kernel, Path... patches) {
    return new PatchRequest(
        List.of(patches),
        List.of(
            Home.suites().resolve("word/bad-word-while-online.kmem"),
            Home.suites().resolve("attr/present-while-bound.kmem")),
        Optional.ofNullable(source),
        Optional.empty(),
        Optional.empty(),
        kernel,
        Optional.empty(),
        Policy.ONLINE_MOVABLE,
        QemuChoice.usual(),
        Optional.empty(),
        false,
        fuzz,
        2,
        fresh,
        OptionalLong.empty(),
        3);
  }

  private PatchRun.Outcome judge(PatchRequest request) throws IOException {
    try (PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
        Progress progress = new Progress(err, false, 100)) {
      return new PatchRun(request, lab, Home.catalogue(), progress, err::println, System.nanoTime())
          .judge(out);
    }
  }

  private PatchRun.Judged judged(boolean fresh) throws IOException {
    return (PatchRun.Judged) judge(request(false, fresh, null, patch));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  public void aPatchThatBreaksARuleLosesIt() throws IOException {
    lab.patched = ModelLab.Driver.WRONG_ERRNO;
    PatchRun.Judged judged = judged(false);
    assertThat(judged.judgement().exit()).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(judged.judgement().sentence()).isEqualTo("FAIL: 1 rule lost: WORD-2.");
    assertThat(judged.mail()).hasValueSatisfying(m -> assertThat(m).contains("Reported-by: "));
    JsonNode json = new ObjectMapper().readTree(out.resolve("patch.json").toFile());
    assertThat(json.path("lost").get(0).path("rule").asText()).isEqualTo("WORD-2");
    assertThat(json.path("notes").toString()).isEqualTo("[\"built by nobody\"]");
    assertThat(Files.readString(out.resolve("report.txt"))).startsWith("FAIL: 1 rule lost: WORD-2");
    assertThat(Files.readString(out.resolve("mail.txt"))).isEqualTo(judged.mail().orElseThrow());
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("</span> FAIL: 1 rule lost: WORD-2.</h1>");
    assertThat(lab.replayed).containsExactly("WORD-2 patched");
    assertThat(json.path("lost").get(0).path("reproduced").asText()).isEqualTo("worked 3 of 3");
    assertThat(judged.mail().orElseThrow()).contains("as root (worked 3 of 3 in fresh guests):");
    assertThat(Files.readString(out.resolve("patched/run.json"))).contains("\"reproduced\"");
    assertThat(said()).as("told when it is found").contains("WORD-2 broken, ");
    for (String run : List.of("patched", "unpatched")) {
      assertThat(out.resolve(run).resolve("run.json")).exists();
    }
    assertThat(seed("patched")).isEqualTo(seed("unpatched"));
  }

  private String seed(String run) throws IOException {
    Path file = out.resolve(run).resolve("run.json");
    return new ObjectMapper().readTree(file.toFile()).path("seed").asText();
  }

  @Test
  public void aPatchThatChangesNothingPassesAndTheUnpatchedIsNotMeasuredAgain() throws IOException {
    PatchRun.Judged first = judged(false);
    assertThat(first.judgement().exit()).isEqualTo(ExitCode.PASS);
    assertThat(first.mail()).hasValueSatisfying(m -> assertThat(m).contains("Tested-by: "));
    assertThat(first.judgement().kept()).isFalse();
    assertThat(said()).contains("the unpatched driver is measured first");
    lab.booted.clear();
    assertThat(judged(false).judgement().kept()).isTrue();
    assertThat(lab.booted).isNotEmpty().doesNotContain(false);
    assertThat(out.resolve("unpatched/run.json")).as("a copy of it").exists();
    lab.booted.clear();
    assertThat(judged(true).judgement().kept()).isFalse();
    assertThat(lab.booted).contains(true, false);
  }

  @Test
  public void whatIsBrokenAlreadyIsNotLost() throws IOException {
    lab.stock = ModelLab.Driver.WRONG_ERRNO;
    lab.patched = ModelLab.Driver.WRONG_ERRNO;
    assertThat(judged(false).judgement().sentence()).isEqualTo("PASS: nothing lost.");
    lab.patched = ModelLab.Driver.GOOD;
    assertThat(judged(false).judgement().sentence())
        .isEqualTo("PASS: nothing lost, 1 gained: WORD-2.");
  }

  @Test
  public void aHunkThatIsCutOffIsRefusedBeforeAnythingIsBuilt() throws IOException {
    Files.writeString(patch, WHOLE.substring(0, WHOLE.length() - 3));
    PatchRun.Refused refused = (PatchRun.Refused) judge(request(false, false, null, patch));
    assertThat(refused.why().reason()).isEqualTo(KmemBuild.Reason.DOES_NOT_APPLY);
    assertThat(refused.why().sentence())
        .contains("x.patch:3: hunk 1 of drivers/dax/kmem.c is cut off", "--fuzz");
    assertThat(lab.built).isEmpty();
    assertThat(out).doesNotExist();
    PatchRun.Judged judged = (PatchRun.Judged) judge(request(true, false, null, patch));
    assertThat(lab.recipes.get(0).fuzz()).isTrue();
    assertThat(judged.judgement().notes()).anyMatch(n -> n.contains("hunk 1"));
    assertThat(judged.mail().orElseThrow()).contains("is cut off");
  }

  @Test
  public void aDamagedHunkIsRefusedWhateverIsWanted() throws IOException {
    Files.writeString(patch, WHOLE + "+more\n");
    PatchRun.Refused refused = (PatchRun.Refused) judge(request(true, false, null, patch));
    assertThat(refused.why().sentence()).contains("x.patch:8: hunk 1").doesNotContain("--fuzz");
    assertThat(lab.built).isEmpty();
  }

  @Test
  public void whatDoesNotCompileLeavesNoFolder() throws IOException {
    KmemBuild.Refused why =
        new KmemBuild.Refused(
            KmemBuild.Reason.DOES_NOT_COMPILE, "it does not compile", List.of("kmem.c:3: error"));
    lab.refused = Optional.of(why);
    PatchRun.Refused refused = (PatchRun.Refused) judge(request(false, false, null, patch));
    assertThat(refused.why()).isEqualTo(why);
    assertThat(out).doesNotExist();
    assertThat(lab.recipes.get(0).fuzz()).isFalse();
  }

  @Test
  public void aSourceOfTheUsersIsBuiltWithoutThePatchesToo() throws IOException {
    Path source = Files.writeString(folder.resolve("kmem.c"), "int x;\n");
    PatchRun.Outcome outcome = judge(request(false, false, source, patch));
    assertThat(((PatchRun.Judged) outcome).judgement().exit()).isEqualTo(ExitCode.PASS);
    assertThat(lab.built).containsExactly("kmem-patched", "kmem-unpatched");
    assertThat(lab.recipes).allMatch(r -> r.source().equals(Optional.of(source)));
    assertThat(lab.recipes.get(1).patches()).isEmpty();
  }

  @Test
  public void aWholeKernelIsBuiltWithThePatchesAndWithout() throws IOException {
    KernelRecipe plain = KernelRecipe.plain(Optional.of(folder), "debug");
    lab.patched = ModelLab.Driver.WRONG_ERRNO;
    PatchRun.Judged judged =
        (PatchRun.Judged) judge(request(true, false, null, Optional.of(plain), patch));
    assertThat(judged.judgement().sentence()).isEqualTo("FAIL: 1 rule lost: WORD-2.");
    assertThat(judged.judgement().notes())
        .contains("on kernels built of linux-source 1, config debug", "a kernel built by nobody");
    assertThat(lab.kernels)
        .as("a patch that does not apply is told before anything else is built")
        .containsExactly(plain.patched(List.of(patch), true), plain);
    assertThat(lab.built).as("modules alone").isEmpty();
  }

  @Test
  public void aKernelThatCannotBeBuiltIsRefusedInTheBuildersWords() throws IOException {
    KmemBuild.Refused why =
        new KmemBuild.Refused(
            KmemBuild.Reason.DOES_NOT_COMPILE, "it does not compile", List.of("mm/a.c:3: error"));
    lab.refused = Optional.of(why);
    KernelRecipe plain = KernelRecipe.plain(Optional.empty(), "small");
    PatchRun.Outcome outcome = judge(request(false, false, null, Optional.of(plain), patch));
    assertThat(((PatchRun.Refused) outcome).why()).isEqualTo(why);
    assertThat(lab.kernels).hasSize(1);
    assertThat(out).doesNotExist();
  }

  @Test
  public void aPatchWithWhichNoGuestGetsReadyIsToldAsThat() throws IOException {
    lab.patched = ModelLab.Driver.DEADLY;
    PatchVerdict judgement = judged(false).judgement();
    assertThat(judgement.exit()).isEqualTo(ExitCode.DIVERGENCE);
    assertThat(judgement.sentence()).startsWith("FAIL: a guest with the patch does not boot");
    assertThat(judgement.comparison().dead().orElseThrow()).endsWith(": " + ModelLab.PANIC);
  }

  @Test
  public void aLabInTroubleIsNoFaultOfThePatch() throws IOException {
    judged(false);
    lab.patched = ModelLab.Driver.DEADLY;
    lab.stock = ModelLab.Driver.DEADLY;
    PatchVerdict judgement = judged(false).judgement();
    assertThat(judgement.exit()).isEqualTo(ExitCode.ERROR);
    assertThat(judgement.comparison().dead()).isEmpty();
    assertThat(out.resolve("mail.txt")).as("nothing is sure").doesNotExist();
  }

  @Test
  public void twoKernelsAreNotCompared() throws IOException {
    lab.patched = ModelLab.Driver.OTHER_KERNEL;
    assertThatThrownBy(() -> judged(false))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("the patched driver ran on another kernel")
        .hasMessageContaining("--fresh");
  }

  @Test
  public void whatIsNotThereIsToldBeforeAnythingIsBuilt() {
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> judge(request(false, false, null, none)))
        .isInstanceOf(Failure.class)
        .hasMessage(none + ": no such file; name a patch");
    assertThatThrownBy(() -> judge(request(false, false, none, patch)))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("--source " + none + ": no such file");
    assertThat(lab.built).isEmpty();
  }
}
