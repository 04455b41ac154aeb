package org.daxcheck.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.scenario.Scenarios;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;

/**
 * What {@link Target} and {@link TargetSource} promise, each on the target that the clause before
 * left. The device has two blocks at least; each clause finds it as it likes and leaves it bound.
 */
enum Clause {
  TELLS_WHAT_IT_IS {
    @Override
    void check(Subject on) {
      Target target = on.target();
      assertThat(target.name()).isNotBlank();
      assertThat(target.kernel()).isNotBlank();
      assertThat(target.topology()).isEqualTo(on.topology());
      assertThat(target.device().name()).isEqualTo("dax0.0");
      assertThat(target.device().blocks()).isGreaterThanOrEqualTo(2);
      assertThat(target.bootPolicy()).isEqualTo(Policy.ONLINE_MOVABLE);
      assertThat(target.dialect().attribute()).isNotEmpty();
      assertThat(target.interferer()).isEmpty();
    }
  },
  LETS_A_SCENARIO_BEGIN_WITHOUT_DOING_ANYTHING {
    @Override
    void check(Subject on) throws Exception {
      Path suites = Path.of(System.getProperty("daxcheck.home", "."), "suites");
      Scenario scenario =
          Scenarios.load(
                  List.of(suites.resolve("word/case-matters.kmem")),
                  Catalogue.load(suites.resolve("rules.yaml")))
              .get(0);
      Observation before = look(on);
      on.target().begin(scenario);
      on.target().begin(scenario);
      assertThat(state(look(on))).isEqualTo(state(before));
      assertThat(on.target().refuses(scenario)).isEmpty();
    }
  },
  ANSWERS_NOTHING_TO_NOTHING {
    @Override
    void check(Subject on) throws Exception {
      assertThat(on.target().run(List.of())).isEmpty();
    }
  },
  ANSWERS_EACH_STEP_IN_ITS_ORDER {
    @Override
    void check(Subject on) throws Exception {
      Step look = Step.Look.at(Step.Aspect.BLOCKS);
      List<Reply> replies =
          on.target()
              .run(List.of(write("unplugged"), READ, look, look, write("nonsense"), READ, look));
      assertThat(replies)
          .extracting(r -> r.result().errno().map(Errno::name).orElse(r.result().data()))
          .as("a step that fails is an answer like any other")
          .containsExactly("", "unplugged\n", "", "", "EINVAL", "unplugged\n", "");
      assertThat(replies.get(0).result().value()).isEqualTo("unplugged\n".length());
      assertThat(replies.get(4).result().value()).isEqualTo(-1);
      List<Long> begun =
          IntStream.of(0, 1, 4, 5).mapToObj(i -> replies.get(i).result().started()).toList();
      assertThat(begun).isSorted().doesNotHaveDuplicates();
    }
  },
  OBSERVES_ITS_DEVICE_AFTER_EACH_STEP {
    @Override
    void check(Subject on) throws Exception {
      List<Reply> replies =
          on.target().run(List.of(write("unplugged"), write("online_movable"), write("unplugged")));
      Observation without = replies.get(0).observation();
      Observation with = replies.get(1).observation();
      Observation after = replies.get(2).observation();
      List<Long> blocks =
          IntStream.range(0, on.target().device().blocks())
              .mapToObj(on.target().device()::blockNumber)
              .toList();
      assertThat(with.blocks()).extracting(Observation.Block::number).isEqualTo(blocks);
      assertThat(with.blocks()).allMatch(Observation.Block::online);
      assertThat(with.attribute(on.target().dialect().attribute()).orElseThrow().text())
          .isEqualTo("online_movable\n");
      assertThat(with.iomem()).extracting(Observation.Region::name).contains("dax0.0");
      assertThat(with.knownDriver()).contains(Driver.KMEM);
      assertThat(Policy.of(with.policy())).isPresent();
      assertThat(with.memTotalKib() - without.memTotalKib())
          .isEqualTo(blocks.size() * on.target().device().memTotalPerBlockKib());
      assertThat(with.uevents())
          .as("the events of a step are in its own observation")
          .filteredOn(e -> e.action().equals("online"))
          .extracting(e -> e.block().orElseThrow())
          .containsExactlyInAnyOrderElementsOf(blocks);
      assertThat(state(after)).isEqualTo(state(without));
      assertThat(after.blocks()).isEmpty();
    }
  },
  KEEPS_THE_STATE_BETWEEN_CALLS {
    @Override
    void check(Subject on) throws Exception {
      one(on, write("online_movable"));
      assertThat(one(on, READ).result().data()).isEqualTo("online_movable\n");
      one(on, write("unplugged"));
      assertThat(one(on, READ).result().data()).isEqualTo("unplugged\n");
    }
  },
  DOES_NOTHING_BEHIND_A_PIN_THAT_FAILED {
    @Override
    void check(Subject on) throws Exception {
      one(on, write("unplugged"));
      List<Reply> replies =
          on.target().run(List.of(pin(Place.at(0)), write("online_movable"), pin(Place.LAST)));
      assertThat(replies).hasSize(1);
      assertThat(replies.get(0).result().errno()).contains(Errno.ENOMEM);
      assertThat(one(on, READ).result().data()).isEqualTo("unplugged\n");
    }
  },
  LETS_GO_OF_A_PAGE_THAT_WAS_HELD_BEFORE_A_PIN_THAT_FAILED {
    @Override
    void check(Subject on) throws Exception {
      on.target()
          .run(
              List.of(
                  write("online_movable"),
                  new Step.BlockWrite(BlockRef.ofDevice(Place.LAST), "offline")));
      List<Reply> replies =
          on.target()
              .run(List.of(pin(Place.at(0)), pin(Place.LAST), UNPIN, pin(Place.at(0)), UNPIN));
      assertThat(replies).hasSize(2);
      assertThat(replies.get(0).result().errno()).isEmpty();
      assertThat(replies.get(1).result().errno()).contains(Errno.ENOMEM);
      long begin = System.nanoTime();
      assertThat(one(on, UNPIN).result().errno()).isEmpty();
      assertThat(one(on, UNPIN).result().errno()).as("nothing is held any more").isEmpty();
      assertThat(unplugged(on).result().errno()).isEmpty();
      assertThat(seconds(begin)).as("a page that is held holds up an unplug").isLessThan(8);
    }
  },
  ENDS_A_STEP_AT_ITS_LIMIT {
    @Override
    void check(Subject on) throws Exception {
      unplugged(on);
      long begin = System.nanoTime();
      Result waited = one(on, new Step.Await(Word.ONLINE_MOVABLE, 200)).result();
      Step.Actor sleeps = new Step.Actor("P0", List.of(new Step.Sleep(60_000_000)));
      Result acted = one(on, new Step.Actors(List.of(sleeps), 200)).result();
      assertThat(seconds(begin)).isLessThan(30);
      if (on.hasClock()) {
        assertThat(waited.errno()).map(Errno::name).contains("ETIMEDOUT");
        Result.ActorResult slept = acted.actors().get(0);
        assertThat(slept.name()).isEqualTo("P0");
        assertThat(slept.steps().get(0).killed()).isEqualTo("KILL");
        assertThat(slept.steps().get(0).timeout()).isTrue();
      }
      assertThat(one(on, READ).result().data()).as("it goes on").isEqualTo("unplugged\n");
    }
  },
  REFUSES_WHAT_IT_CANNOT_DO_BEFORE_IT_DOES_ANYTHING {
    @Override
    void check(Subject on) throws Exception {
      unplugged(on);
      Place beyond = Place.at(on.target().device().blocks());
      Step noBlock = new Step.BlockWrite(BlockRef.ofDevice(beyond), "offline");
      refuses(on, noBlock, "dax0.0 has no such block");
      refuses(on, pin(beyond), "dax0.0 has no such block");
      refuses(
          on,
          new Step.Actors(List.of(new Step.Actor("P0", List.of(noBlock))), 1000),
          "dax0.0 has no such block");
      for (Map.Entry<Step, String> cannot : on.cannot().entrySet()) {
        refuses(on, cannot.getKey(), cannot.getValue());
      }
      assertThat(one(on, READ).result().data()).as("nothing was done").isEqualTo("unplugged\n");
    }

    private void refuses(Subject on, Step step, String why) {
      TargetException e =
          catchThrowableOfType(
              TargetException.class, () -> on.target().run(List.of(write("online_movable"), step)));
      assertThat(e).as("%s on %s", step, on).isNotNull().hasMessageContaining(why);
      assertThat(e.getMessage()).contains("cannot be done here").doesNotContain("\n");
      assertThat(e.kind()).isEqualTo(TargetException.Kind.INFRASTRUCTURE);
      assertThat(e.answered()).isEmpty();
    }
  },
  DOES_WHAT_IT_SAYS_IT_CAN {
    @Override
    void check(Subject on) throws Exception {
      unplugged(on);
      for (Step step : on.can()) {
        assertThat(one(on, step).result().errno()).as("%s on %s", step, on).isEmpty();
        assertThat(one(on, step.undo().orElseThrow()).result().errno()).isEmpty();
      }
      assertThat(one(on, READ).result().data()).isEqualTo("unplugged\n");
    }
  },
  ANSWERS_NO_MORE_WHEN_IT_IS_CLOSED {
    @Override
    void check(Subject on) {
      on.target().close();
      for (List<Step> steps : List.<List<Step>>of(List.of(READ), List.of())) {
        long begin = System.nanoTime();
        TargetException e =
            catchThrowableOfType(TargetException.class, () -> on.target().run(steps));
        assertThat(e).isNotNull().hasMessageContaining("closed");
        assertThat(e.kind()).isEqualTo(TargetException.Kind.INFRASTRUCTURE);
        assertThat(e.answered()).isEmpty();
        assertThat(seconds(begin)).isLessThan(2);
      }
      assertThat(on.target().device().name()).as("it still tells what it was").isEqualTo("dax0.0");
    }
  },
  IS_CLOSED_TWICE_WITHOUT_HARM {
    @Override
    void check(Subject on) throws Exception {
      on.target().close();
      Target next = on.next();
      if (next != null) {
        on.target().close();
        Reply reply = next.run(List.of(READ)).get(0);
        assertThat(reply.result().data()).as("the next has the device").isEqualTo("unplugged\n");
        next.close();
        next.close();
      }
    }
  },
  KNOWS_NO_OTHER_TOPOLOGY {
    @Override
    void check(Subject on) {
      refuses(() -> on.source().shape("no-such-topology"), "no-such-topology");
      refuses(() -> on.source().fresh("no-such-topology"), "no-such-topology");
    }
  },
  GIVES_NO_TARGET_WHEN_ITS_SOURCE_IS_CLOSED {
    @Override
    void check(Subject on) {
      on.source().close();
      on.source().close();
      on.source().expect(on.topology());
      refuses(() -> on.source().fresh(on.topology()), "closed");
    }
  };

