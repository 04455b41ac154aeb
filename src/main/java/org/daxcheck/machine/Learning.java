package org.daxcheck.machine;

import de.learnlib.acex.AcexAnalyzers;
import de.learnlib.algorithm.ttt.mealy.TTTLearnerMealy;
import de.learnlib.oracle.SingleQueryOracle;
import de.learnlib.query.DefaultQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import net.automatalib.alphabet.impl.Alphabets;
import net.automatalib.automaton.transducer.MealyMachine;
import net.automatalib.util.automaton.conformance.WpMethodTestsIterator;
import net.automatalib.word.Word;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;
import org.daxcheck.suite.Session;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/**
 * Learns the machine of a kernel from outside: asks words from the state between scenarios, builds
 * a hypothesis (LearnLib's TTT), and looks for words that it answers wrongly, first random ones,
 * then those of the Wp-method. Ends in bounded time, with the hypothesis so far where a bound is
 * met.
 */
public final class Learning implements AutoCloseable {
  /** How many random words are asked where nothing else is said. */
  public static final int RANDOM_WORDS = 30;

  private static final int SHORTEST = 4;
  private static final int LONGEST = 12;

  private final TargetSource source;
  private final String topology;
  private final List<Step> inputs;
  private final String alphabet;
  private final Bounds bounds;
  private final int randomWords;
  private final Consumer<String> progress;
  private final QueryCache answers = new QueryCache();
  private final TTTLearnerMealy<Step, MealyOutput> learner;
  private final long begin = System.nanoTime();
  private Session session;
  private Target target;
  private OutputAbstraction view;
  private InputFilter guard;
  private String initialSight = "";
  private long queries;
  private long steps;
  private int guests;
  private int lost;
  private volatile Optional<Automaton> hypothesis = Optional.empty();
  private volatile boolean over;

  /**
   * How far it goes.
   *
   * @param extra the k of the last check: how many more states it looks for
   * @param guests how many fresh guests it may use
   * @param time how long it may take
   * @param seed draws the random words
   */
  public record Bounds(int extra, int guests, Duration time, long seed) {}

  /**
   * What came of it.
   *
   * @param machine the hypothesis at the end; empty where there was none yet
   * @param queries words that were asked of the kernel, those known already not counted
   * @param steps steps of these words, the ways back not counted
   * @param guests guests that were booted
   * @param lost words after which the device did not come back
   * @param stopped why it ended before the last check was through; empty where it was
   */
  public record Result(
      Optional<Automaton> machine,
      long queries,
      long steps,
      int guests,
      int lost,
      Duration time,
      String stopped) {
    /** What it took, in a few words. */
    public String effort() {
      return "learned from outside by %d words of %d steps on %d %s in %.0f s"
          .formatted(
              queries, steps, guests, guests == 1 ? "guest" : "guests", time.toMillis() / 1e3);
    }

    /**
     * What was learned, in a sentence.
     *
     * @param extra how many states more the last check looked for
     */
    public String sentence(int extra) {
      String what =
          machine
              .map(
                  m ->
                      "%s, dialect %s, %s, alphabet %s: a machine of %d states"
                          .formatted(
                              m.origin().who(),
                              m.origin().dialect(),
                              m.origin().topology(),
                              m.origin().alphabet(),
                              m.size()))
              .orElse("no machine");
      String end =
          stopped.isEmpty()
              ? "; checked to k = "
                  + extra
                  + ": the kernel's machine is this one, or has more than "
                  + (machine.map(Automaton::size).orElse(0) + extra)
                  + " states"
              : "; not checked to the end (" + stopped + ")";
      return what + ", " + effort() + end;
    }
  }

  /** Ends learning from within a query. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException(String why, Throwable cause) {
      super(why, cause);
    }
  }

  /** Prepares to learn the kernels of the source over these inputs. */
  public Learning(
      TargetSource source,
      String topology,
      List<Step> inputs,
      String alphabet,
      Bounds bounds,
      int randomWords,
      Consumer<String> progress) {
    this.source = source;
    this.topology = topology;
    this.inputs = List.copyOf(inputs);
    this.alphabet = alphabet;
    this.bounds = bounds;
    this.randomWords = randomWords;
    this.progress = progress;
    SingleQueryOracle<Step, Word<MealyOutput>> oracle =
        (prefix, suffix) -> {
          List<MealyOutput> all = answer(prefix.concat(suffix).asList());
          return Word.fromList(all.subList(prefix.length(), all.size()));
        };
    this.learner =
        new TTTLearnerMealy<>(
            Alphabets.fromList(this.inputs), oracle, AcexAnalyzers.BINARY_SEARCH_FWD);
  }

  /** The target that is asked; it is there once the first word was. */
  public Optional<Target> target() {
    return Optional.ofNullable(target);
  }

  /** Learns, and says how far it came. */
  public Result learn() {
    String stopped = "";
    try {
      fresh();
      learner.startLearning();
      keep();
      for (Optional<List<Step>> wrong = counterexample();
          wrong.isPresent();
          wrong = counterexample()) {
        Word<Step> word = Word.fromList(wrong.get());
        DefaultQuery<Step, Word<MealyOutput>> query =
            new DefaultQuery<>(word, Word.fromList(answer(wrong.get())));
        while (learner.refineHypothesis(query)) {
          keep();
        }
      }
    } catch (StoppedException | TargetException e) {
      stopped = e.getMessage();
    }
    return sofar(stopped);
  }

  /** What there is now; safe to call from another thread. */
  public Result sofar(String stopped) {
    return new Result(
        hypothesis,
        queries,
        steps,
        guests,
        lost,
        Duration.ofNanos(System.nanoTime() - begin),
        stopped);
  }

