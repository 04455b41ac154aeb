package org.daxcheck.suite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.model.BlockState;
import org.daxcheck.model.Logged;
import org.daxcheck.model.Outcome;
import org.daxcheck.model.RangeState;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.model.State;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Result;
import org.daxcheck.step.Retouched;
import org.daxcheck.step.Step;
import org.daxcheck.suite.FaultyTarget.Case;
import org.daxcheck.suite.FaultyTarget.Fault;
import org.daxcheck.suite.FaultyTarget.Moment;

/** Single faults that a driver may have, each with the rules that may be blamed for it. */
final class Faults {
  private static final BlockState ABSENT =
      new BlockState(BlockState.Presence.ABSENT, Set.of(), false);
  private static final BlockState OFFLINE =
      new BlockState(BlockState.Presence.OFFLINE, Set.of(), false);
  private static final long KIB = 64;

  private final List<Case> all = new ArrayList<>();

  private Faults() {}

  static List<Case> all() {
    Faults faults = new Faults();
    faults.ofWords();
    faults.ofTheAttribute();
    faults.ofTransitions();
    faults.ofEffects();
    faults.ofUnplug();
    faults.ofPolicy();
    faults.ofUnbind();
    faults.ofBlocksAndActors();
    faults.ofHealth();
    faults.ofSurroundings();
    faults.ofHoles();
    faults.ofV4();
    return faults.all;
  }

  private void ofWords() {
    happens("bad word is ENOENT", "WORD-2 WORD-3 WORD-4 WORD-5")
        .when(Moment::isBadWord, m -> m.fails(Errno.ENOENT));
    happens("offline is accepted and does nothing", "WORD-3")
        .when(m -> word(m).equals("offline"), m -> m.does(m.from()));
    happens("offline is accepted and offlines", "WORD-3")
        .when(
            m -> word(m).equals("offline") && m.isOnline(),
            m -> m.does(blocks(m.from(), b -> b.exists() ? OFFLINE : b).withWord(Word.OFFLINE)));
    happens("unplug is accepted", "WORD-4")
        .when(
            m -> word(m).equals("unplug"),
            m -> m.does(ranges(m.from(), r -> gone(r)).withWord(Word.UNPLUGGED)));
    happens("state is judged before the word", "WORD-3 WORD-5")
        .when(m -> m.isBadWord() && m.isOnline(), m -> m.fails(Errno.EBUSY));
    happens("word without a newline is EINVAL", "WORD-1")
        .when(
            m -> m.wanted().isPresent() && !m.written().get().endsWith("\n"),
            m -> m.fails(Errno.EINVAL));
    lenient("two newlines are accepted", t -> t.replaceAll("\n\n$", "\n"));
    lenient("upper case is accepted", t -> t.toLowerCase(Locale.ROOT));
    lenient("leading blanks are accepted", String::stripLeading);
    lenient("trailing blanks are accepted", t -> t.replaceAll("[ \t]+\n?$", "\n"));
    lenient("a prefix is accepted", t -> t.matches("online_m[a-z]*\n") ? "online_movable\n" : t);
    lenient(
        "a suffix is accepted",
        t -> t.replaceAll("^(online_movable|unplugged)[a-z0-9].*\n$", "$1"));
    happens("write of no bytes is EINVAL", "WORD-2")
        .when(m -> m.written().filter(String::isEmpty).isPresent(), m -> m.fails(Errno.EINVAL));
    happens("bad word unplugs", "WORD-2 WORD-3 WORD-4")
        .when(
            m -> m.isBadWord() && m.reads(Word.ONLINE_MOVABLE),
            m -> m.endsIn(ranges(m.from(), r -> gone(r)).withWord(Word.UNPLUGGED)));
  }

  /** A driver that takes more spellings than it should; {@code as} is what it makes of them. */
  private void lenient(String name, UnaryOperator<String> as) {
    happens(name, "WORD-2")
        .when(
            m ->
                m.isBadWord()
                    && Word.of(as.apply(m.written().orElse("")).strip())
                        .filter(w -> w != Word.OFFLINE)
                        .isPresent()
                    && as.apply(m.written().get()).matches("[a-z_]+\n?"),
            m -> m.does(plugged(m.from(), Word.of(as.apply(m.written().get()).strip()).get())));
  }

  private void ofTheAttribute() {
    add("read lags one write behind", "ATTR-7", ReadLags::new);
    happens("read offlines a block", "ATTR-5")
        .when(
            m ->
                m.step() instanceof Step.Read
                    && m.from().word().isPresent()
                    && m.from().blocks().get(0).isOnline(),
            m -> m.endsIn(m.from().withBlock(0, OFFLINE)));
    shows(
        "offline reads unknown", "ATTR-4", (o, s) -> text(o, t -> t.replace("offline", "unknown")));
    replies("reads end without a newline", "ATTR-4", String::strip);
    replies("reads end with two newlines", "ATTR-4", t -> t + "\n");
    shows("mode is 0600", "ATTR-3", (o, s) -> files(o, a -> file(a, "0600", 0, a.text())));
    shows("owner is not root", "ATTR-3", (o, s) -> files(o, a -> file(a, a.mode(), 7, a.text())));
    happens("everybody may write", "ATTR-3")
        .when(
            m ->
                m.step() instanceof Step.Write w
                    && w.who() == Step.Who.NOBODY
                    && m.from().word().isPresent(),
            m ->
                m.does(
                    Word.of(((Step.Write) m.step()).payload().text().strip())
                        .map(w -> plugged(m.from(), w))
                        .orElse(m.from())));
    happens("only root may read", "ATTR-3")
        .when(
            m ->
                m.step() instanceof Step.Read r
                    && r.who() == Step.Who.NOBODY
                    && m.from().word().isPresent(),
            m -> m.fails(Errno.EACCES));
    shows(
        "attribute stays after unbind",
        "ATTR-1",
        (o, s) ->
            s.driver() == Driver.NONE
                ? attributes(
                    o, "state", a -> new Observation.Attribute("state", "0644", 0, 0, "ENODEV", ""))
                : o);
    shows(
        "attribute is absent while offline",
        "ATTR-1",
        (o, s) ->
            s.word().filter(Word.OFFLINE::equals).isPresent()
                ? attributes(
                    o, "state", a -> new Observation.Attribute("state", "", -1, -1, "ENOENT", ""))
                : o);
    shows(
        "both names exist",
        "ATTR-2",
        (o, s) ->
            attributes(
                o,
                "hotplug",
                a ->
                    o.attribute("state")
                        .map(f -> new Observation.Attribute("hotplug", "0644", 0, 0, "", f.text()))
                        .orElse(a)));
    happens("accepted write returns 1", "ATTR-6")
        .when(m -> m.wanted().isPresent() && m.succeeds(), m -> m.answers(new ReturnValue.Ok(1)));
    happens("accepted write returns 0", "ATTR-6")
        .when(m -> m.wanted().isPresent() && m.succeeds(), m -> m.answers(new ReturnValue.Ok(0)));
    happens("write returns the length without the newline", "ATTR-6")
        .when(
            m -> m.wanted().isPresent() && m.succeeds() && m.written().get().endsWith("\n"),
            m -> m.answers(new ReturnValue.Ok(m.written().get().length() - 1)));
  }

