package org.daxcheck.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.daxcheck.step.Step;
import org.testng.annotations.Test;

public class FormatterTest {
  @Test
  public void putsAFileInItsForm() throws ScenarioException {
    String untidy =
        """
        KMEM   tidy
        # Prose,\s\s
        #  with an indent of its own.

        # Not prose, since a blank line is above.

        rule:REFUSE-1(doc,"a  #  b")

        requires:  no   hotremove,topology cxl-small,ranges>=3,attribute ,helper,injector, dialect 7.3 | v4
        repeat:30   times
        {policy=offline;state=offline}
        # Kept at the step.
        write   "online\\n"->EBUSY|ok
        block 0   of range 1->offline
          # Kept between steps.
        write online_movable as nobody
        write "something so long that its arrow would stand far out" -> EINVAL



        read->online
        actors  within 5000ms
        P0 :read
        P0: sleep 1000us ..  2000us
        P1:  write unplugged->killed KILL

        """;
    assertThat(Formatter.format("tidy.kmem", untidy))
        .isEqualTo(
            """
            KMEM tidy
            # Prose,
            #  with an indent of its own.

            # Not prose, since a blank line is above.
            rule: REFUSE-1 (doc, "a  #  b")
            requires: attribute, dialect v4|7.3, ranges >= 3, topology cxl-small, injector, helper, no hotremove
            repeat: 30 times
            { state = offline; policy = offline }

            # Kept at the step.
            write "online\\n"        -> EBUSY | ok
            block first of range 1  -> offline
            # Kept between steps.
            write online_movable as nobody
            write "something so long that its arrow would stand far out"  -> EINVAL

            read                 -> online
            actors within 5s
            P0: read
            P0: sleep 1ms..2ms
            P1: write unplugged  -> killed KILL
            """);
  }

  @Test
  public void formattingTwiceChangesNothingMoreAndNeverTheMeaning() throws ScenarioException {
    RandomSteps steps = new RandomSteps(75);
    Random random = new Random(76);
    for (int i = 0; i < 200; i++) {
      String text = scenario(steps, random);
      String once = Formatter.format("x.kmem", text);
      assertThat(Formatter.format("x.kmem", once)).isEqualTo(once);
      assertThat(meaning(once)).isEqualTo(meaning(text));
      assertThat(comments(once)).isEqualTo(comments(text));
    }
  }

  @Test
  public void aFileWithAnErrorIsNotFormatted() {
    assertThatThrownBy(() -> Formatter.format("x.kmem", "KMEM x\n"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("x.kmem:2:1: ");
  }

  private static String scenario(RandomSteps steps, Random random) {
    StringBuilder text = new StringBuilder("KMEM x\n#Why.\n");
    gap(text, random);
    text.append("rule: A-1 (b, c)\n");
    gap(text, random);
    text.append("requires: blocks >= 2,attribute\n");
    gap(text, random);
    text.append("repeat:").append(2 + random.nextInt(9)).append(" times\n");
    for (int i = 0; i <= random.nextInt(8); i++) {
      gap(text, random);
      Step step = steps.step();
      List<Expected> outcomes = steps.outcomes(step);
      text.append(" ".repeat(random.nextInt(3))).append(StepText.of(step));
      text.append(outcomes.isEmpty() ? "" : "->" + StepText.of(step, outcomes)).append('\n');
    }
    gap(text, random);
    return text.toString();
  }

  private static void gap(StringBuilder text, Random random) {
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(random.nextBoolean() ? "\n" : " # comment " + random.nextInt(100) + "\n");
    }
  }

  /** Everything but places in the file, the source, and comments. */
  private static String meaning(String text) throws ScenarioException {
    Scenario s = Parser.parse("x.kmem", text);
    StringBuilder all = new StringBuilder();
    all.append(s.prose()).append(s.rules()).append(s.needs()).append(s.repeats()).append(s.start());
    for (Scenario.Line line : s.lines()) {
      all.append(line.step()).append(line.expected());
      line.actorExpected()
          .forEach(e -> all.append(e.actor()).append(e.index()).append(e.expected()));
    }
    return all.toString();
  }

  private static List<String> comments(String text) {
    return text.lines().map(String::strip).filter(l -> l.startsWith("#")).toList();
  }
}