  private void keep() {
    Automaton.Origin origin =
        new Automaton.Origin(
            target.kernel(),
            target.dialect(),
            topology,
            target.device().blocksOfRanges(),
            target.bootPolicy(),
            alphabet);
    hypothesis = Optional.of(keep(origin, learner.getHypothesisModel()));
    progress.accept(state());
  }

  private <S> Automaton keep(
      Automaton.Origin origin, MealyMachine<S, Step, ?, MealyOutput> learned) {
    return Automaton.of(origin, inputs, initialSight, learned);
  }

  private String state() {
    return "%d states, %d words and %d steps asked, %d guests"
        .formatted(hypothesis.map(Automaton::size).orElse(0), queries, steps, guests);
  }

  // ---- the search for words that the hypothesis answers wrongly

  private Optional<List<Step>> counterexample() {
    Automaton now = hypothesis.orElseThrow();
    Optional<List<Step>> strange = strange(now);
    if (strange.isPresent()) {
      return strange;
    }
    SplittableRandom random = new SplittableRandom(bounds.seed());
    // Words that use the guest up cost a boot each; a check by chance cannot tell which do.
    for (int i = 0; i < randomWords && lost == 0; i++) {
      List<Step> word = new ArrayList<>();
      for (int n = random.nextInt(SHORTEST, LONGEST + 1); n > 0; n--) {
        word.add(inputs.get(random.nextInt(inputs.size())));
      }
      if (!answer(word).equals(now.outputs(word))) {
        return Optional.of(word);
      }
    }
    for (int k = 0; k <= bounds.extra(); k++) {
      Iterator<Word<Step>> words = new WpMethodTestsIterator<>(now.mealy(), inputs, k);
      while (words.hasNext()) {
        List<Step> word = words.next().asList();
        if (!answer(word).equals(now.outputs(word))) {
          return Optional.of(word);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * A transition into a state that looks otherwise cannot be right; one input more shows it. This
   * saves the checks that follow most of their work.
   */
  private Optional<List<Step>> strange(Automaton now) {
    for (Automaton.Transition t : now.transitions()) {
      if (t.output().sight().equals(now.sight(t.to()))) {
        continue;
      }
      List<Step> word = new ArrayList<>(now.way(0, t.from()).orElseThrow());
      word.add(t.input());
      word.add(inputs.get(0));
      if (!answer(word).equals(now.outputs(word))) {
        return Optional.of(word);
      }
    }
    return Optional.empty();
  }

  // ---- asking the kernel

  private List<MealyOutput> answer(List<Step> word) {
    Optional<List<MealyOutput>> known = answers.of(word);
    if (known.isPresent()) {
      return known.get();
    }
    if (over) {
      throw new StoppedException("interrupted", null);
    }
    if (System.nanoTime() - begin > bounds.time().toNanos()) {
      throw new StoppedException(
          "the time of " + bounds.time().toMinutes() + " min is used up", null);
    }
    List<MealyOutput> outputs;
    try {
      back();
      outputs = ask(word);
    } catch (TargetException e) {
      throw new StoppedException(text(word) + ": " + e.getMessage(), e);
    }
    queries++;
    answers.add(word, outputs).ifPresent(Learning::isNoMachine);
    progress.accept(state());
    return outputs;
  }

  private static void isNoMachine(QueryCache.Contradiction c) {
    throw new StoppedException(
        "the kernel gave two outputs for the same word, so it is no deterministic machine: "
            + text(c.word())
            + " gave first '"
            + c.before()
            + "', later '"
            + c.now()
            + "'",
        null);
  }

  private static String text(List<Step> word) {
    return word.stream().map(Alphabet::label).collect(Collectors.joining("; "));
  }

  private List<MealyOutput> ask(List<Step> word) throws TargetException {
    List<MealyOutput> outputs = new ArrayList<>();
    for (Step input : word) {
      Observation seen = session.last();
      if (!guard.lets(input, seen)) {
        outputs.add(MealyOutput.notAsked(view.sight(seen)));
        continue;
      }
      steps++;
      List<Reply> replies = session.perform(List.of(input));
      outputs.add(view.of(input, replies.get(0)));
    }
    return outputs;
  }

  /** To the initial state, by the way back where there is one, else by a fresh guest. */
  private void back() throws TargetException {
    if (session.comeBack() && view.sight(session.last()).equals(initialSight)) {
      return;
    }
    lost++;
    fresh();
  }

  private void fresh() throws TargetException {
    if (session != null) {
      session.close();
      session = null;
    }
    if (guests >= bounds.guests()) {
      throw new StoppedException("all " + bounds.guests() + " guests are used up", null);
    }
    guests++;
    progress.accept(guests == 1 ? "waiting for a guest" : state() + ", waiting for a fresh guest");
    target = source.fresh(topology);
    session = Session.open(target);
    if (!session.isClean()) {
      throw new StoppedException("the device cannot be brought to its initial state", null);
    }
    view = OutputAbstraction.of(target, session.last());
    guard = InputFilter.of(target.dialect(), target.bootPolicy(), topology);
    String sight = view.sight(session.last());
    if (!initialSight.isEmpty() && !sight.equals(initialSight)) {
      throw new StoppedException(
          "a fresh guest began with '" + sight + "', another with '" + initialSight + "'", null);
    }
    initialSight = sight;
  }

  /** Asks nothing more of the kernel: the next word ends learning. */
  public void stop() {
    over = true;
  }

  @Override
  public void close() {
    over = true;
    if (session != null) {
      session.close();
    }
    source.close();
  }
}