  private void ofTransitions() {
    happens("online takes another online type", "REFUSE-1")
        .when(m -> m.isRefused() && m.isOnline(), m -> m.does(plugged(m.from(), m.wanted().get())));
    happens("another online type is ok and does nothing", "REFUSE-1")
        .when(m -> m.isRefused() && m.isOnline(), m -> m.does(m.from()));
    happens("another online type is EINVAL", "REFUSE-1 REFUSE-2")
        .when(Moment::isRefused, m -> m.fails(Errno.EINVAL));
    happens("refused write changes a zone", "REFUSE-3")
        .when(
            m -> m.isRefused() && m.from().blocks().get(0).isOnline(),
            m -> m.endsIn(m.from().withBlock(0, otherZone(m.from().blocks().get(0)))));
    happens("refused write changes the attribute", "REFUSE-3 WORD-6")
        .when(Moment::isRefused, m -> m.endsIn(m.from().withWord(m.wanted().get())));
    happens("refused write offlines a block", "REFUSE-3")
        .when(
            m -> m.isRefused() && m.from().blocks().get(0).isOnline(),
            m -> m.endsIn(m.from().withBlock(0, OFFLINE)));
    happens("offline takes an online type", "REFUSE-2 POLICY-8")
        .when(
            m -> m.isRefused() && m.reads(Word.OFFLINE),
            m -> m.does(plugged(m.from(), m.wanted().get())));
    for (Word word : List.of(Word.ONLINE, Word.ONLINE_KERNEL, Word.ONLINE_MOVABLE)) {
      happens("unplugged refuses " + word, "WORD-2 TRANS-" + (word.ordinal() - 1))
          .when(m -> m.changesTo(word), m -> m.fails(Errno.EBUSY));
    }
    happens("unplug is always EBUSY", "TRANS-4 TRANS-6 SYNC-2 ATOMIC-4")
        .when(
            m -> m.changesTo(Word.UNPLUGGED),
            m -> logging(m.fails(Errno.EBUSY), "hotremove failed, device left online: -16"));
    happens("unplug of an offline device is EBUSY", "TRANS-6")
        .when(
            m -> m.changesTo(Word.UNPLUGGED) && m.reads(Word.OFFLINE),
            m -> logging(m.fails(Errno.EBUSY), "hotremove failed, device left online: -16"));
    happens("present state is EBUSY", "TRANS-7")
        .when(
            m -> m.wanted().isPresent() && m.wanted().equals(m.from().word()),
            m -> m.fails(Errno.EBUSY));
    add("present state sends a uevent", "TRANS-7 EFFECT-7", PresentStateTells::new);
    happens("present state brings blocks back", "SYNC-4 TRANS-7")
        .when(
            m -> m.reads(Word.ONLINE_MOVABLE) && m.wanted().equals(m.from().word()),
            m -> m.endsIn(blocks(m.from(), b -> b.isOnline() ? b : online(Zone.MOVABLE))));
  }

  private void ofEffects() {
    happens("online leaves the last block absent", "EFFECT-1")
        .when(Faults::plugs, m -> m.endsIn(m.usual().next().withBlock(last(m), ABSENT)));
    happens("online leaves the last block offline", "EFFECT-1")
        .when(Faults::plugs, m -> m.endsIn(m.usual().next().withBlock(last(m), OFFLINE)));
    happens("online_kernel goes Movable", "EFFECT-2")
        .when(m -> m.changesTo(Word.ONLINE_KERNEL), m -> m.endsIn(zone(m, Zone.MOVABLE)));
    happens("online_movable goes Normal", "EFFECT-2")
        .when(m -> m.changesTo(Word.ONLINE_MOVABLE), m -> m.endsIn(zone(m, Zone.NORMAL)));
    happens("one block of online_movable goes Normal", "EFFECT-2")
        .when(
            m -> m.changesTo(Word.ONLINE_MOVABLE),
            m -> m.endsIn(m.usual().next().withBlock(last(m), online(Zone.NORMAL))));
    happens("unplug leaves a block", "EFFECT-3")
        .when(
            m -> m.changesTo(Word.UNPLUGGED),
            m -> m.endsIn(m.usual().next().withBlock(last(m), OFFLINE)));
    happens("unplug does nothing but say so", "EFFECT-3")
        .when(m -> m.changesTo(Word.UNPLUGGED), m -> m.endsIn(m.from().withWord(Word.UNPLUGGED)));
    happens("unplug leaves the reservation", "EFFECT-3")
        .when(
            m -> m.changesTo(Word.UNPLUGGED),
            m ->
                m.endsIn(
                    ranges(m.usual().next(), r -> new RangeState(true, r.leaked(), r.blocks()))));
    shows(
        "iomem has no child",
        "EFFECT-4",
        (o, s) -> iomem(o, l -> l.stream().filter(r -> r.depth() == 2).toList()));
    shows(
        "iomem has no reservation of the last range",
        "EFFECT-4",
        (o, s) -> s.driver() == Driver.KMEM ? iomem(o, Faults::withoutLastReservation) : o);
    add(
        "each unplug loses memory",
        "EFFECT-3 EFFECT-5",
        () -> new Loses(m -> m.changesTo(Word.UNPLUGGED)));
    add(
        "memory is missing while online",
        "EFFECT-1 POLICY-3 POLICY-4 POLICY-5 SYNC-1",
        MissingMemory::new);
  }

