package org.daxcheck.step;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;

/** One thing done to a target; its result and an observation of the device follow it. */
public sealed interface Step {

  /** What sort of step this is, for a switch that handles every sort. */
  Kind kind();

  /** The single steps: those of all actors, actor by actor; of any other step itself. */
  default List<Step> acts() {
    return List.of(this);
  }

  /** True where a result without an error did all of it: not where a write was cut short. */
  default boolean isWhole(Result result) {
    return true;
  }

  /** What may become of a machine on which it is done: the worst of its single steps. */
  default Hazard hazard() {
    return acts().stream()
        .map(s -> s.kind().hazard())
        .max(Comparator.naturalOrder())
        .orElse(Hazard.NONE);
  }

  /**
   * The step that takes back what this one left behind; empty where nothing is left, or the way
   * back begins at what is seen of the device.
   */
  default Optional<Step> undo() {
    return switch (kind()) {
      case PIN -> Optional.of(new Unpin());
      case FILL -> Optional.of(new Free());
      case UNLOAD -> Optional.of(new Load());
      case INJECT -> ((Inject) this).change().map(c -> Inject.nothing());
      case REFUSE_ADD -> ((RefuseAdd) this).range().map(r -> RefuseAdd.nothing());
      case DELAY -> ((Delay) this).point().map(p -> Delay.nothing());
      case OCCUPY -> ((Occupy) this).range().map(r -> Occupy.nothing());
      case WRITE,
          READ,
          BIND,
          UNBIND,
          SET_POLICY,
          BLOCK_WRITE,
          UNPIN,
          LOAD,
          AWAIT,
          SLEEP,
          SIGNAL,
          VERIFY,
          FREE,
          RESHAPE,
          NEIGHBOUR_WRITE,
          FAIL_NTH,
          LOOK,
          ACTORS ->
          Optional.empty();
    };
  }

  /** What may become of a machine that cannot be thrown away, the least harm first. */
  enum Hazard {
    /** The steps back bring it to where it was. */
    NONE,
    /** It may need a boot afterwards; done there only when the user says so. */
    MAY_NEED_BOOT,
    /** It changes what is not the device's own; never done on a machine that is somebody's. */
    NEVER
  }

  /**
   * The sorts of steps, with what must be known of each before it is done on somebody's machine. A
   * sort that says nothing has the worst hazard, is watched, is no actor's, and uses up a target
   * that accepts it.
   */
  enum Kind {
    WRITE(Hazard.NONE, Trait.WATCHED, Trait.BY_ACTORS),
    READ(Hazard.NONE, Trait.BY_ACTORS),
    BIND(Hazard.NONE, Trait.WATCHED, Trait.BY_ACTORS),
    UNBIND(Hazard.NONE, Trait.WATCHED, Trait.BY_ACTORS),
    SET_POLICY(Hazard.NONE, Trait.WATCHED, Trait.BY_ACTORS),
    BLOCK_WRITE(Hazard.NONE, Trait.WATCHED, Trait.BY_ACTORS),
    PIN(Hazard.NONE, Trait.WATCHED, Trait.MUST),
    UNPIN(Hazard.NONE, Trait.WATCHED),
    UNLOAD(Hazard.NEVER, Trait.WATCHED),
    LOAD(Hazard.NEVER, Trait.WATCHED),
    AWAIT(Hazard.NONE, Trait.BY_ACTORS),
    SLEEP(Hazard.NONE, Trait.BY_ACTORS, Trait.IDLE),
    SIGNAL(Hazard.NONE, Trait.BY_ACTORS, Trait.IDLE),
    FILL(Hazard.NONE, Trait.WATCHED),
    VERIFY(Hazard.NONE),
    FREE(Hazard.NONE, Trait.WATCHED),
    INJECT(Hazard.MAY_NEED_BOOT, Trait.WATCHED),
    REFUSE_ADD(Hazard.NEVER, Trait.WATCHED),
    OCCUPY(Hazard.NEVER, Trait.WATCHED),
    RESHAPE,
    NEIGHBOUR_WRITE(Hazard.NEVER, Trait.WATCHED, Trait.BY_ACTORS),
    DELAY(Hazard.NEVER, Trait.WATCHED),
    FAIL_NTH(Hazard.NEVER, Trait.WATCHED),
    /** Its own hazard is that of what its actors do. */
    ACTORS(Hazard.NONE, Trait.WATCHED),
    LOOK(Hazard.NONE, Trait.OBSERVES);

