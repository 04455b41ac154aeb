package org.daxcheck.scenario;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/** Any step and outcome that the language can say, from a seed. */
final class RandomSteps {
  private final Random random;

  RandomSteps(long seed) {
    random = new Random(seed);
  }

  /** A step of the scenario, which may be a look or several actors. */
  Step step() {
    return switch (random.nextInt(19)) {
      case 0 -> new Step.Pin(new BlockRef(anyRange(), place()));
      case 1 -> new Step.Unpin();
      case 2 -> new Step.Unload();
      case 3 -> new Step.Load();
      case 4 -> Step.Look.at(one(Step.Aspect.values()));
      case 5 -> new Step.Look(Step.Aspect.BLOCKS, ref());
      case 6 -> actors();
      case 7 -> new Step.Fill((4L + random.nextInt(100)) << 10 * (1 + random.nextInt(2)));
      case 8 -> new Step.Verify();
      case 9 -> new Step.Free();
      case 10 ->
          random.nextInt(3) == 0
              ? Step.Inject.nothing()
              : new Step.Inject(
                  Optional.of(one(Step.Change.values())), one(Errno.EBUSY, Errno.ENOMEM));
      case 11 ->
          random.nextInt(3) == 0
              ? Step.RefuseAdd.nothing()
              : new Step.RefuseAdd(Optional.of(place()), one(Errno.EEXIST, Errno.ENOMEM));
      case 12 ->
          random.nextInt(3) == 0 ? Step.Occupy.nothing() : new Step.Occupy(Optional.of(place()));
      case 14 -> failing();
      case 15 ->
          random.nextInt(3) == 0
              ? Step.Delay.nothing()
              : new Step.Delay(Optional.of(one(Step.Point.values())), 1 + random.nextInt(1000));
      case 13 -> new Step.Reshape(one(Step.Shape.values()));
      default -> actorStep(List.of());
    };
  }

  private Step failing() {
    Step step =
        one(
            new Step.Bind(Driver.KMEM),
            new Step.Unbind(),
            new Step.Write(Payload.line("online"), Step.Who.ROOT, random.nextInt(2)));
    int nth = 1 + random.nextInt(100);
    return new Step.FailNth(step, one(Step.Memory.values()), nth, nth + random.nextInt(3));
  }

  /** Outcomes that fit the step; none for several actors. */
  List<Expected> outcomes(Step step) {
    boolean silent = step.kind() == Step.Kind.ACTORS || step.kind().idle();
    int least = step.kind().observesOnly() ? 1 : 0;
    Set<Expected> outcomes = new LinkedHashSet<>();
    for (int i = silent ? 0 : least + random.nextInt(3); i > 0; i--) {
      outcomes.add(outcome(step));
    }
    return List.copyOf(outcomes);
  }

  private Expected outcome(Step step) {
    if (step instanceof Step.Look look) {
      return switch (look.aspect()) {
        case ATTRIBUTE -> new Expected.AttributePresent(random.nextBoolean());
        case BLOCKS ->
            switch (random.nextInt(3)) {
              case 0 -> new Expected.NoBlocks();
              case 1 -> new Expected.BlocksAre("offline", Optional.empty());
              default ->
                  new Expected.BlocksAre(
                      "online",
                      random.nextBoolean() ? Optional.of(one(Zone.values())) : Optional.empty());
            };
        case IOMEM -> new Expected.Iomem(one(Expected.Iomem.Claim.values()));
        case MEMTOTAL -> new Expected.MemTotal(random.nextBoolean());
        case DRIVER -> new Expected.Is(one(Driver.values()).text());
        case POLICY -> new Expected.Is(one(Policy.values()).text());
        case LOG ->
            random.nextBoolean() ? new Expected.Is("none") : new Expected.Logged(bytes(1, 30));
        case TAINT -> new Expected.Is("unchanged");
        case UEVENTS, LEAKS -> new Expected.Is("none");
      };
    }
    if (random.nextBoolean()) {
      return new Expected.Fails(one(Errno.EBUSY, Errno.EINVAL, Errno.EACCES, Errno.EINTR));
    }
    return step instanceof Step.Read
        ? new Expected.Reads(one(Word.values()).text())
        : new Expected.Succeeds();
  }

  private Step actors() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(8); i++) {
      names.add("P" + i);
    }
    List<Step.Actor> actors =
        names.stream().map(name -> new Step.Actor(name, some(() -> actorStep(names)))).toList();
    return new Step.Actors(actors, 1 + random.nextInt(600_000));
  }

  private Step actorStep(List<String> actors) {
    return switch (random.nextInt(actors.isEmpty() ? 10 : 12)) {
      case 0 -> new Step.Write(Payload.exactly(bytes(0, 30)), who());
      case 1 -> new Step.Write(Payload.exactly(bytes(1, 3).repeat(1 + random.nextInt(99))), who());
      case 2 -> new Step.Write(Payload.line(one(Word.values()).text()), who());
      case 3 -> new Step.Read(who());
      case 4 ->
          random.nextBoolean()
              ? new Step.Unbind()
              : new Step.Bind(one(Driver.KMEM, Driver.DEVICE_DAX));
      case 5 -> new Step.SetPolicy(one(Policy.values()));
      case 6 -> new Step.BlockWrite(ref(), one("offline", "online", "online_kernel"));
      case 7 -> new Step.Await(one(Word.values()), 1 + random.nextInt(600_000));
      case 8 -> new Step.NeighbourWrite(one(Word.values()));
      case 9 ->
          new Step.Write(Payload.exactly(bytes(0, 30)), who(), 1L + random.nextInt(999_999_999));
      case 10 -> {
        long micros = random.nextInt(60_000_000);
        yield new Step.Sleep(micros, later(micros));
      }
      default -> {
        long micros = random.nextInt(60_000) * 1000L;
        String actor = actors.get(random.nextInt(actors.size()));
        yield new Step.Signal(actor, one("INT", "KILL", "TERM"), micros, later(micros));
      }
    };
  }

  private long later(long micros) {
    return random.nextBoolean() ? micros : micros + random.nextInt(60_000_000 - (int) micros);
  }

  private BlockRef ref() {
    return new BlockRef(anyRange(), random.nextBoolean() ? Place.EVERY : place());
  }

  private Place anyRange() {
    return random.nextBoolean() ? Place.EVERY : place();
  }

  private Place place() {
    return one(Place.at(0), Place.LAST, Place.MIDDLE, Place.at(random.nextInt(10_000)));
  }

  private Step.Who who() {
    return one(Step.Who.values());
  }

  private String bytes(int least, int most) {
    StringBuilder bytes = new StringBuilder();
    for (int i = least + random.nextInt(most - least + 1); i > 0; i--) {
      bytes.append((char) random.nextInt(256));
    }
    return bytes.toString();
  }

  private <T> List<T> some(Supplier<T> each) {
    List<T> all = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(4); i++) {
      all.add(each.get());
    }
    return all;
  }

  @SafeVarargs
  private <T> T one(T... values) {
    return values[random.nextInt(values.length)];
  }
}
