package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/**
 * The inputs of a machine: steps that a kernel answers in one way. One alphabet serves all
 * dialects, so that their machines can be held against each other. Refused words stand first: they
 * cost next to nothing, and telling states apart by them is cheap.
 */
public enum Alphabet {
  /** Every word of the attribute in any dialect, and one that is none. */
  WORDS,
  /** Some words, binding and unbinding, and the policy under which a bind happens. */
  LIFECYCLE,
  /** Every word, the lifecycle, and writes to single memory blocks. */
  WIDE;

  /** A word of no dialect. */
  private static final String NO_WORD = "nonsense";

  /** What v3 writes to unplug. */
  private static final String UNPLUG = "unplug";

  /** The alphabet spelled {@code text}, or empty. */
  public static Optional<Alphabet> of(String text) {
    return Arrays.stream(values()).filter(a -> a.text().equals(text)).findFirst();
  }

  /** Its name as users write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its inputs. */
  public List<Step> inputs() {
    return switch (this) {
      case WORDS -> words();
      case LIFECYCLE -> {
        List<Step> some = new ArrayList<>();
        Stream.of(NO_WORD, UNPLUG, Word.UNPLUGGED.text(), Word.ONLINE_MOVABLE.text())
            .forEach(w -> some.add(write(w)));
        some.addAll(lifecycle());
        yield some;
      }
      case WIDE -> {
        List<Step> all = new ArrayList<>(words());
        all.addAll(lifecycle());
        for (BlockRef.Place place : List.of(BlockRef.Place.at(0), BlockRef.Place.LAST)) {
          for (Word word : List.of(Word.OFFLINE, Word.ONLINE_MOVABLE)) {
            all.add(new Step.BlockWrite(BlockRef.ofDevice(place), word.text()));
          }
        }
        yield all;
      }
    };
  }

  private static List<Step> words() {
    return Stream.concat(
            Stream.of(NO_WORD, Word.OFFLINE.text(), UNPLUG),
            Stream.of(Word.UNPLUGGED, Word.ONLINE, Word.ONLINE_KERNEL, Word.ONLINE_MOVABLE)
                .map(Word::text))
        .map(Alphabet::write)
        .toList();
  }

  private static List<Step> lifecycle() {
    return List.of(
        new Step.Unbind(),
        new Step.Bind(Driver.KMEM),
        new Step.SetPolicy(Policy.OFFLINE),
        new Step.SetPolicy(Policy.ONLINE_MOVABLE));
  }

  private static Step write(String word) {
    return new Step.Write(Payload.line(word), Step.Who.ROOT);
  }

  /** An input as pictures name it: the step, a written word by itself. */
  public static String label(Step input) {
    return StepText.of(input).replaceFirst("^write ", "");
  }

  @Override
  public String toString() {
    return text();
  }
}
