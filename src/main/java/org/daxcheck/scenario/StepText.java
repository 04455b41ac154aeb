package org.daxcheck.scenario;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.daxcheck.abi.Driver;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/** Steps and outcomes as the scenario language writes them: what the parser reads, one spelling. */
public final class StepText {
  /** How long several actors may take where the scenario says nothing, in ms. */
  public static final int ACTORS_LIMIT_MILLIS = 10_000;

  /** Units of sizes, each 1024 times the one before; the first is 1024 bytes. */
  static final String UNITS = "KMG";

  /** Where a step takes back what the same step did before. */
  static final String NOTHING = "nothing";

  private static final HexFormat HEX = HexFormat.of();
  private static final int REPEATS_WORTH_COUNTING = 8;

  private StepText() {}

  /** The step; several actors take one line each of their steps, joined by newlines. */
  public static String of(Step step) {
    return switch (step.kind()) {
      case WRITE -> {
        Step.Write write = (Step.Write) step;
        yield "write " + payload(write.payload()) + behind(write);
      }
      case READ -> "read" + who(((Step.Read) step).who());
      case BIND -> {
        Driver driver = ((Step.Bind) step).driver();
        yield driver == Driver.KMEM ? "bind" : "bind " + driver;
      }
      case UNBIND -> "unbind";
      case SET_POLICY -> "policy " + ((Step.SetPolicy) step).policy();
      case BLOCK_WRITE -> {
        Step.BlockWrite write = (Step.BlockWrite) step;
        yield blocks(write.blocks()) + " " + write.word();
      }
      case PIN -> "pin " + blocks(((Step.Pin) step).block());
      case UNPIN -> "unpin";
      case UNLOAD -> "unload";
      case LOAD -> "load";
      case AWAIT -> {
        Step.Await await = (Step.Await) step;
        yield "await " + await.word() + " within " + time(await.limitMillis() * 1000L);
      }
      case SLEEP -> {
        Step.Sleep sleep = (Step.Sleep) step;
        yield "sleep " + times(sleep.micros(), sleep.upToMicros());
      }
      case SIGNAL -> {
        Step.Signal signal = (Step.Signal) step;
        yield "signal "
            + signal.actor()
            + " "
            + signal.signal()
            + " after "
            + times(signal.afterMicros(), signal.upToMicros());
      }
      case FILL -> "fill " + size(((Step.Fill) step).bytes());
      case VERIFY -> "verify";
      case FREE -> "free";
      case INJECT -> {
        Step.Inject inject = (Step.Inject) step;
        yield "inject " + inject.change().map(c -> name(c) + " " + inject.errno()).orElse(NOTHING);
      }
      case REFUSE_ADD -> {
        Step.RefuseAdd refuse = (Step.RefuseAdd) step;
        yield "refuse "
            + refuse.range().map(r -> "add of range " + r + " " + refuse.errno()).orElse(NOTHING);
      }
      case OCCUPY ->
          "occupy " + ((Step.Occupy) step).range().map(r -> "range " + r).orElse(NOTHING);
      case RESHAPE -> "reshape " + name(((Step.Reshape) step).shape());
      case NEIGHBOUR_WRITE -> "neighbour write " + ((Step.NeighbourWrite) step).word();
      case DELAY -> {
        Step.Delay delay = (Step.Delay) step;
        yield "delay "
            + delay.point().map(p -> name(p) + " " + time(delay.millis() * 1000L)).orElse(NOTHING);
      }
      case FAIL_NTH -> {
        Step.FailNth fail = (Step.FailNth) step;
        yield "fail "
            + name(fail.memory())
            + " "
            + fail.nth()
            + (fail.upTo() > fail.nth() ? ".." + fail.upTo() : "")
            + " of "
            + of(fail.step());
      }
      case ACTORS -> actors((Step.Actors) step);
      case LOOK -> {
        Step.Look look = (Step.Look) step;
        yield look.aspect() == Step.Aspect.BLOCKS ? blocks(look.blocks()) : name(look.aspect());
      }
    };
  }

