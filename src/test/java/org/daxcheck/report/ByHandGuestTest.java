package org.daxcheck.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Word;
import org.daxcheck.guest.GuestScript;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.guest.QemuSource;
import org.daxcheck.scenario.Parser;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.target.Target;
import org.daxcheck.trace.Trace;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Every sort of step, done by the agent's protocol and by hand, gives the same in a guest. */
public class ByHandGuestTest {
  private static final Path HOME =
      Path.of(System.getProperty("daxcheck.home", ".")).toAbsolutePath().normalize();
  private static final long LIMIT_MILLIS = 60_000;
  private static final Set<Step.Kind> HOLDS =
      EnumSet.of(Step.Kind.PIN, Step.Kind.UNPIN, Step.Kind.FILL, Step.Kind.FREE);

  private final GuestSpec stock = GuestSpec.of(HOME, Path.of("unused"), Path.of("unused"));
  private Path folder;

  @BeforeClass
  public void prepare() throws Exception {
    folder = Files.createTempDirectory("daxcheck-by-hand");
  }

  @AfterClass(alwaysRun = true)
  public void clean() throws Exception {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A topology, and the steps; together they have every sort. */
  @DataProvider
  public Object[][] steps() {
    return new Object[][] {
      {
        "cxl-ranges",
        List.of(
            "write online_movable",
            "fill 4M",
            "verify",
            "free",
            "verify",
            "pin block last",
            "write unplugged",
            "unpin",
            "write unplugged",
            "write nonsense",
            "write unplugged as nobody",
            "read as nobody",
            "inject online ENOMEM",
            "write online_movable",
            "blocks",
            "inject nothing",
            "write unplugged",
            "refuse add of range last ENOMEM",
            "write online_movable",
            "blocks",
            "refuse nothing",
            "write unplugged",
            "occupy range last",
            "write online_movable",
            "iomem",
            "occupy nothing",
            "write unplugged",
            "write online_movable",
            "block first offline",
            "blocks",
            "write unplugged",
            "policy offline",
            "unbind",
            "bind device_dax",
            "driver",
            "unbind",
            "bind",
            "read",
            "write unplugged",
            "await unplugged within 1s",
            "unload",
            "driver",
            "load",
            "driver",
            "reshape size",
            "reshape align",
            "reshape memmap",
            "reshape mapping")
      },
      {
        "cxl-two",
        List.of(
            "write online_movable",
            "neighbour write unplugged",
            "neighbour write online",
            "neighbour write online_kernel",
            "write unplugged")
      },
    };
  }

  @Test(dataProvider = "steps")
  public void aStepByHandGivesWhatTheAgentGave(String topology, List<String> texts)
      throws Exception {
    List<Step> steps = new ArrayList<>();
    for (String text : texts) {
      steps.add(Parser.step(text));
    }
    Reproduction reproduction = byHand(topology, texts, steps);
    GuestSpec fresh =
        stock.at(
            HOME.resolve("qemu/topologies/" + topology + ".topology"),
            folder.resolve("by-hand-" + topology + ".log"));

    String printed = GuestScript.run(fresh, reproduction.script(1), LIMIT_MILLIS);

    assertThat(reproduction.missing(printed))
        .as("%s%n==== printed%n%s", reproduction.script(1), printed)
        .isEmpty();
  }

  /** The steps as commands, each to show what a guest answered to it. */
  private Reproduction byHand(String topology, List<String> texts, List<Step> steps)
      throws Exception {
    Lines lines = new Lines();
    lines.add("PATH=$PATH:/");
    try (QemuSource source = new QemuSource(stock, folder.resolve("agent"), Optional.empty());
        Target target = source.fresh(topology)) {
      Trace.Header header =
          new Trace.Header(
              "by-hand",
              "",
              target.name(),
              target.kind(),
              target.dialect(),
              target.kernel(),
              topology,
              target.bootPolicy().text(),
              target.device(),
              0,
              target.hotremove());
      ByHand hand = new ByHand(header);
      lines.addAll(hand.quiet(Step.Write.word(Word.UNPLUGGED)));
      Observation before =
          target.run(List.of(Step.Write.word(Word.UNPLUGGED))).get(0).observation();
      for (int i = 0; i < steps.size(); i++) {
        Reply reply = target.run(List.of(steps.get(i))).get(0);
        lines.comment(texts.get(i));
        if (HOLDS.contains(steps.get(i).kind())) {
          // What it prints goes into a variable; the steps behind it show whether it worked.
          lines.addAll(hand.loud(steps.get(i), reply.result()));
        } else if (steps.get(i).kind() == Step.Kind.LOOK) {
          new Looks(header, hand, lines).of((Step.Look) steps.get(i), reply.observation(), before);
        } else {
          lines.show(
              hand.loud(steps.get(i), reply.result()), hand.shown(steps.get(i), reply.result()));
        }
      }
    }
    return new Reproduction(lines, false);
  }
}