  private static final Step READ = new Step.Read(Step.Who.ROOT);
  private static final Step UNPIN = new Step.Unpin();

  /** Checks it; the target is the one that the clause before left. */
  abstract void check(Subject on) throws Exception;

  private interface Asked {
    Object ask() throws Exception;
  }

  private static void refuses(Asked asked, String says) {
    TargetException e = catchThrowableOfType(TargetException.class, asked::ask);
    assertThat(e).isNotNull().hasMessageContaining(says);
    assertThat(e.kind()).isEqualTo(TargetException.Kind.INFRASTRUCTURE);
  }

  private static Step write(String word) {
    return new Step.Write(Payload.line(word), Step.Who.ROOT);
  }

  private static Step pin(Place block) {
    return new Step.Pin(BlockRef.ofDevice(block));
  }

  private static Reply one(Subject on, Step step) throws TargetException {
    List<Reply> replies = on.target().run(List.of(step));
    assertThat(replies).hasSize(1);
    return replies.get(0);
  }

  /** The kernel may give up on an unplug of movable memory, but not when asked again. */
  private static Reply unplugged(Subject on) throws TargetException {
    Reply first = one(on, write("unplugged"));
    boolean gaveUp = first.result().errno().filter(Errno.EBUSY::equals).isPresent();
    return gaveUp ? one(on, write("unplugged")) : first;
  }

  private static Observation look(Subject on) throws TargetException {
    return one(on, Step.Look.at(Step.Aspect.ATTRIBUTE)).observation();
  }

  /** What of a sight is a state and no event. */
  private static Observation state(Observation seen) {
    return seen.after(List.of(), false, List.of());
  }

  private static long seconds(long begin) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
  }
}