  private void ofUnplug() {
    happens("failed unplug loses a block", "ATOMIC-1")
        .when(Moment::isFailedUnplug, m -> m.endsIn(m.usual().next().withBlock(0, ABSENT)));
    happens("failed unplug loses a range", "ATOMIC-1")
        .when(Moment::isFailedUnplug, m -> m.endsIn(firstRangeGone(m.usual().next())));
    happens("failed unplug leaves a block offline", "ATOMIC-1")
        .when(
            m -> m.isFailedUnplug() && m.from().blocks().get(0).isOnline(),
            m -> m.endsIn(m.usual().next().withBlock(0, OFFLINE)));
    happens("failed unplug changes a zone", "ATOMIC-5")
        .when(
            m -> m.isFailedUnplug() && m.from().blocks().get(0).isOnline(),
            m -> m.endsIn(m.usual().next().withBlock(0, otherZone(m.from().blocks().get(0)))));
    happens("failed unplug puts all into the attribute's zone", "ATOMIC-5")
        .when(
            m -> m.isFailedUnplug() && m.reads(Word.ONLINE_MOVABLE),
            m ->
                m.endsIn(
                    blocks(
                        m.usual().next(),
                        b -> b.isOnline() ? online(Zone.MOVABLE, b.pinned()) : b)));
    // Another actor meanwhile reads the word, or is accepted since it is unplugged.
    happens("failed unplug reads unplugged", "ATOMIC-1 CONC-2 REFUSE-1")
        .when(Moment::isFailedUnplug, m -> m.endsIn(m.from().withWord(Word.UNPLUGGED)));
    happens("failed unplug onlines what was offline", "SYNC-3 ATOMIC-1 ATOMIC-5")
        .when(
            m -> m.isFailedUnplug() && m.isOnline(),
            m -> m.endsIn(blocks(m.usual().next(), b -> b.isOnline() ? b : online(Zone.MOVABLE))));
    happens("failed unplug is not logged", "ATOMIC-6")
        .when(Moment::isFailedUnplug, m -> silent(m.usual()));
    happens("failed unplug is logged with a wrong error", "ATOMIC-6")
        .when(
            Moment::isFailedUnplug,
            m -> logging(m.usual(), "hotremove failed, device left online: -22"));
    happens("unplug removes a pinned page", "ATOMIC-2")
        .when(
            m -> m.isFailedUnplug() && pinned(m),
            m -> m.does(ranges(m.from(), r -> gone(r)).withWord(Word.UNPLUGGED)));
    happens("partial unplug is ok", "ATOMIC-1 ATOMIC-2")
        .when(
            m -> m.isFailedUnplug() && pinned(m),
            m ->
                m.does(
                    ranges(
                        m.from(),
                        r -> r.blocks().stream().anyMatch(BlockState::pinned) ? r : gone(r))));
    happens("partial unplug keeps what went", "ATOMIC-1")
        .when(
            m -> m.isFailedUnplug() && pinned(m),
            m ->
                m.endsIn(
                    ranges(
                        m.from(),
                        r -> r.blocks().stream().anyMatch(BlockState::pinned) ? r : gone(r))));
    happens("unplug of a pinned page is EINVAL", "ATOMIC-2")
        .when(m -> m.isFailedUnplug() && pinned(m), m -> m.fails(Errno.EINVAL));
    add("failed unplug is for ever", "ATOMIC-4 TRANS-4 TRANS-5 TRANS-6", FailsForEver::new);
    happens("unplug wants every block online", "SYNC-2 TRANS-4")
        .when(
            m ->
                m.changesTo(Word.UNPLUGGED)
                    && m.isOnline()
                    && m.from().blocks().stream().anyMatch(b -> b.exists() && !b.isOnline()),
            m -> logging(m.fails(Errno.EBUSY), "hotremove failed, device left online: -16"));
  }

  private void ofPolicy() {
    happens("policy offline is ignored", "POLICY-2")
        .when(
            m -> m.isBind() && m.usual().next().word().get() == Word.OFFLINE,
            m -> m.endsIn(plugged(m.usual().next(), Word.ONLINE_MOVABLE)));
    happens("policy of creation counts", "POLICY-2 POLICY-5 POLICY-7")
        .when(
            Moment::isBind,
            m -> m.endsIn(plugged(m.usual().next(), m.from().createdUnder().word())));
    happens("no blocks under offline, reads unplugged", "POLICY-1 POLICY-2")
        .when(
            m -> m.isBind() && m.usual().next().word().get() == Word.OFFLINE,
            m -> m.endsIn(ranges(m.usual().next(), r -> gone(r)).withWord(Word.UNPLUGGED)));
    happens("no blocks under offline, reads offline", "POLICY-1 POLICY-2")
        .when(
            m -> m.isBind() && m.usual().next().word().get() == Word.OFFLINE,
            m -> m.endsIn(ranges(m.usual().next(), r -> gone(r))));
    happens("bind under offline is EINVAL", "POLICY-1 POLICY-2")
        .when(
            m ->
                m.isBind()
                    && m.usual().next().word().get() == Word.OFFLINE
                    && m.step() instanceof Step.Bind,
            m -> m.fails(Errno.EINVAL));
    happens("new policy changes the attribute", "POLICY-6")
        .when(
            m -> m.step() instanceof Step.SetPolicy && m.isOnline(),
            m -> m.endsIn(m.usual().next().withWord(((Step.SetPolicy) m.step()).policy().word())));
    happens("new policy onlines an offline device", "POLICY-6")
        .when(
            m ->
                m.step() instanceof Step.SetPolicy set
                    && set.policy() != Policy.OFFLINE
                    && m.reads(Word.OFFLINE),
            m -> m.endsIn(plugged(m.usual().next(), ((Step.SetPolicy) m.step()).policy().word())));
    happens("bind under online leaves blocks offline", "POLICY-3")
        .when(
            m -> bindsAs(m, Word.ONLINE),
            m -> m.endsIn(blocks(m.usual().next(), b -> b.exists() ? OFFLINE : b)));
    happens("bind under online_kernel goes Movable", "POLICY-4 CONC-5")
        .when(m -> bindsAs(m, Word.ONLINE_KERNEL), m -> m.endsIn(zone(m, Zone.MOVABLE)));
    happens("bind under online_movable goes Normal", "POLICY-5 CONC-5")
        .when(m -> bindsAs(m, Word.ONLINE_MOVABLE), m -> m.endsIn(zone(m, Zone.NORMAL)));
    happens("bind under online_movable reads online", "POLICY-5 CONC-5")
        .when(
            m -> bindsAs(m, Word.ONLINE_MOVABLE),
            m -> m.endsIn(m.usual().next().withWord(Word.ONLINE)));
  }