    private enum Trait {
      WATCHED,
      BY_ACTORS,
      MUST,
      IDLE,
      OBSERVES,
      LASTS
    }

    private final Hazard hazard;
    private final Set<Trait> traits;

    Kind() {
      this(Hazard.NEVER, Trait.WATCHED, Trait.LASTS);
    }

    Kind(Hazard hazard, Trait... traits) {
      this.hazard = hazard;
      this.traits = Set.of(traits);
    }

    /** What may become of a machine on which it is done. */
    public Hazard hazard() {
      return hazard;
    }

    /** True where the device may change by it, so that it is watched for others who act. */
    public boolean watched() {
      return traits.contains(Trait.WATCHED);
    }

    /** True where one of several actors may do it. */
    public boolean actorMay() {
      return traits.contains(Trait.BY_ACTORS);
    }

    /** True where nothing behind it is done when it fails. */
    public boolean isMust() {
      return traits.contains(Trait.MUST);
    }

    /** True where it only says when others act: it has no outcome. */
    public boolean idle() {
      return traits.contains(Trait.IDLE);
    }

    /** True where it does nothing but observe. */
    public boolean observesOnly() {
      return traits.contains(Trait.OBSERVES);
    }

    /** True where nothing takes it back, so that a target that accepted it is used up. */
    public boolean lasts() {
      return traits.contains(Trait.LASTS);
    }
  }

  /** Who acts: the privileged user, or one without any privilege. */
  enum Who {
    ROOT,
    NOBODY
  }

  /** Writes the bytes to the attribute with one write(2), at this offset of the file. */
  record Write(Payload payload, Who who, long offset) implements Step {
    @Override
    public Kind kind() {
      return Kind.WRITE;
    }

    @Override
    public boolean isWhole(Result result) {
      return result.value() == payload.length();
    }

    /** A write at the beginning of the file. */
    public Write(Payload payload, Who who) {
      this(payload, who, 0);
    }

    /** The privileged write of a word and a newline. */
    public static Write word(Word word) {
      return new Write(Payload.line(word.text()), Who.ROOT);
    }
  }

  /** Reads the attribute. */
  record Read(Who who) implements Step {
    @Override
    public Kind kind() {
      return Kind.READ;
    }
  }

  /** Binds the device to the driver ({@code KMEM} or {@code DEVICE_DAX}). */
  record Bind(Driver driver) implements Step {
    @Override
    public Kind kind() {
      return Kind.BIND;
    }
  }

  /** Unbinds the device from whichever driver it has. */
  record Unbind() implements Step {
    @Override
    public Kind kind() {
      return Kind.UNBIND;
    }
  }

  /** Sets the system's policy for new memory blocks. */
  record SetPolicy(Policy policy) implements Step {
    @Override
    public Kind kind() {
      return Kind.SET_POLICY;
    }
  }

  /** Writes a word to the {@code state} file of single memory blocks, in ascending order. */
  record BlockWrite(BlockRef blocks, String word) implements Step {
    @Override
    public Kind kind() {
      return Kind.BLOCK_WRITE;
    }
  }

  /** Holds one page that lies in the block, so that it cannot be moved away. */
  record Pin(BlockRef block) implements Step {
    @Override
    public Kind kind() {
      return Kind.PIN;
    }
  }

  /** Lets go of every page held by {@link Pin}. */
  record Unpin() implements Step {
    @Override
    public Kind kind() {
      return Kind.UNPIN;
    }
  }

  /** Unloads the kmem module. */
  record Unload() implements Step {
    @Override
    public Kind kind() {
      return Kind.UNLOAD;
    }
  }

  /** Loads the kmem module. */
  record Load() implements Step {
    @Override
    public Kind kind() {
      return Kind.LOAD;
    }
  }