  /** One outcome of the step. */
  public static String of(Step step, Expected expected) {
    if (expected instanceof Expected.Succeeds) {
      return "ok";
    } else if (expected instanceof Expected.Fails fails) {
      return fails.errno().name();
    } else if (expected instanceof Expected.Reads reads) {
      return reads.word();
    } else if (expected instanceof Expected.Killed killed) {
      return "killed " + killed.signal();
    } else if (expected instanceof Expected.Missed) {
      return "missed";
    } else if (expected instanceof Expected.NoBlocks) {
      return "none";
    } else if (expected instanceof Expected.BlocksAre are) {
      boolean every =
          step.kind() == Step.Kind.LOOK
              && ((Step.Look) step).blocks().block().equals(BlockRef.Place.EVERY);
      return (every ? "all " : "") + are.state() + are.zone().map(z -> " " + z).orElse("");
    } else if (expected instanceof Expected.AttributePresent attribute) {
      return attribute.present() ? "present" : "absent";
    } else if (expected instanceof Expected.Iomem iomem) {
      return name(iomem.claim());
    } else if (expected instanceof Expected.MemTotal memTotal) {
      return memTotal.all() ? "baseline + all" : "baseline";
    } else if (expected instanceof Expected.Is is) {
      return is.text();
    } else if (expected instanceof Expected.Logged logged) {
      return quote(logged.text());
    }
    throw new IllegalArgumentException("no text for " + expected);
  }

  /** The outcomes of the step, such as {@code ok | EBUSY}; empty where there are none. */
  public static String of(Step step, List<Expected> expected) {
    return expected.stream().map(e -> of(step, e)).collect(Collectors.joining(" | "));
  }

  /** The text in quotes, its characters (one a byte) escaped where they need it. */
  static String quote(String bytes) {
    StringBuilder text = new StringBuilder("\"");
    for (char c : bytes.toCharArray()) {
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\t' -> text.append("\\t");
        case '\0' -> text.append("\\0");
        case '\\', '"' -> text.append('\\').append(c);
        default -> text.append(c < ' ' || c > '~' ? "\\x" + HEX.toHexDigits((byte) c) : c);
      }
    }
    return text.append('"').toString();
  }

  /** A time in the largest unit that has it whole. */
  static String time(long micros) {
    if (micros != 0 && micros % 1_000_000 == 0) {
      return micros / 1_000_000 + "s";
    }
    return micros != 0 && micros % 1000 == 0 ? micros / 1000 + "ms" : micros + "us";
  }

  /** One time, or two with what lies between them. */
  private static String times(long micros, long upToMicros) {
    return time(micros) + (micros == upToMicros ? "" : ".." + time(upToMicros));
  }

  /** So many bytes, whole KiB, in the largest unit that has them whole. */
  static String size(long bytes) {
    for (int i = UNITS.length() - 1; i > 0; i--) {
      long unit = 1L << 10 * (i + 1);
      if (bytes % unit == 0) {
        return bytes / unit + UNITS.substring(i, i + 1);
      }
    }
    return (bytes >> 10) + UNITS.substring(0, 1);
  }

  /** The write with its bytes in quotes, also where a bare word would do. */
  static String quoted(Step.Write write) {
    return "write " + bytes(write.payload().text()) + behind(write);
  }

  private static String payload(Payload payload) {
    String text = payload.text();
    return text.matches("[A-Za-z0-9_]+\n") ? text.strip() : bytes(text);
  }

  private static String bytes(String text) {
    int period = period(text);
    int times = text.isEmpty() ? 0 : text.length() / period;
    return times < REPEATS_WORTH_COUNTING
        ? quote(text)
        : quote(text.substring(0, period)) + " * " + times;
  }

  /** Length of the shortest text that gives this one when repeated. */
  private static int period(String text) {
    for (int p = 1; p <= text.length() / REPEATS_WORTH_COUNTING; p++) {
      if (text.length() % p == 0 && text.startsWith(text.substring(p))) {
        return p;
      }
    }
    return text.length();
  }

  /** What stands behind the bytes of a write. */
  private static String behind(Step.Write write) {
    return (write.offset() == 0 ? "" : " at " + write.offset()) + who(write.who());
  }

  private static String who(Step.Who who) {
    return who == Step.Who.NOBODY ? " as nobody" : "";
  }

  private static String blocks(BlockRef blocks) {
    boolean every = blocks.block().equals(BlockRef.Place.EVERY);
    boolean device = blocks.range().equals(BlockRef.Place.EVERY);
    return (every ? "blocks" : "block " + blocks.block())
        + (device ? "" : " of range " + blocks.range());
  }

  /** A value as the language spells it. */
  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String actors(Step.Actors actors) {
    List<String> lines = new ArrayList<>();
    if (actors.limitMillis() != ACTORS_LIMIT_MILLIS) {
      lines.add(actorsWithin(actors.limitMillis()));
    }
    for (Step.Actor actor : actors.actors()) {
      actor.steps().forEach(step -> lines.add(actor.name() + ": " + of(step)));
    }
    return String.join("\n", lines);
  }

  static String actorsWithin(int limitMillis) {
    return "actors within " + time(limitMillis * 1000L);
  }
}
