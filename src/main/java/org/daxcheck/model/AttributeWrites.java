package org.daxcheck.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.daxcheck.abi.DialectProperties;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Grade;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Rules;
import org.daxcheck.abi.Word;
import org.daxcheck.step.Step;

/** What the documents say of reads of the attribute and writes to it. */
final class AttributeWrites {
  /** What sysfs hands to a store function at most: one page. */
  private static final int PAGE = 4096;

  private final DialectProperties properties;
  private final boolean hotremove;
  private final boolean kernelZoneReturns;

  AttributeWrites(DialectProperties properties, boolean hotremove, boolean kernelZoneReturns) {
    this.properties = properties;
    this.hotremove = hotremove;
    this.kernelZoneReturns = kernelZoneReturns;
  }

  Outcome read(State s) {
    if (s.word().isEmpty()) {
      return Outcomes.refused(s, Errno.ENOENT, Rules.ATTR_1);
    }
    ReturnValue answer = new ReturnValue.Data(s.word().get().text() + "\n");
    return Outcomes.required(answer, s, Rules.ATTR_7, RuleOf.unchanged(Rules.ATTR_5));
  }

  List<Outcome> write(State s, Step.Write write, boolean interrupted) {
    if (s.word().isEmpty()) {
      return List.of(Outcomes.refused(s, Errno.ENOENT, Rules.ATTR_1));
    }
    if (write.who() == Step.Who.NOBODY) {
      return List.of(Outcomes.refused(s, Errno.EACCES, Rules.ATTR_3));
    }
    byte[] bytes = write.payload().bytes();
    if (bytes.length == 0) {
      return List.of(
          Outcomes.required(
              new ReturnValue.Ok(0), s, Rules.WORD_2, RuleOf.unchanged(Rules.WORD_2)));
    }
    String seen = new String(bytes, 0, Math.min(bytes.length, PAGE), StandardCharsets.ISO_8859_1);
    int nul = seen.indexOf('\0');
    String text = nul < 0 ? seen : seen.substring(0, nul);
    String name = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    Optional<Word> word = Optional.ofNullable(properties.words().get(name));
    if (word.isEmpty()) {
      return List.of(Outcomes.refused(s, Errno.EINVAL, badWord(name)));
    }
    // A word that was taken out of more than a page had a NUL behind it.
    boolean corner = nul >= 0 || write.offset() != 0;
    ReturnValue.Ok ok = new ReturnValue.Ok(Math.min(bytes.length, PAGE));
    List<Outcome> taken = accepted(s, word.get(), ok, interrupted);
    if (!corner) {
      return taken;
    }
    List<Outcome> open = new ArrayList<>();
    taken.forEach(o -> open.add(o.graded(Grade.INTERESTING).citing(Rules.WORD_6)));
    open.add(
        Outcome.of(
            new ReturnValue.Fails(Errno.EINVAL),
            s,
            Grade.INTERESTING,
            Rules.WORD_6,
            RuleOf.unchanged(Rules.WORD_6)));
    return open;
  }

  private RuleId badWord(String name) {
    if (name.equals(Word.OFFLINE.text())) {
      return Rules.WORD_3;
    }
    return properties.foreign().contains(name) ? Rules.WORD_4 : Rules.WORD_2;
  }

  private List<Outcome> accepted(State s, Word wanted, ReturnValue.Ok ok, boolean interrupted) {
    Word now = s.word().orElseThrow();
    if (now == wanted) {
      RuleId rule = Outcomes.changedByHand(s) ? Rules.SYNC_4 : Rules.TRANS_7;
      return List.of(Outcomes.required(ok, s, rule, RuleOf.unchanged(rule)));
    }
    if (wanted == Word.UNPLUGGED) {
      return unplug(s, ok, interrupted);
    }
    if (now == Word.OFFLINE) {
      return List.of(Outcomes.refused(s, Errno.EBUSY, Rules.REFUSE_2, Rules.REFUSE_3));
    }
    if (now.isOnline()) {
      return List.of(Outcomes.refused(s, Errno.EBUSY, Rules.REFUSE_1, Rules.REFUSE_3));
    }
    return online(s, wanted, ok);
  }

  // ---- online words