  /** Waits until the attribute reads the word, at most so many milliseconds. */
  record Await(Word word, int limitMillis) implements Step {
    @Override
    public Kind kind() {
      return Kind.AWAIT;
    }
  }

  /**
   * Lets time pass; only for actors, whose start it varies. Where the two times differ, each round
   * draws one between them, both included.
   */
  record Sleep(long micros, long upToMicros) implements Step {
    @Override
    public Kind kind() {
      return Kind.SLEEP;
    }

    /** A time that is always the same. */
    public Sleep(long micros) {
      this(micros, micros);
    }
  }

  /**
   * Sends a signal, by its name without SIG, to an actor after so many microseconds. Where the two
   * times differ, each round draws one between them, both included.
   */
  record Signal(String actor, String signal, long afterMicros, long upToMicros) implements Step {
    @Override
    public Kind kind() {
      return Kind.SIGNAL;
    }

    /** A signal whose time is always the same. */
    public Signal(String actor, String signal, long afterMicros) {
      this(actor, signal, afterMicros, afterMicros);
    }
  }

  /** Allocates so many bytes on the device's node and writes a pattern there. */
  record Fill(long bytes) implements Step {
    @Override
    public Kind kind() {
      return Kind.FILL;
    }
  }

  /** Reads back what {@link Fill} wrote; EIO where it differs, ENOENT where nothing was filled. */
  record Verify() implements Step {
    @Override
    public Kind kind() {
      return Kind.VERIFY;
    }
  }

  /** Gives the memory of {@link Fill} back. */
  record Free() implements Step {
    @Override
    public Kind kind() {
      return Kind.FREE;
    }
  }

  /**
   * Makes the kernel refuse, with the error, every memory block that is to go online or offline;
   * without a change, makes it stop refusing. The kernel's own memory notifier error injection.
   */
  record Inject(Optional<Change> change, Errno errno) implements Step {
    @Override
    public Kind kind() {
      return Kind.INJECT;
    }

    /** The kernel refuses nothing any more. */
    public static Inject nothing() {
      return new Inject(Optional.empty(), new Errno(""));
    }
  }

  /** What a memory block is about to do when the kernel's notifiers are asked. */
  enum Change {
    ONLINE,
    OFFLINE
  }

  /**
   * Makes the adding of one range's memory fail with the error, after its reservation worked;
   * without a range nothing fails any more. Done by a module of ours, in guests of ours.
   */
  record RefuseAdd(Optional<BlockRef.Place> range, Errno errno) implements Step {
    @Override
    public Kind kind() {
      return Kind.REFUSE_ADD;
    }

    /** Nothing fails any more. */
    public static RefuseAdd nothing() {
      return new RefuseAdd(Optional.empty(), new Errno(""));
    }
  }

  /**
   * Takes the physical addresses of one range, so that nobody can reserve them; without a range
   * lets them go. Done by a module of ours, in guests of ours.
   */
  record Occupy(Optional<BlockRef.Place> range) implements Step {
    @Override
    public Kind kind() {
      return Kind.OCCUPY;
    }

    /** Nothing is taken any more. */
    public static Occupy nothing() {
      return new Occupy(Optional.empty());
    }
  }

  /** Tries to change what the device is made of, by a file of the dax bus. */
  record Reshape(Shape shape) implements Step {
    @Override
    public Kind kind() {
      return Kind.RESHAPE;
    }
  }

  /** What {@link Reshape} tries to change. */
  enum Shape {
    /** Adds a free piece of the region, one memory block long: {@code mapping}. */
    MAPPING,
    /** Gives all its memory back: 0 into {@code size}. */
    SIZE,
    /** Another {@code align}. */
    ALIGN,
    /** The other value of {@code memmap_on_memory}. */
    MEMMAP,
    /** Its name into the region's {@code delete}. */
    DELETE
  }

  /** Writes the word to the attribute of another dax device, the first that is bound to kmem. */
  record NeighbourWrite(Word word) implements Step {
    @Override
    public Kind kind() {
      return Kind.NEIGHBOUR_WRITE;
    }
  }