  private void ofUnbind() {
    happens("unbind offlines and removes", "UNBIND-4")
        .when(
            m -> m.isUnbind() && m.leaks(),
            m -> silent(m.endsIn(ranges(m.usual().next(), r -> gone(r)))));
    happens("unbind leaks offline ranges too", "UNBIND-2 UNBIND-5 UNBIND-6")
        .when(
            m -> m.isUnbind() || m.step() instanceof Step.Unload,
            m -> m.endsIn(leaking(m.usual().next(), m.from())));
    happens("unbind leaks every range with one", "UNBIND-6")
        .when(m -> m.isUnbind() && m.leaks(), m -> m.endsIn(leaking(m.usual().next(), m.from())));
    add("leaked device can be bound", "UNBIND-3 POLICY-2 POLICY-5", () -> new BindsAgain());
    happens("leak is not logged", "UNBIND-3 UNBIND-6 UNBIND-7")
        .when(m -> m.isUnbind() && m.leaks(), m -> silent(m.usual()));
    happens("leak is logged in other words", "UNBIND-3 UNBIND-6 UNBIND-7")
        .when(m -> m.isUnbind() && m.leaks(), m -> logging(m.usual(), "regions are stuck"));
    happens("leaked memory loses its iomem lines", "UNBIND-3 UNBIND-6 UNBIND-7")
        .when(
            m -> m.isUnbind() && m.leaks(),
            m ->
                m.endsIn(
                    ranges(m.usual().next(), r -> new RangeState(false, r.leaked(), r.blocks()))));
    happens("unbind while online is EBUSY", "UNBIND-3 UNBIND-6 UNBIND-7")
        .when(m -> m.isUnbind() && m.leaks(), m -> silent(m.fails(Errno.EBUSY)));
    happens("unbind from unplugged leaves reservations", "UNBIND-1")
        .when(
            m -> m.isUnbind() && m.reads(Word.UNPLUGGED),
            m ->
                m.endsIn(
                    ranges(m.usual().next(), r -> new RangeState(true, r.leaked(), r.blocks()))));
    happens("unbind from offline leaves blocks", "UNBIND-2")
        .when(
            m -> m.isUnbind() && m.reads(Word.OFFLINE) && !m.leaks(),
            m -> m.endsIn(m.usual().next().withBlock(0, OFFLINE)));
    happens("unbind does not unbind", "UNBIND-1 UNBIND-2 UNBIND-3 UNBIND-5 UNBIND-6 UNBIND-7")
        .when(Moment::isUnbind, m -> m.endsIn(m.from()));
    happens("bind again is EBUSY", "UNBIND-1 UNBIND-2 UNBIND-3 UNBIND-5")
        .when(m -> m.isBind() && m.step() instanceof Step.Bind, m -> m.fails(Errno.EBUSY));
    happens("module cannot be unloaded", "UNBIND-8")
        .when(m -> m.step() instanceof Step.Unload, m -> m.fails(Errno.EBUSY));
    happens("module cannot be loaded again", "UNBIND-8 ROBUST-4")
        .when(m -> m.step() instanceof Step.Load, m -> m.fails(Errno.EINVAL));
    happens("loading does not bind", "UNBIND-8 ROBUST-4")
        .when(
            m -> m.step() instanceof Step.Load && m.isBind(),
            m -> m.endsIn(unbound(m.usual().next())));
  }

  private void ofBlocksAndActors() {
    happens("attribute follows single blocks", "SYNC-1")
        .when(
            m -> m.step() instanceof Step.BlockWrite && m.from().word().isPresent(),
            m ->
                m.endsIn(
                    m.usual()
                        .next()
                        .withWord(
                            m.usual().next().blocks().stream().allMatch(BlockState::isOnline)
                                ? Word.ONLINE_MOVABLE
                                : Word.OFFLINE)));
    add("hand-offlined blocks stay offline", "EFFECT-1 SYNC-5", Remembers::new);
    add("read during an unplug gives the new word", "CONC-2", ReadsAhead::new);
    add("read during an unplug is EBUSY", "CONC-2", ReadIsBusy::new);
    add("two writers both win", "CONC-1 REFUSE-1", BothWin::new);
    add("actor outlives its signal", "CONC-3 ATOMIC-2", Stuck::new);
  }

