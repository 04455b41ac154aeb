package org.daxcheck.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Step;

/** What the documents say of writes to the state files of single memory blocks, and of pins. */
final class Blocks {
  /** The key of success among the answers of one block. */
  private static final Optional<Errno> OK = Optional.empty();

  /**
   * What may become of one block.
   *
   * @param by the block after each answer that it may give
   * @param odd an answer that is legal once only; empty where there is none
   */
  private record Choice(Map<Optional<Errno>, BlockState> by, Optional<Errno> odd) {
    Choice {
      by = new LinkedHashMap<>(by);
    }

    static Choice only(Errno errno, BlockState block) {
      return new Choice(Map.of(Optional.of(errno), block), OK);
    }

    /** The block, whichever answer it gives, of those that count. */
    BlockState any() {
      return by.entrySet().stream()
          .filter(e -> odd.isEmpty() || !e.getKey().equals(odd))
          .map(Map.Entry::getValue)
          .reduce(BlockState::or)
          .orElseThrow();
    }

    /** The errors that it may give. */
    Set<Errno> errors() {
      Set<Errno> errors = new LinkedHashSet<>();
      by.keySet().forEach(e -> e.ifPresent(errors::add));
      return errors;
    }
  }

  private final boolean kernelZoneReturns;

  Blocks(boolean kernelZoneReturns) {
    this.kernelZoneReturns = kernelZoneReturns;
  }

  /**
   * Every block is tried, in their order; the answer is the first error, if there is one. What
   * became of each is left open in the blocks, so that there are as many outcomes as answers.
   */
  List<Outcome> write(State s, Step.BlockWrite write, boolean interrupted) {
    List<Integer> meant = write.blocks().in(s.blocksOfRanges());
    List<BlockState> before = s.blocks();
    List<Choice> choices =
        meant.stream().map(i -> choice(s, before.get(i), write.word(), interrupted)).toList();
    List<Outcome> found = new ArrayList<>();
    ReturnValue ok = new ReturnValue.Ok(meant.isEmpty() ? 0 : write.word().length() + 1L);
    // The first block that cannot succeed: none behind it gives the answer.
    int last = 0;
    while (last < choices.size() && choices.get(last).by().containsKey(OK)) {
      last++;
    }
    Optional<State> all = Optional.empty();
    if (last == choices.size()) {
      State next = s.withBlocks(with(before, meant, choices, last, Choice::any));
      all = Optional.of(next);
      found.add(Outcome.of(ok, next, Grade.ALLOWED, Rules.SYNC_1, byHand()));
    }
    Set<Errno> errors = new LinkedHashSet<>();
    choices.subList(0, Math.min(last + 1, choices.size())).forEach(c -> errors.addAll(c.errors()));
    for (Errno error : errors) {
      found.add(failed(s, before, meant, choices, last, error, all));
    }
    return found;
  }

  /** The first error is this one: of which of the blocks up to {@code last} is left open. */
  private static Outcome failed(
      State s,
      List<BlockState> before,
      List<Integer> meant,
      List<Choice> choices,
      int last,
      Errno error,
      Optional<State> all) {
    Optional<Errno> key = Optional.of(error);
    List<Integer> may = new ArrayList<>();
    for (int i = 0; i <= Math.min(last, choices.size() - 1); i++) {
      if (choices.get(i).by().containsKey(key)) {
        may.add(i);
      }
    }
    boolean odd = may.stream().allMatch(i -> choices.get(i).odd().equals(key));
    List<BlockState> blocks = new ArrayList<>(before);
    for (int i = 0; i < choices.size(); i++) {
      Choice c = choices.get(i);
      BlockState block;
      if (i < may.get(0)) {
        block = c.by().get(OK);
      } else if (may.equals(List.of(i))) {
        block = c.by().get(key);
      } else if (may.contains(i)) {
        block = c.by().get(key).or(c.any());
      } else {
        block = c.any();
      }
      blocks.set(meant.get(i), block);
    }
    State next = s.withBlocks(blocks);
    if (odd) {
      next = next.withRefused();
    }
    Outcome o =
        Outcome.of(
            new ReturnValue.Fails(error),
            next,
            odd ? Grade.INTERESTING : Grade.ALLOWED,
            Rules.SYNC_1,
            byHand());
    // Where all could succeed, one at least did not.
    return all.isPresent() && may.size() > 1 ? o.neverIn(all.get()) : o;
  }

  private static List<BlockState> with(
      List<BlockState> before,
      List<Integer> meant,
      List<Choice> choices,
      int upTo,
      java.util.function.Function<Choice, BlockState> otherwise) {
    List<BlockState> blocks = new ArrayList<>(before);
    for (int i = 0; i < choices.size(); i++) {
      Choice c = choices.get(i);
      blocks.set(meant.get(i), i < upTo ? c.by().get(OK) : otherwise.apply(c));
    }
    return blocks;
  }

  private static RuleOf byHand() {
    return RuleOf.always()
        .by(
            Rules.SYNC_1,
            Property.VALUE,
            Property.BLOCKS,
            Property.ZONES,
            Property.IOMEM,
            Property.MEMTOTAL);
  }

  private Choice choice(State s, BlockState block, String text, boolean interrupted) {
    if (!block.exists()) {
      return Choice.only(Errno.ENOENT, block);
    }
    Optional<Word> word = Word.of(text).filter(w -> w != Word.UNPLUGGED);
    if (word.isEmpty()) {
      return Choice.only(Errno.EINVAL, block);
    }
    boolean wantsOnline = word.get().isOnline();
    if (block.undecided()) {
      Choice was = choice(s, block.decided(true), text, interrupted);
      Choice wasNot = choice(s, BlockState.OFFLINE, text, interrupted);
      Map<Optional<Errno>, BlockState> both = new LinkedHashMap<>(was.by());
      wasNot.by().forEach((answer, b) -> both.merge(answer, b, BlockState::or));
      return new Choice(both, was.odd());
    }
    if (wantsOnline == block.isOnline()) {
      return Choice.only(Errno.EINVAL, block);
    }
    Optional<Errno> failing = s.fails(wantsOnline ? Step.Change.ONLINE : Step.Change.OFFLINE);
    if (failing.isPresent()) {
      return Choice.only(failing.get(), block);
    }
    Map<Optional<Errno>, BlockState> by = new LinkedHashMap<>();
    Optional<Errno> odd = OK;
    if (wantsOnline || !block.pinned()) {
      by.put(OK, BlockState.of(word.get()));
    }
    if (!wantsOnline && (block.pinned() || interrupted)) {
      by.put(Optional.of(Errno.EINTR), block);
    }
    if (!wantsOnline) {
      Optional<Errno> busy = Optional.of(Errno.EBUSY);
      if (block.mayHoldKernelMemory() && !kernelZoneReturns) {
        by.put(busy, block);
      } else if (!block.pinned() && !s.refused()) {
        // Legal once, as for the whole device: the kernel may give up, but not when asked again.
        by.put(busy, block);
        odd = busy;
      }
    }
    return new Choice(by, odd);
  }

  // ---- pins

  static State pinned(State s, BlockRef ref) {
    List<BlockState> blocks = new ArrayList<>(s.blocks());
    for (int index : ref.in(s.blocksOfRanges())) {
      if (blocks.get(index).isOnline()) {
        blocks.set(index, blocks.get(index).withPin(true));
      }
    }
    return s.withBlocks(blocks);
  }

  static State unpinned(State s) {
    return s.withRanges(r -> r.withBlocks(b -> b.withPin(false)));
  }
}
