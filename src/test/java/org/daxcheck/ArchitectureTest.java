package org.daxcheck;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.daxcheck.step.Step;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The packages and their direction: scenario, target, trace, oracle, diff, report. */
public class ArchitectureTest {
  private static final String ROOT = "org.daxcheck.";

  /** What each package may name of the others. The command line may name everything. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("abi", List.of()),
          Map.entry("io", List.of()),
          Map.entry("step", List.of("abi")),
          Map.entry("scenario", List.of("abi", "step")),
          Map.entry("model", List.of("abi", "step")),
          Map.entry("trace", List.of("abi", "step")),
          Map.entry("oracle", List.of("abi", "step", "scenario", "model", "trace")),
          Map.entry("target", List.of("abi", "step", "scenario", "model")),
          Map.entry("target.ssh", List.of("abi", "step", "scenario", "target")),
          Map.entry("lab", List.of("abi", "step", "scenario", "target", "target.ssh", "suite")),
          Map.entry("guest", List.of("abi", "step", "scenario", "target", "target.ssh")),
          Map.entry("kernel", List.of("guest")),
          Map.entry("coverage", List.of("scenario", "guest", "target")),
          Map.entry(
              "suite", List.of("abi", "step", "scenario", "model", "trace", "oracle", "target")),
          Map.entry(
              "explore",
              List.of(
                  "abi",
                  "step",
                  "scenario",
                  "model",
                  "trace",
                  "oracle",
                  "target",
                  "suite",
                  "run",
                  "coverage")),
          Map.entry(
              "machine",
              List.of("abi", "step", "scenario", "model", "trace", "oracle", "target", "suite")),
          Map.entry(
              "mutant", List.of("abi", "scenario", "trace", "oracle", "target", "suite", "step")),
          Map.entry("diff", List.of("abi", "step", "scenario", "trace", "oracle")),
          Map.entry(
              "report", List.of("abi", "step", "scenario", "trace", "oracle", "suite", "diff")),
          Map.entry(
              "html",
              List.of(
                  "abi",
                  "step",
                  "scenario",
                  "model",
                  "trace",
                  "oracle",
                  "diff",
                  "report",
                  "mutant",
                  "coverage")),
          Map.entry(
              "run",
              List.of(
                  "abi",
                  "step",
                  "scenario",
                  "trace",
                  "target",
                  "guest",
                  "suite",
                  "report",
                  "html",
                  "mutant",
                  "coverage")),
          Map.entry(
              "selection",
              List.of("abi", "scenario", "machine", "explore", "target", "suite", "run")),
          Map.entry(
              "show", List.of("abi", "step", "scenario", "model", "trace", "oracle", "report")),
          Map.entry(
              "prompt",
              List.of(
                  "abi",
                  "step",
                  "scenario",
                  "model",
                  "trace",
                  "oracle",
                  "target",
                  "suite",
                  "report",
                  "show")),
          Map.entry(
              "replay",
              List.of("abi", "oracle", "trace", "report", "guest", "target", "suite", "show")),
          Map.entry("engine", List.of("abi", "scenario", "oracle", "target", "guest", "suite")),
          Map.entry(
              "execution",
              List.of(
                  "abi",
                  "step",
                  "trace",
                  "scenario",
                  "oracle",
                  "target",
                  "guest",
                  "lab",
                  "suite",
                  "engine",
                  "report",
                  "replay",
                  "run",
                  "selection")),
          Map.entry(
              "patch",
              List.of(
                  "abi",
                  "step",
                  "scenario",
                  "trace",
                  "oracle",
                  "target",
                  "guest",
                  "kernel",
                  "suite",
                  "replay",
                  "report",
                  "html",
                  "run",
                  "selection")));

  private static final ArchRule STEPS_ARE_DISPATCHED_BY_KIND =
      classes()
          .that()
          .resideOutsideOfPackage(ROOT + "step")
          .should(
              new ArchCondition<>("ask for a step's kind, never for its class") {
                @Override
                public void check(JavaClass c, ConditionEvents events) {
                  c.getInstanceofChecks().stream()
                      .filter(i -> i.getRawType().isAssignableTo(Step.class))
                      .forEach(i -> told(c, i.getOwner(), i.getRawType(), events));
                  c.getReferencedClassObjects().stream()
                      .filter(r -> r.getRawType().isAssignableTo(Step.class))
                      .forEach(r -> told(c, r.getOwner(), r.getRawType(), events));
                }

                private void told(
                    JavaClass c, JavaCodeUnit where, JavaClass step, ConditionEvents events) {
                  String what = where.getFullName() + " asks for " + step.getName();
                  events.add(SimpleConditionEvent.violated(c, what));
                }
              });

  private JavaClasses all;

  @BeforeClass
  public void read() {
    all =
        new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("org.daxcheck");
  }

  @DataProvider
  public Object[][] packages() {
    return MAY_USE.keySet().stream().sorted().map(p -> new Object[] {p}).toArray(Object[][]::new);
  }

  @Test(dataProvider = "packages")
  public void namesOnlyWhatItMay(String name) {
    List<String> others = new ArrayList<>(MAY_USE.keySet());
    others.add("cli");
    others.remove("io"); // everybody says why a file could not be used
    others.remove(name);
    others.removeAll(MAY_USE.get(name));
    noClasses()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "reside in one of " + others, (JavaClass c) -> others.contains(packageOf(c))))
        .check(all);
  }

  @Test
  public void everyPackageHasItsPlace() {
    TreeSet<String> found = new TreeSet<>();
    all.forEach(c -> found.add(packageOf(c)));
    TreeSet<String> known = new TreeSet<>(MAY_USE.keySet());
    known.add("cli");
    assertThat(found).isEqualTo(known);
  }

  @Test
  public void packagesHaveNoCycles() {
    slices().matching("org.daxcheck.(**)").should().beFreeOfCycles().check(all);
  }

  @Test
  public void theModelHasNoClockAndDoesNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + "model", ROOT + "abi", ROOT + "step")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "java.time..")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class, java.util.Random.class)
        .check(all);
  }

  @Test
  public void whichStepItIsIsAskedInASwitchThatTheCompilerChecks() {
    STEPS_ARE_DISPATCHED_BY_KIND.check(all);
  }

  /** What the rule must find. */
  private static final class AsksForClasses {
    static boolean isLook(Object step) {
      return step instanceof Step.Look;
    }