  private void ofHealth() {
    happens("every online word warns", "ROBUST-1")
        .when(
            Faults::plugs,
            m -> logging(m.usual(), "WARNING: CPU: 0 PID: 1 at mm/memory_hotplug.c:1101"));
    happens("bind is undefined", "ROBUST-1")
        .when(Moment::isBind, m -> besides(m, "UBSAN: invalid-load in drivers/dax/kmem.c:77:3"));
    happens("leaking warns", "ROBUST-1")
        .when(
            m -> m.isUnbind() && m.leaks(),
            m -> {
              List<Logged> lines = new ArrayList<>(m.usual().logged());
              lines.add(bare("WARNING: CPU: 0 PID: 1 at drivers/dax/kmem.c:1"));
              return logging(m.usual(), lines);
            });
    add("unplug taints the kernel", "ROBUST-1", Taints::new);
    add(
        "a pin is never given back",
        "ROBUST-2",
        () -> new Loses(m -> m.step() instanceof Step.Unpin));
    add(
        "the module is not freed",
        "ROBUST-2 ROBUST-4 UNBIND-1 UNBIND-2 UNBIND-3 UNBIND-8",
        () -> new Loses(m -> m.step() instanceof Step.Unload));
    shows(
        "a leak of memory after each unbind",
        "UNBIND-1 UNBIND-2 UNBIND-3 UNBIND-5 UNBIND-6 UNBIND-7 UNBIND-8 ROBUST-2",
        (o, s) -> s.driver() == Driver.NONE ? memory(o, -KIB) : o);
  }

  private void ofSurroundings() {
    answers(
        "going online is not told to anyone",
        "EFFECT-7",
        (step, o) -> events(o, u -> u.stream().filter(e -> !e.action().equals("online")).toList()));
    answers(
        "every block goes and comes again",
        "EFFECT-7 TRANS-7",
        (step, o) ->
            events(
                o,
                u -> {
                  List<Observation.Uevent> twice = new ArrayList<>(u);
                  u.stream()
                      .filter(e -> e.action().equals("online"))
                      .forEach(
                          e -> {
                            twice.add(new Observation.Uevent("offline", e.devpath()));
                            twice.add(e);
                          });
                  return twice;
                }));
    shows("memory is on another node", "EFFECT-6", (o, s) -> blocks(o, o.blocks(), 0));
    shows(
        "the neighbour goes along",
        "ROBUST-5",
        (o, s) -> neighbours(o, s.onlineBlocks() > 0 ? "dax0.1 kmem online" : "dax0.1 none"));
    add(
        "memory forgets",
        "EFFECT-6",
        () ->
            new Fault() {
              @Override
              public Outcome happens(Moment at) {
                return at.step() instanceof Step.Verify && at.succeeds()
                    ? at.fails(new Errno("EIO"))
                    : at.usual();
              }
            });
    add(
        "unbind waits for its limit",
        "UNBIND-3 UNBIND-7 CONC-4",
        () ->
            new Fault() {
              @Override
              public Reply replies(Step step, Reply usual) {
                Result r = usual.result();
                return step instanceof Step.Unbind
                    ? new Reply(
                        new Result(
                            r.value(),
                            r.errno(),
                            r.data(),
                            10_000_000_000L,
                            r.started(),
                            true,
                            r.killed(),
                            r.actors()),
                        usual.observation())
                    : usual;
              }
            });
  }

  private void answers(
      String name, String breaks, BiFunction<Step, Observation, Observation> what) {
    add(
        name,
        breaks,
        () ->
            new Fault() {
              @Override
              public Reply replies(Step step, Reply usual) {
                return new Reply(usual.result(), what.apply(step, usual.observation()));
              }
            });
  }

  private static Observation events(Observation o, UnaryOperator<List<Observation.Uevent>> change) {
    return o.after(o.log(), o.logLost(), change.apply(o.uevents()));
  }

  private static Observation neighbours(Observation o, String text) {
    return Retouched.of(o).neighbours(text).done();
  }

  private static Observation blocks(Observation o, List<Observation.Block> blocks, int node) {
    return Retouched.of(o)
        .blocks(
            blocks.stream()
                .map(b -> new Observation.Block(b.number(), b.state(), b.zones(), node))
                .toList())
        .done();
  }

  /** What passed every scenario before somebody looked for it. */
  private void ofHoles() {
    happens("a leak is told of the device alone", "UNBIND-3 UNBIND-6 UNBIND-7")
        .when(
            m -> m.isUnbind() && m.leaks(),
            m -> changing(m, l -> l.range().isPresent() ? Optional.empty() : Optional.of(l)));
    happens("a leak is told as information", "UNBIND-3 UNBIND-6 UNBIND-7")
        .when(
            m -> m.isUnbind() && m.leaks(),
            m -> changing(m, l -> Optional.of(new Logged(6, l.range(), l.bare(), l.text()))));
    happens("a leak is told of another range", "UNBIND-3 UNBIND-6 UNBIND-7")
        .when(
            m -> m.isUnbind() && m.leaks(),
            m ->
                changing(
                    m,
                    l ->
                        Optional.of(
                            new Logged(
                                l.level(), l.range().map(r -> (r + 1) % 3), false, l.text()))));
    happens("a failure is told twice", "ATOMIC-6")
        .when(
            Moment::isFailedUnplug,
            m -> {
              List<Logged> lines = new ArrayList<>(m.usual().logged());
              lines.addAll(m.usual().logged());
              return logging(m.usual(), lines);
            });
    happens("every bind complains", "ROBUST-1")
        .when(
            Moment::isBind,
            m -> besides(m, "Trying to free nonexistent resource <0x100000000-0x10fffffff>"));
    answers(
        "a foreign block bounces at each bind",
        "EFFECT-7",
        (step, o) ->
            step.kind() == Step.Kind.BIND
                ? events(
                    o,
                    all -> {
                      List<Observation.Uevent> more = new ArrayList<>(all);
                      String path = "/devices/system/memory/memory3";
                      more.add(new Observation.Uevent("offline", path));
                      more.add(new Observation.Uevent("online", path));
                      return more;
                    })
                : o);
    answers(
        "each write changes the device",
        "EFFECT-10",
        (step, o) ->
            step.kind() == Step.Kind.WRITE
                ? events(
                    o,
                    all -> {
                      List<Observation.Uevent> more = new ArrayList<>(all);
                      more.add(new Observation.Uevent("change", "/devices/platform/dax0.0"));
                      return more;
                    })
                : o);
    answers(
        "a bind tells nobody",
        "EFFECT-10",
        (step, o) ->
            step.kind() == Step.Kind.BIND
                ? events(o, all -> all.stream().filter(e -> e.block().isPresent()).toList())
                : o);
    shows(
        "iomem has the reservation twice",
        "EFFECT-4 UNBIND-3 UNBIND-6 UNBIND-7 ROBUST-2 EFFECT-1 SYNC-1",
        (o, s) -> lines(o, l -> l.ram() ? List.of(l) : List.of(l, deeper(l))));
    shows(
        "memory lies beside its reservation",
        "EFFECT-4 UNBIND-3 UNBIND-6 UNBIND-7 ROBUST-2 EFFECT-1 SYNC-1",
        (o, s) ->
            lines(
                o,
                l ->
                    List.of(
                        l.ram() ? new Observation.Region(l.start(), l.end(), l.name(), 2) : l)));
    add(
        "a killed unplug is rolled back in silence",
        "ATOMIC-6 ATOMIC-2",
        () ->
            new Fault() {
              @Override
              public Reply replies(Step step, Reply usual) {
                boolean killed =
                    usual.result().actors().stream()
                        .flatMap(a -> a.steps().stream())
                        .anyMatch(r -> r.killed().equals("KILL"));
                Observation o = usual.observation();
                return killed
                    ? new Reply(late(usual.result()), o.after(List.of(), false, o.uevents()))
                    : usual;
              }
            });
  }