  private List<Outcome> online(State s, Word wanted, ReturnValue.Ok ok) {
    RuleId rule =
        switch (wanted) {
          case ONLINE -> Rules.TRANS_1;
          case ONLINE_KERNEL -> Rules.TRANS_2;
          case ONLINE_MOVABLE -> Rules.TRANS_3;
          case UNPLUGGED, OFFLINE ->
              throw new IllegalArgumentException(wanted + " onlines nothing");
        };
    if (s.fails(Step.Change.ONLINE).isPresent()) {
      return cannotComeOnline(s);
    }
    RuleOf claims =
        RuleOf.always()
            .by(Rules.EFFECT_1, Property.BLOCKS, Property.MEMTOTAL)
            .by(Rules.EFFECT_2, Property.ZONES)
            .by(Rules.EFFECT_4, Property.IOMEM);
    if (!properties.reservesAgain()) {
      return addedOnly(s, wanted, ok, rule, claims);
    }
    BlockState each = BlockState.of(wanted);
    return new Plugging(s, ranges -> plugged(s, ranges, each).withWord(wanted), ok, rule, claims)
        .outcomes();
  }

  /**
   * What did not come online must not be told to be: the write fails, with whichever error. Nothing
   * is there then, though blocks may have come and gone, or the blocks are there and offline, and
   * the attribute says so.
   */
  private static List<Outcome> cannotComeOnline(State s) {
    RuleOf undone =
        RuleOf.always()
            .by(Rules.EFFECT_1, Property.VALUE, Property.BLOCKS, Property.ZONES, Property.MEMTOTAL)
            .by(Rules.EFFECT_4, Property.IOMEM);
    Set<Integer> all = Set.copyOf(s.which(RangeState::usable));
    State offline = plugged(s, all, BlockState.OFFLINE).withWord(Word.OFFLINE);
    return List.of(
        Outcome.of(new ReturnValue.FailsSomehow(), s, Grade.ALLOWED, Rules.EFFECT_1, undone),
        Outcome.of(new ReturnValue.FailsSomehow(), offline, Grade.ALLOWED, Rules.EFFECT_1, undone));
  }

  /** Where the dialect does not reserve ranges again, they are merely added. */
  private static List<Outcome> addedOnly(
      State s, Word wanted, ReturnValue.Ok ok, RuleId rule, RuleOf claims) {
    if (s.ranges().stream().noneMatch(r -> r.usable() && !r.added())) {
      return List.of(Outcomes.refused(s, Errno.EEXIST, rule));
    }
    BlockState each = BlockState.of(wanted);
    State next = s.withRanges(r -> r.usable() && !r.added() ? r.added(each) : r).withWord(wanted);
    return List.of(Outcomes.required(ok, next, rule, claims));
  }

  /** These ranges, by their indices, are reserved and added. */
  static State plugged(State s, Set<Integer> ranges, BlockState each) {
    return s.withRanges(
        IntStream.range(0, s.ranges().size())
            .mapToObj(i -> ranges.contains(i) ? s.ranges().get(i).plugged(each) : s.ranges().get(i))
            .toList());
  }

  // ---- unplug

  /** Every outcome of an unplug that the attribute, or an unbind of v4, asks for. */
  List<Outcome> unplug(State s, ReturnValue.Ok ok, boolean interrupted) {
    if (!hotremove) {
      return List.of(Outcomes.refused(s, Errno.EBUSY, Rules.ATOMIC_7));
    }
    if (!properties.atomic()) {
      return unplugWhatGoes(s, ok, interrupted);
    }
    List<BlockState> own = s.ownBlocks();
    boolean online = own.stream().anyMatch(BlockState::isOnline);
    boolean surely = own.stream().anyMatch(BlockState::isSurelyOnline);
    List<Outcome> found = new ArrayList<>();
    Optional<Errno> failing = s.fails(Step.Change.OFFLINE);
    boolean kernelZone = own.stream().anyMatch(BlockState::mayHoldKernelMemory);
    if (failing.isPresent() && online) {
      found.add(failed(s, failing.get(), Rules.ATOMIC_1));
      if (surely && kernelZone) {
        // What cannot be moved is found before the notifiers are asked; memory_hotplug.c 7.3,
        // offline_pages: start_isolate_page_range() comes first.
        found.addAll(busy(s));
        return found;
      }
      if (surely) {
        return List.of(found.get(0).graded(Grade.REQUIRED));
      }
    }
    boolean pinned = s.ranges().stream().anyMatch(r -> !r.leaked() && r.pinned());
    boolean surelyPinned = own.stream().anyMatch(b -> b.isSurelyOnline() && b.pinned());
    RuleId success =
        s.word().orElseThrow() == Word.OFFLINE
            ? Rules.TRANS_6
            : kernelZone ? Rules.TRANS_5 : Rules.TRANS_4;
    if (!surelyPinned) {
      boolean sole = found.isEmpty() && !pinned && !kernelZone && !interrupted;
      State gone = s.withRanges(r -> r.leaked() ? r : r.removed()).withWord(Word.UNPLUGGED);
      RuleOf claims =
          RuleOf.always()
              .by(
                  someOfflineByHand(s) ? Rules.SYNC_2 : Rules.EFFECT_3,
                  Property.BLOCKS,
                  Property.IOMEM,
                  Property.MEMTOTAL);
      found.add(Outcome.of(ok, gone, sole ? Grade.REQUIRED : Grade.ALLOWED, success, claims));
    }
    if (pinned || interrupted) {
      found.add(failed(s, Errno.EINTR, Rules.ATOMIC_2));
    }
    if (kernelZone && !kernelZoneReturns) {
      found.addAll(busy(s));
    } else if (!pinned && !s.refused() && online) {
      // Legal once: the kernel may give up on such memory, but not when asked again.
      found.add(failed(s.withRefused(), Errno.EBUSY, success).graded(Grade.INTERESTING));
    }
    return found;
  }