  /**
   * Does the step while one allocation of kernel memory that its write(2) asks for fails: the
   * kernel's own fault injection, by the writing thread's fail-nth.
   *
   * @param step writes to one file
   * @param nth which one, in the order in which they are asked for, from 1
   * @param upTo more than {@code nth} where it stands for each from there to this one, of which the
   *     last must not come; only in a file
   */
  record FailNth(Step step, Memory memory, int nth, int upTo) implements Step {
    @Override
    public Kind kind() {
      return Kind.FAIL_NTH;
    }

    @Override
    public boolean isWhole(Result result) {
      return step.isWhole(result);
    }

    /** The steps that it can be of: each is one write to one file. */
    public static boolean canBeOf(Kind kind) {
      return switch (kind) {
        case WRITE, BIND, UNBIND -> true;
        case READ,
            SET_POLICY,
            BLOCK_WRITE,
            PIN,
            UNPIN,
            UNLOAD,
            LOAD,
            AWAIT,
            SLEEP,
            SIGNAL,
            FILL,
            VERIFY,
            FREE,
            INJECT,
            REFUSE_ADD,
            OCCUPY,
            RESHAPE,
            NEIGHBOUR_WRITE,
            DELAY,
            FAIL_NTH,
            ACTORS,
            LOOK ->
            false;
      };
    }
  }

  /**
   * Lets the kernel take longer at a point, so that others come in between where nothing keeps them
   * out; without a point nothing does any more. Done by a module of ours, in guests of ours.
   */
  record Delay(Optional<Point> point, int millis) implements Step {
    @Override
    public Kind kind() {
      return Kind.DELAY;
    }

    /** Nothing takes longer any more. */
    public static Delay nothing() {
      return new Delay(Optional.empty(), 0);
    }
  }

  /** Where the kernel can be made to take longer. */
  enum Point {
    /** Before a range is added, when the driver has reserved it. */
    ADD,
    /** Before ranges are taken offline and removed. */
    REMOVE
  }

  /** Which of the kernel's allocators fails. */
  enum Memory {
    /** Small pieces: kmalloc and the caches. */
    SLAB,
    /** Whole pages. */
    PAGE
  }

  /** Does nothing but observe, for a line that states what one aspect must be. */
  record Look(Aspect aspect, BlockRef blocks) implements Step {
    @Override
    public Kind kind() {
      return Kind.LOOK;
    }

    /** A look at an aspect of the whole device. */
    public static Look at(Aspect aspect) {
      return new Look(aspect, BlockRef.ofDevice(BlockRef.Place.EVERY));
    }
  }

  /** Several actors, each a process, released together; each does its steps in order. */
  record Actors(List<Actor> actors, int limitMillis) implements Step {
    @Override
    public Kind kind() {
      return Kind.ACTORS;
    }

    @Override
    public List<Step> acts() {
      return actors.stream().flatMap(a -> a.steps().stream()).toList();
    }

    public Actors {
      actors = List.copyOf(actors);
    }
  }

  /** One of several processes that act at once. */
  record Actor(String name, List<Step> steps) {
    public Actor {
      steps = List.copyOf(steps);
    }
  }

  /** What a line can look at. */
  enum Aspect {
    /** The attribute file: there or not, its mode and owner. */
    ATTRIBUTE,
    /** State and zone of memory blocks. */
    BLOCKS,
    /** The device's lines of /proc/iomem. */
    IOMEM,
    /** MemTotal of /proc/meminfo against its baseline. */
    MEMTOTAL,
    /** The driver that the device is bound to. */
    DRIVER,
    /** The system's policy for new memory blocks. */
    POLICY,
    /** The kernel's log since the step before. */
    LOG,
    /** The kernel's taint bits. */
    TAINT,
    /** Uevents of memory blocks since the step before. */
    UEVENTS,
    /**
     * Memory that nothing points to any more, by the kernel's own leak detector (kmemleak), which
     * logs what it finds; nothing is ever seen where the kernel has none. It takes some seconds.
     */
    LEAKS
  }
}