  /** The same, where all was called half a second before it ended. */
  private static Result late(Result r) {
    List<Result.ActorResult> actors =
        r.actors().stream()
            .map(
                a ->
                    new Result.ActorResult(
                        a.name(),
                        a.steps().stream()
                            .map(
                                s ->
                                    s.killed().isEmpty()
                                        ? s
                                        : new Result(
                                            s.value(),
                                            s.errno(),
                                            s.data(),
                                            500_000_000L,
                                            s.started() - 500_000_000L,
                                            false,
                                            s.killed(),
                                            List.of()))
                            .toList(),
                        a.stuck()))
            .toList();
    return new Result(
        r.value(), r.errno(), r.data(), r.nanos(), r.started(), false, r.killed(), actors);
  }

  private static Outcome changing(Moment m, Function<Logged, Optional<Logged>> change) {
    return logging(
        m.usual(), m.usual().logged().stream().flatMap(l -> change.apply(l).stream()).toList());
  }

  private static Observation lines(
      Observation o, Function<Observation.Region, List<Observation.Region>> change) {
    return Retouched.of(o)
        .iomem(o.iomem().stream().flatMap(l -> change.apply(l).stream()).toList())
        .done();
  }

  private static Observation.Region deeper(Observation.Region l) {
    return new Observation.Region(l.start(), l.end(), l.name(), l.depth() + 1);
  }

  private void ofV4() {
    on(Dialect.V4, Policy.ONLINE_MOVABLE, "v4: policy of the moment counts", "POLICY-7")
        .when(Moment::isBind, m -> m.endsIn(plugged(m.usual().next(), m.from().policy().word())));
    on(Dialect.V4, Policy.ONLINE_MOVABLE, "v4: stale online is removed", "UNBIND-5")
        .when(
            m -> m.isUnbind() && m.isOnline() && m.from().onlineBlocks() == 0,
            m -> silent(m.endsIn(ranges(m.usual().next(), r -> gone(r)))));
    on(Dialect.V4, Policy.OFFLINE, "v4: offline is accepted", "WORD-3")
        .when(m -> word(m).equals("offline"), m -> m.does(m.from()));
    on(Dialect.V4, Policy.OFFLINE, "v4: offline takes an online type", "REFUSE-2 POLICY-8")
        .when(
            m -> m.isRefused() && m.reads(Word.OFFLINE),
            m -> m.does(plugged(m.from(), m.wanted().get())));
  }

  // ---- faults that remember

  private static final class ReadLags implements Fault {
    private Optional<Word> shown = Optional.empty();

    @Override
    public Outcome happens(Moment m) {
      if (m.step() instanceof Step.Read && m.from().word().isPresent() && shown.isPresent()) {
        return m.answers(new ReturnValue.Data(shown.get() + "\n"));
      }
      if (m.usual().next().driver() != m.from().driver()) {
        shown = Optional.empty();
      } else if (m.wanted().isPresent() && m.succeeds()) {
        shown = m.from().word();
      }
      return m.usual();
    }

    @Override
    public Observation shows(Observation usual, State now) {
      return now.word().isEmpty() || shown.isEmpty() ? usual : text(usual, t -> shown.get() + "\n");
    }
  }

  private static final class PresentStateTells implements Fault {
    private boolean told;

    @Override
    public Outcome happens(Moment m) {
      told = m.wanted().isPresent() && m.wanted().equals(m.from().word());
      return m.usual();
    }

    @Override
    public Observation shows(Observation o, State now) {
      return told
          ? o.after(
              o.log(),
              false,
              List.of(
                  new Observation.Uevent("change", "/devices/system/memory/memory2064"),
                  new Observation.Uevent("change", "/devices/platform/dax0.0")))
          : o;
    }
  }

  /** MemTotal shrinks with each of some moments. */
  private static final class Loses implements Fault {
    private final Predicate<Moment> when;
    private int times;

    Loses(Predicate<Moment> when) {
      this.when = when;
    }

    @Override
    public Outcome happens(Moment m) {
      times += when.test(m) ? 1 : 0;
      return m.usual();
    }

    @Override
    public Observation shows(Observation usual, State now) {
      return memory(usual, -KIB * times);
    }
  }

  private static final class MissingMemory implements Fault {
    @Override
    public Observation shows(Observation usual, State now) {
      return now.word().isPresent() && now.onlineBlocks() > 0 ? memory(usual, -KIB) : usual;
    }
  }

  private static final class FailsForEver implements Fault {
    private boolean failed;