  /** A kernel zone may hold what cannot be moved; legal once where it usually comes back. */
  private List<Outcome> busy(State s) {
    if (!kernelZoneReturns) {
      return List.of(failed(s, Errno.EBUSY, Rules.ATOMIC_3));
    }
    return s.refused()
        ? List.of()
        : List.of(failed(s.withRefused(), Errno.EBUSY, Rules.ATOMIC_3).graded(Grade.INTERESTING));
  }

  private Outcome failed(State s, Errno errno, RuleId rule) {
    RuleOf claims =
        RuleOf.always()
            .by(Rules.ATOMIC_1, Property.VALUE, Property.BLOCKS, Property.IOMEM, Property.MEMTOTAL)
            .by(Rules.ATOMIC_5, Property.ZONES)
            .by(Rules.ATOMIC_6, Property.LOG);
    return Outcome.of(new ReturnValue.Fails(errno), s, Grade.ALLOWED, rule, claims)
        .logging(List.of(Logged.error("hotremove failed, device left online: -" + errno.number())));
  }

  static boolean someOfflineByHand(State s) {
    return s.word().filter(Word::isOnline).isPresent() && Outcomes.changedByHand(s);
  }

  /** Range by range: each that has a reservation goes, or stays where something holds it. */
  private static List<Outcome> unplugWhatGoes(State s, ReturnValue.Ok ok, boolean interrupted) {
    List<List<RangeState>> reached = List.of(List.of());
    boolean kernelZone = s.ownBlocks().stream().anyMatch(BlockState::mayHoldKernelMemory);
    boolean pinned = s.ranges().stream().anyMatch(r -> tried(r) && r.pinned());
    boolean failing = s.fails(Step.Change.OFFLINE).isPresent();
    for (RangeState range : s.ranges()) {
      boolean held =
          range.blocks().stream().anyMatch(b -> b.isSurelyOnline() && (b.pinned() || failing));
      boolean mayStay =
          range.anyOnline()
              && (interrupted
                  || pinned
                  || failing
                  || range.blocks().stream().anyMatch(BlockState::mayHoldKernelMemory));
      List<List<RangeState>> next = new ArrayList<>();
      for (List<RangeState> before : reached) {
        if (!tried(range)) {
          next.add(with(before, range));
          continue;
        }
        if (!held) {
          next.add(with(before, range.removed()));
        }
        if (held || mayStay) {
          next.add(with(before, range));
        }
      }
      reached = next;
    }
    RuleOf claims =
        RuleOf.always().by(Rules.EFFECT_3, Property.BLOCKS, Property.IOMEM, Property.MEMTOTAL);
    RuleId rule = kernelZone ? Rules.TRANS_5 : Rules.TRANS_4;
    List<Outcome> found = new ArrayList<>();
    for (List<RangeState> ranges : reached) {
      boolean all = ranges.stream().noneMatch(AttributeWrites::tried);
      State after = s.withRanges(ranges);
      found.add(
          Outcome.of(
              ok,
              all ? after.withWord(Word.UNPLUGGED) : after,
              reached.size() == 1 ? Grade.REQUIRED : Grade.ALLOWED,
              rule,
              claims));
    }
    return found;
  }

  private static boolean tried(RangeState range) {
    return range.reserved() && !range.leaked() && range.added();
  }

  private static List<RangeState> with(List<RangeState> before, RangeState next) {
    List<RangeState> more = new ArrayList<>(before);
    more.add(next);
    return more;
  }
}