    static boolean isPin(Object step) {
      return Step.Pin.class.isInstance(step);
    }

    static boolean isAStep(Object step) {
      return step instanceof Step;
    }

    static boolean isNoStep(Object other) {
      return other instanceof Step.Actor || Step.Who.class.isInstance(other);
    }
  }

  @Test
  public void aStepAskedForItsClassIsFound() {
    EvaluationResult found =
        STEPS_ARE_DISPATCHED_BY_KIND.evaluate(
            new ClassFileImporter().importClasses(AsksForClasses.class));
    assertThat(found.getFailureReport().getDetails())
        .hasSize(3)
        .anyMatch(d -> d.contains("isLook") && d.contains("Step$Look"))
        .anyMatch(d -> d.contains("isPin") && d.contains("Step$Pin"))
        .anyMatch(d -> d.contains("isAStep"));
  }

  /** Their messages are a path, or nothing, or the name of a class. */
  @Test
  public void onlyIoReasonAsksAnExceptionOfJavasOwnForItsWords() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "io")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "it is the message of an IOException",
                call ->
                    List.of("getMessage", "getLocalizedMessage", "toString")
                            .contains(call.getName())
                        && (call.getTargetOwner().isAssignableTo(IOException.class)
                            || call.getTargetOwner().isAssignableTo(UncheckedIOException.class))))
        .check(all);
  }

  @Test
  public void onlyTheGuestStartsProcesses() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "guest")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .orShould()
        .callMethod(Runtime.class, "exec", String[].class)
        .orShould()
        .callMethod(Runtime.class, "exec", String.class)
        .check(all);
  }

  @Test
  public void onlyTheSshTargetKnowsJsch() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "target.ssh")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.jcraft.jsch..")
        .check(all);
  }

  @Test
  public void onlyTheCommandLineKnowsTheTerminal() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.jline..")
        .check(all);
  }

  @Test
  public void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(all);
  }

  @Test
  public void onlyTheCommandLineEndsTheProgram() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .check(all);
  }

  @Test
  public void namesSayWhatATypeIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)(\\$.*)?")
        .check(all);
  }

  @Test
  public void exceptionsAreFinalAndKeepTheirCause() {
    classes()
        .that()
        .areAssignableTo(Exception.class)
        .should(
            com.tngtech.archunit.lang.conditions.ArchConditions.haveModifier(
                com.tngtech.archunit.core.domain.JavaModifier.FINAL))
        .check(all);
    for (JavaClass c : all) {
      if (c.isAssignableTo(Exception.class)) {
        assertThat(c.getConstructors())
            .as(c.getName())
            .anyMatch(
                made ->
                    made.getRawParameterTypes().stream()
                        .anyMatch(p -> p.isAssignableTo(Throwable.class)));
      }
    }
  }

  private static String packageOf(JavaClass c) {
    String name = c.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "other: " + name;
  }
}
