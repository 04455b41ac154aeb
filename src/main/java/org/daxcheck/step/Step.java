package org.daxcheck.step;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;

/** One thing done to a target; its result and an observation of the device follow it. */
public sealed interface Step {

  /** Who acts: the privileged user, or one without any privilege. */
  enum Who {
    ROOT,
    NOBODY
  }

  /** Writes the bytes to the attribute with one write(2). */
  record Write(Payload payload, Who who) implements Step {
    /** The privileged write of a word and a newline. */
    public static Write word(Word word) {
      return new Write(Payload.line(word.text()), Who.ROOT);
    }
  }

  /** Reads the attribute. */
  record Read(Who who) implements Step {}

  /** Binds the device to the driver ({@code KMEM} or {@code DEVICE_DAX}). */
  record Bind(Driver driver) implements Step {}

  /** Unbinds the device from whichever driver it has. */
  record Unbind() implements Step {}

  /** Sets the system's policy for new memory blocks. */
  record SetPolicy(Policy policy) implements Step {}

  /** Writes a word to the {@code state} file of single memory blocks, in ascending order. */
  record BlockWrite(BlockRef blocks, String word) implements Step {}

  /** Holds one page that lies in the block, so that it cannot be moved away. */
  record Pin(BlockRef block) implements Step {}

  /** Lets go of every page held by {@link Pin}. */
  record Unpin() implements Step {}

  /** Unloads the kmem module. */
  record Unload() implements Step {}

  /** Loads the kmem module. */
  record Load() implements Step {}

  /** Waits until the attribute reads the word, at most so many milliseconds. */
  record Await(Word word, int limitMillis) implements Step {}

  /**
   * Lets time pass; only for actors, whose start it varies. Where the two times differ, each round
   * draws one between them, both included.
   */
  record Sleep(long micros, long upToMicros) implements Step {
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
    /** A signal whose time is always the same. */
    public Signal(String actor, String signal, long afterMicros) {
      this(actor, signal, afterMicros, afterMicros);
    }
  }

  /** Allocates so many bytes on the device's node and writes a pattern there. */
  record Fill(long bytes) implements Step {}

  /** Reads back what {@link Fill} wrote; EIO where it differs, ENOENT where nothing was filled. */
  record Verify() implements Step {}

  /** Gives the memory of {@link Fill} back. */
  record Free() implements Step {}

  /**
   * Makes the kernel refuse, with the error, every memory block that is to go online or offline;
   * without a change, makes it stop refusing. The kernel's own memory notifier error injection.
   */
  record Inject(Optional<Change> change, Errno errno) implements Step {
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

  /** Does nothing but observe, for a line that states what one aspect must be. */
  record Look(Aspect aspect, BlockRef blocks) implements Step {
    /** A look at an aspect of the whole device. */
    public static Look at(Aspect aspect) {
      return new Look(aspect, BlockRef.ofDevice(BlockRef.Place.EVERY));
    }
  }

  /** Several actors, each a process, released together; each does its steps in order. */
  record Actors(List<Actor> actors, int limitMillis) implements Step {
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
    UEVENTS
  }
}
