package org.daxcheck.html;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/**
 * The transitions of the ABI's state machine on one target: those that its traces show, each with
 * how often and how often against a rule, and those that the model of its dialect has.
 */
final class Transitions {
  /** More states than any dialect's model reaches with these inputs. */
  private static final int MOST_STATES = 5_000;

  private static final Set<String> WORDS = words();

  private record Key(DeviceState from, String input, String answer, DeviceState to) {}

  /** What became of a transition. */
  private static final class Count {
    private int seen;
    private int against;
    private boolean modelled;
    private final Set<String> rules = new TreeSet<>();
  }

  private final Map<Key, Count> counts =
      new TreeMap<>(
          Comparator.comparing(Key::from)
              .thenComparing(Key::input)
              .thenComparing(Key::answer)
              .thenComparing(Key::to));
  private final Set<List<Object>> modelled = new HashSet<>();
  private int steps;

  private static Set<String> words() {
    Set<String> words = new TreeSet<>(Set.of("unplug"));
    for (Word w : Word.values()) {
      words.add(w.text());
    }
    return words;
  }

  /**
   * Takes a trace in.
   *
   * @param broken the rules that are broken at an entry, by its index
   */
  void add(Trace trace, Map<Integer, Set<String>> broken) {
    Dialect dialect = trace.header().dialect();
    Policy.of(trace.header().bootPolicy())
        .ifPresent(boot -> model(dialect, trace.header().hotremove(), boot));
    Observation last = trace.before();
    for (int i = 0; i < trace.entries().size(); i++) {
      Trace.Entry entry = trace.entries().get(i);
      Observation now = entry.reply().observation();
      if (!entry.step().kind().observesOnly()) {
        steps++;
        Count count =
            counts.computeIfAbsent(
                new Key(
                    DeviceState.of(last, dialect),
                    input(entry.step()),
                    answer(entry.step(), entry.reply().result()),
                    DeviceState.of(now, dialect)),
                k -> new Count());
        count.seen++;
        Set<String> rules = broken.getOrDefault(i, Set.of());
        count.against += rules.isEmpty() ? 0 : 1;
        count.rules.addAll(rules);
      }
      last = now;
    }
  }

  /** Adds what the model of the dialect can do with whole-device steps, without races and pins. */
  private void model(Dialect dialect, boolean hotremove, Policy boot) {
    if (!modelled.add(List.of(dialect, hotremove, boot))) {
      return;
    }
    Model model = new Model(dialect, hotremove);
    List<Step> drawn = drawn();
    List<Step> inputs = new ArrayList<>(drawn);
    inputs.addAll(others());
    Deque<State> left = new ArrayDeque<>();
    Set<State> known = new HashSet<>();
    State begin = State.between(dialect, List.of(1), boot);
    left.add(begin);
    known.add(begin);
    while (!left.isEmpty() && known.size() < MOST_STATES) {
      State from = left.poll();
      for (Step step : inputs) {
        for (Outcome outcome : model.outcomes(from, step, false)) {
          if (drawn.contains(step)) {
            counts.computeIfAbsent(
                        new Key(
                            DeviceState.of(from),
                            input(step),
                            answer(outcome.answer()),
                            DeviceState.of(outcome.next())),
                        k -> new Count())
                    .modelled =
                true;
          }
          if (known.add(outcome.next())) {
            left.add(outcome.next());
          }
        }
      }
    }
  }

  /** The inputs whose transitions of the model are drawn. */
  private static List<Step> drawn() {
    List<Step> inputs = new ArrayList<>();
    for (String word : WORDS) {
      inputs.add(new Step.Write(Payload.line(word), Step.Who.ROOT));
    }
    inputs.add(new Step.Bind(Driver.KMEM));
    inputs.add(new Step.Bind(Driver.DEVICE_DAX));
    inputs.add(new Step.Unbind());
    return inputs;
  }

  /** Inputs that only lead to more states. */
  private static List<Step> others() {
    List<Step> inputs = new ArrayList<>();
    for (Policy policy : Policy.values()) {
      inputs.add(new Step.SetPolicy(policy));
    }
    BlockRef every = BlockRef.ofDevice(BlockRef.Place.EVERY);
    inputs.add(new Step.BlockWrite(every, Word.OFFLINE.text()));
    inputs.add(new Step.BlockWrite(every, Word.ONLINE_MOVABLE.text()));
    return inputs;
  }

  private static String input(Step step) {
    return switch (step.kind()) {
      case WRITE -> written((Step.Write) step);
      case READ -> "read";
      case BIND -> {
        Driver driver = ((Step.Bind) step).driver();
        yield driver == Driver.KMEM ? "bind" : "bind " + driver.text();
      }
      case UNBIND -> "unbind";
      case SET_POLICY -> "policy";
      case BLOCK_WRITE -> "single blocks";
      case UNLOAD -> "unload";
      case LOAD -> "load";
      case FAIL_NTH -> input(((Step.FailNth) step).step()) + " without memory";
      case ACTORS -> "several actors";
      case RESHAPE -> "reshape";
      case NEIGHBOUR_WRITE -> "write to another device";
      case PIN,
          UNPIN,
          AWAIT,
          SLEEP,
          SIGNAL,
          FILL,
          VERIFY,
          FREE,
          INJECT,
          REFUSE_ADD,
          OCCUPY,
          DELAY,
          LOOK ->
          "pin, fill, inject, await";
    };
  }

  private static String written(Step.Write write) {
    if (write.who() != Step.Who.ROOT) {
      return "write as nobody";
    }
    if (write.offset() != 0) {
      return "write at an offset";
    }
    String word = write.payload().text().replaceFirst("\n$", "");
    return WORDS.contains(word) ? "write " + word : "write other bytes";
  }

  private static String answer(ReturnValue answer) {
    return answer instanceof ReturnValue.Fails fails ? fails.errno().name() : "ok";
  }

  private static String answer(Step step, Result result) {
    if (step.kind() == Step.Kind.ACTORS) {
      return "";
    }
    if (!result.killed().isEmpty()) {
      return "killed";
    }
    return Optional.of(result).flatMap(Result::errno).map(e -> e.name()).orElse("ok");
  }

  /** The transitions as the page reads them. */
  void into(ObjectNode node) {
    node.put("steps", steps);
    ArrayNode all = node.putArray("edges");
    counts.forEach(
        (key, count) -> {
          ObjectNode edge = all.addObject();
          edge.put("from", key.from().id());
          edge.put("input", key.input());
          edge.put("answer", Escape.visible(key.answer()));
          edge.put("to", key.to().id());
          edge.put("seen", count.seen);
          edge.put("against", count.against);
          edge.put("modelled", count.modelled);
          ArrayNode rules = edge.putArray("rules");
          count.rules.forEach(rules::add);
        });
  }
}