    @Override
    public Outcome happens(Moment m) {
      if (failed && m.changesTo(Word.UNPLUGGED)) {
        return logging(m.fails(Errno.EBUSY), "hotremove failed, device left online: -16");
      }
      failed |= m.isFailedUnplug();
      return m.usual();
    }
  }

  private static final class BindsAgain implements Fault {
    @Override
    public Outcome happens(Moment m) {
      boolean refused =
          m.step() instanceof Step.Bind b
              && b.driver() == Driver.KMEM
              && m.from().driver() == Driver.NONE
              && m.from().loaded()
              && !m.succeeds();
      return refused
          ? m.does(
              new State(
                  Driver.KMEM,
                  Optional.of(m.from().policy().word()),
                  m.from().policy(),
                  m.from().createdUnder(),
                  true,
                  m.from().hidden(),
                  m.from().ranges()))
          : m.usual();
    }
  }

  /** A block that was offlined by hand does not come online with its device. */
  private static final class Remembers implements Fault {
    private final Set<Integer> offlined = new java.util.TreeSet<>();

    @Override
    public Outcome happens(Moment m) {
      State next = m.usual().next();
      if (m.step() instanceof Step.BlockWrite w && w.word().equals("offline")) {
        w.blocks().in(next.blocksOfRanges()).forEach(offlined::add);
      }
      if (!plugs(m)) {
        return m.usual();
      }
      for (int index : offlined) {
        next = next.withBlock(index, OFFLINE);
      }
      return m.endsIn(next);
    }
  }

  /** Faults in what actors get. */
  private abstract static class OfActors implements Fault {
    abstract Result result(Step step, Result usual);

    @Override
    public Reply replies(Step step, Reply usual) {
      if (!(step instanceof Step.Actors actors)) {
        return usual;
      }
      List<Result.ActorResult> each = new ArrayList<>();
      for (int a = 0; a < usual.result().actors().size(); a++) {
        Result.ActorResult was = usual.result().actors().get(a);
        List<Result> steps = new ArrayList<>();
        for (int i = 0; i < was.steps().size(); i++) {
          steps.add(result(actors.actors().get(a).steps().get(i), was.steps().get(i)));
        }
        each.add(new Result.ActorResult(was.name(), steps, was.stuck()));
      }
      return new Reply(actors(usual.result(), each), usual.observation());
    }

    static Reply stuck(Reply usual) {
      List<Result.ActorResult> each =
          usual.result().actors().stream()
              .map(a -> new Result.ActorResult(a.name(), List.of(), a.name().equals("P0")))
              .toList();
      return new Reply(actors(usual.result(), each), usual.observation());
    }

    private static Result actors(Result r, List<Result.ActorResult> each) {
      return new Result(
          r.value(), r.errno(), r.data(), r.nanos(), r.started(), r.timeout(), r.killed(), each);
    }
  }

  private static final class ReadsAhead extends OfActors {
    @Override
    Result result(Step step, Result usual) {
      return step instanceof Step.Read ? at(usual, Result.data("unknown\n")) : usual;
    }
  }

  private static final class ReadIsBusy extends OfActors {
    @Override
    Result result(Step step, Result usual) {
      return step instanceof Step.Read ? at(usual, Result.error(Errno.EBUSY)) : usual;
    }
  }

  private static final class BothWin extends OfActors {
    @Override
    Result result(Step step, Result usual) {
      return step instanceof Step.Write w
              && Word.of(w.payload().text().strip()).filter(Word::isOnline).isPresent()
          ? at(usual, Result.ok(w.payload().length()))
          : usual;
    }
  }

  private static final class Stuck extends OfActors {
    @Override
    Result result(Step step, Result usual) {
      return usual;
    }

    @Override
    public Reply replies(Step step, Reply usual) {
      return step instanceof Step.Actors ? stuck(usual) : usual;
    }
  }

  private static final class Taints implements Fault {
    private boolean tainted;

    @Override
    public Outcome happens(Moment m) {
      tainted |= m.changesTo(Word.UNPLUGGED);
      return m.usual();
    }

    @Override
    public Observation shows(Observation o, State now) {
      return Retouched.of(o).taint(tainted ? 1 << 7 : 0).done();
    }
  }

  // ---- how faults are said

  private interface Condition {
    void when(Predicate<Moment> when, Function<Moment, Outcome> what);
  }

  private Condition happens(String name, String breaks) {
    return on(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, name, breaks);
  }

  private Condition on(Dialect dialect, Policy boot, String name, String breaks) {
    return (when, what) ->
        add(
            dialect,
            boot,
            name,
            breaks,
            () ->
                new Fault() {
                  @Override
                  public Outcome happens(Moment at) {
                    return when.test(at) ? what.apply(at) : at.usual();
                  }
                });
  }

  private void shows(String name, String breaks, BiFunction<Observation, State, Observation> what) {
    add(
        name,
        breaks,
        () ->
            new Fault() {
              @Override
              public Observation shows(Observation usual, State now) {
                return what.apply(usual, now);
              }
            });
  }

  /** The attribute's text is changed wherever it is read. */
  private void replies(String name, String breaks, UnaryOperator<String> change) {
    add(
        name,
        breaks,
        () ->
            new Fault() {
              @Override
              public Outcome happens(Moment at) {
                return at.usual().answer() instanceof ReturnValue.Data data
                    ? at.answers(new ReturnValue.Data(change.apply(data.text())))
                    : at.usual();
              }

              @Override
              public Observation shows(Observation usual, State now) {
                return Faults.text(usual, change);
              }
            });
  }

  private void add(String name, String breaks, Supplier<Fault> fault) {
    add(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, name, breaks, fault);
  }

  private void add(
      Dialect dialect, Policy boot, String name, String breaks, Supplier<Fault> fault) {
    List<RuleId> rules = Arrays.stream(breaks.split(" ")).map(RuleId::of).toList();
    all.add(new Case(name, dialect, boot, fault, rules));
  }

  // ---- states

  static Outcome with(Outcome o, ReturnValue answer, State next) {
    return new Outcome(
        answer, next, o.grade(), o.rule(), o.claims(), o.logged(), o.mayWarn(), o.never());
  }

  /** A line of the kernel's own, behind no device's name. */
  private static Logged bare(String text) {
    return new Logged(Logged.WARNING, Optional.empty(), true, text);
  }

  /** A line of the driver about the device, where it begins so; else one of the kernel's own. */
  private static Outcome logging(Outcome o, String... lines) {
    return logging(
        o,
        Arrays.stream(lines)
            .map(
                l ->
                    l.startsWith("hotremove failed")
                        ? new Logged(Logged.ERROR, Optional.empty(), false, l)
                        : bare(l))
            .toList());
  }

  /** The usual outcome, with one line of the kernel's own more. */
  private static Outcome besides(Moment m, String line) {
    List<Logged> lines = new ArrayList<>(m.usual().logged());
    lines.add(bare(line));
    return logging(m.usual(), lines);
  }

  private static Outcome logging(Outcome o, List<Logged> lines) {
    return new Outcome(
        o.answer(), o.next(), o.grade(), o.rule(), o.claims(), lines, o.mayWarn(), o.never());
  }

  private static Outcome silent(Outcome o) {
    return logging(o);
  }

  private static Result at(Result usual, Result other) {
    return new Result(
        other.value(),
        other.errno(),
        other.data(),
        usual.nanos(),
        usual.started(),
        false,
        "",
        List.of());
  }

  private static String word(Moment m) {
    return m.written().map(String::strip).orElse("");
  }

  private static boolean plugs(Moment m) {
    return m.succeeds() && m.reads(Word.UNPLUGGED) && m.wanted().filter(Word::isOnline).isPresent();
  }

  private static boolean bindsAs(Moment m, Word word) {
    return m.isBind() && m.usual().next().word().get() == word;
  }

  private static boolean pinned(Moment m) {
    return m.from().blocks().stream().anyMatch(b -> b.isOnline() && b.pinned());
  }

  private static int last(Moment m) {
    return m.from().blocks().size() - 1;
  }

  private static State blocks(State s, UnaryOperator<BlockState> change) {
    return ranges(
        s, r -> new RangeState(r.reserved(), r.leaked(), r.blocks().stream().map(change).toList()));
  }

  private static State ranges(State s, UnaryOperator<RangeState> change) {
    return s.withRanges(s.ranges().stream().map(change).toList());
  }

  private static RangeState gone(RangeState r) {
    return new RangeState(false, false, r.blocks().stream().map(b -> ABSENT).toList());
  }

  private static State firstRangeGone(State s) {
    List<RangeState> changed = new ArrayList<>(s.ranges());
    changed.set(0, gone(changed.get(0)));
    return s.withRanges(changed);
  }

  /** The ranges as they were before, leaked. */
  private static State leaking(State s, State before) {
    return s.withRanges(
        before.ranges().stream()
            .map(r -> new RangeState(r.reserved(), r.added(), r.blocks()))
            .toList());
  }

  private static State unbound(State s) {
    return new State(
        Driver.NONE,
        Optional.empty(),
        s.policy(),
        s.createdUnder(),
        true,
        s.hidden(),
        s.ranges().stream().map(Faults::gone).toList());
  }

  private static State plugged(State s, Word word) {
    if (word == Word.UNPLUGGED) {
      return ranges(s, Faults::gone).withWord(word);
    }
    BlockState each =
        switch (word) {
          case OFFLINE -> OFFLINE;
          case ONLINE ->
              new BlockState(BlockState.Presence.ONLINE, EnumSet.allOf(Zone.class), false);
          case ONLINE_KERNEL -> online(Zone.NORMAL);
          default -> online(Zone.MOVABLE);
        };
    return ranges(
            s, r -> new RangeState(true, r.leaked(), r.blocks().stream().map(b -> each).toList()))
        .withWord(word);
  }

  private static BlockState online(Zone zone) {
    return online(zone, false);
  }

  private static BlockState online(Zone zone, boolean pinned) {
    return new BlockState(BlockState.Presence.ONLINE, Set.of(zone), pinned);
  }

  private static BlockState otherZone(BlockState b) {
    return online(b.zones().contains(Zone.NORMAL) ? Zone.MOVABLE : Zone.NORMAL, b.pinned());
  }

  private static State zone(Moment m, Zone zone) {
    return blocks(m.usual().next(), b -> b.isOnline() ? online(zone, b.pinned()) : b);
  }

  // ---- observations

  private static Observation files(Observation o, UnaryOperator<Observation.Attribute> change) {
    return Retouched.of(o)
        .attributes(o.attributes().stream().map(a -> a.present() ? change.apply(a) : a).toList())
        .done();
  }

  private static Observation attributes(
      Observation o, String name, UnaryOperator<Observation.Attribute> change) {
    return Retouched.of(o)
        .attributes(
            o.attributes().stream().map(a -> a.name().equals(name) ? change.apply(a) : a).toList())
        .done();
  }

  private static Observation text(Observation o, UnaryOperator<String> change) {
    return files(o, a -> file(a, a.mode(), a.uid(), change.apply(a.text())));
  }

  private static Observation.Attribute file(
      Observation.Attribute a, String mode, int uid, String text) {
    return new Observation.Attribute(a.name(), mode, uid, a.gid(), a.error(), text);
  }

  private static Observation memory(Observation o, long kib) {
    return Retouched.of(o).memTotalKib(o.memTotalKib() + kib).done();
  }

  private static Observation iomem(Observation o, UnaryOperator<List<Observation.Region>> change) {
    return Retouched.of(o).iomem(change.apply(o.iomem())).done();
  }

  private static List<Observation.Region> withoutLastReservation(List<Observation.Region> lines) {
    List<Observation.Region> left = new ArrayList<>(lines);
    for (int i = left.size() - 1; i >= 0; i--) {
      if (left.get(i).name().equals("dax0.0")) {
        left.remove(i);
        break;
      }
    }
    return left;
  }
}
