package org.daxcheck.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.abi.Zone;
import org.daxcheck.scenario.Lexer.Kind;
import org.daxcheck.scenario.Lexer.Token;
import org.daxcheck.step.BlockRef;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Payload;
import org.daxcheck.step.Step;

/** Reads one step, and the outcomes behind its arrow, from the tokens of a line. */
final class StepParser {
  static final List<String> WORDS = texts(Word.values(), Word::text);
  static final List<String> POLICIES = texts(Policy.values(), Policy::text);
  static final List<String> DRIVERS = texts(Driver.values(), Driver::text);

  private static final List<String> ACTOR_STEPS = keywords(Step.Kind::actorMay);
  private static final List<String> STEPS = keywords(k -> !k.idle());
  private static final List<String> DELAYED = List.of("add", "remove", StepText.NOTHING);

  /** A processor of the guest does nothing else meanwhile. */
  private static final long MOST_DELAY = 1_000_000;

  private static final List<String> MEMORIES =
      Arrays.stream(Step.Memory.values()).map(StepText::name).toList();
  private static final List<String> FAILING = keywords(Step.FailNth::canBeOf);

  /** No step makes nearly so many allocations. */
  private static final int MOST_FAILED = 10_000;

  private static final List<String> INJECTED = List.of("online", "offline", StepText.NOTHING);
  private static final List<String> REFUSED = List.of("add", StepText.NOTHING);
  private static final List<String> OCCUPIED = List.of("range", StepText.NOTHING);
  private static final List<String> SHAPES = texts(Step.Shape.values(), StepText::name);
  private static final List<String> PLACES = List.of("first", "last", "middle");

  /** What a memory block's own state file takes. */
  private static final List<String> BLOCK_WORDS =
      List.of("offline", "online", "online_kernel", "online_movable");

  private static final List<String> SIGNALS =
      List.of("INT", "KILL", "TERM", "HUP", "QUIT", "USR1", "USR2", "STOP", "CONT");

  /** For hints only; which errors there are is known to {@link Errno}. */
  private static final List<String> ERRORS =
      List.of(
          "EBUSY",
          "EINVAL",
          "EACCES",
          "EPERM",
          "EINTR",
          "ENODEV",
          "ENOENT",
          "ENOMEM",
          "ENOSPC",
          "ENXIO",
          "EAGAIN",
          "EEXIST",
          "EFAULT",
          "EIO",
          "EOPNOTSUPP",
          "ETIMEDOUT");

  private static final Pattern TIME = Pattern.compile("(0|[1-9][0-9]{0,8})(us|ms|s)");
  private static final Pattern SIZE =
      Pattern.compile("([1-9][0-9]{0,6})([" + StepText.UNITS + "])");

  private static final long LEAST_FILLED = 4L << 10;
  private static final long MOST_FILLED = 64L << 30;
  private static final int MOST_BYTES = 65_536;
  private static final int MOST_OFFSET = 999_999_999;
  private static final int MOST_PLACES = 9_999;
  private static final long MILLI = 1000;
  private static final long SECOND = 1000 * MILLI;

  /** Where a step stands, which decides what it may be. */
  enum Context {
    SCENARIO,
    ACTOR,
    /** Typed by somebody who tries it: a look may do without its arrow. */
    PROMPT,
    TRACE,
    ACTOR_OF_TRACE;

    boolean actor() {
      return this == ACTOR || this == ACTOR_OF_TRACE;
    }
  }

  private final Lexer lexer;
  private final Context context;
  private boolean quoted;

  StepParser(Lexer lexer, Context context) {
    this.lexer = lexer;
    this.context = context;
  }

  /** The step that the keyword, already taken, begins. */
  Step step(Token keyword) throws ScenarioException {
    if (context.actor() && !keyword.isOneOf(ACTOR_STEPS)) {
      throw lexer.unexpected(
          keyword, "a step that an actor can do: " + Lexer.or(ACTOR_STEPS), ACTOR_STEPS);
    }
    Step.Kind kind = kind(keyword);
    if ((context == Context.SCENARIO || context == Context.PROMPT) && kind.idle()) {
      throw lexer.error(
          keyword,
          "found '" + keyword.text() + "', which only an actor can do; put 'P0:' before it");
    }
    Step step =
        switch (kind) {
          case WRITE -> write();
          case READ -> new Step.Read(who());
          case BIND -> bind();
          case UNBIND -> new Step.Unbind();
          case SET_POLICY -> policy();
          case BLOCK_WRITE -> blocks(keyword);
          case PIN -> new Step.Pin(ref(lexer.expect("block")));
          case UNPIN -> new Step.Unpin();
          case UNLOAD -> new Step.Unload();
          case LOAD -> new Step.Load();
          case AWAIT -> await();
          case SLEEP -> {
            Times times = times("2ms");
            yield new Step.Sleep(times.micros(), times.upToMicros());
          }
          case SIGNAL -> signal();
          case FILL -> new Step.Fill(size());
          case VERIFY -> new Step.Verify();
          case FREE -> new Step.Free();
          case INJECT -> inject();
          case REFUSE_ADD -> refuse();
          case OCCUPY -> occupy();
          case RESHAPE ->
              new Step.Reshape(
                  Step.Shape.valueOf(lexer.expectOneOf(SHAPES).text().toUpperCase(Locale.ROOT)));
          case NEIGHBOUR_WRITE -> {
            lexer.expect("write");
            yield new Step.NeighbourWrite(word());
          }
          case DELAY -> delay();
          case FAIL_NTH -> fail();
          case LOOK -> Step.Look.at(Step.Aspect.valueOf(keyword.text().toUpperCase(Locale.ROOT)));
          // The parser of lines takes them.
          case ACTORS -> throw lexer.unexpected(keyword, "a single step", List.of());
        };
    if (context.actor() && step.kind().observesOnly()) {
      throw lexer.unexpected(
          lexer.next(),
          "a word for '" + keyword.text() + "', since an actor cannot look",
          List.of());
    }
    return step;
  }

  /** The words that may begin a step of this kind. */
  private static List<String> keywords(Step.Kind kind) {
    return switch (kind) {
      case WRITE -> List.of("write");
      case READ -> List.of("read");
      case BIND -> List.of("bind");
      case UNBIND -> List.of("unbind");
      case SET_POLICY -> List.of("policy");
      case BLOCK_WRITE -> List.of("block", "blocks");
      case PIN -> List.of("pin");
      case UNPIN -> List.of("unpin");
      case UNLOAD -> List.of("unload");
      case LOAD -> List.of("load");
      case AWAIT -> List.of("await");
      case SLEEP -> List.of("sleep");
      case SIGNAL -> List.of("signal");
      case FILL -> List.of("fill");
      case VERIFY -> List.of("verify");
      case FREE -> List.of("free");
      case INJECT -> List.of("inject");
      case REFUSE_ADD -> List.of("refuse");
      case OCCUPY -> List.of("occupy");
      case RESHAPE -> List.of("reshape");
      case NEIGHBOUR_WRITE -> List.of("neighbour");
      case DELAY -> List.of("delay");
      case FAIL_NTH -> List.of("fail");
      case ACTORS -> List.of("actors");
      case LOOK ->
          List.of("attribute", "iomem", "memtotal", "driver", "log", "taint", "uevents", "leaks");
    };
  }

  private static List<String> keywords(Predicate<Step.Kind> of) {
    return Arrays.stream(Step.Kind.values()).filter(of).flatMap(k -> keywords(k).stream()).toList();
  }

  /** The words that begin a step of a scenario. */
  static List<String> stepWords() {
    return STEPS;
  }

  /** The words that begin a step of an actor. */
  static List<String> actorWords() {
    return ACTOR_STEPS;
  }

  static List<String> blockWords() {
    return BLOCK_WORDS;
  }

  static List<String> places() {
    return PLACES;
  }

  static List<String> signals() {
    return SIGNALS;
  }

  static List<String> injected() {
    return INJECTED;
  }

  static List<String> delayed() {
    return DELAYED;
  }

  static List<String> memories() {
    return MEMORIES;
  }

  static List<String> failing() {
    return FAILING;
  }

  static List<String> errors() {
    return ERRORS;
  }

  static List<String> shapes() {
    return SHAPES;
  }

  /** The kind of step that the word begins; empty for none. */
  static Optional<Step.Kind> kindOf(String keyword) {
    return Arrays.stream(Step.Kind.values()).filter(k -> keywords(k).contains(keyword)).findFirst();
  }

  /** The kind that the keyword begins; policy and blocks may turn out to be looks. */
  private Step.Kind kind(Token keyword) throws ScenarioException {
    for (Step.Kind kind : Step.Kind.values()) {
      if (keyword.isOneOf(keywords(kind)) && kind != Step.Kind.ACTORS) {
        return kind;
      }
    }
    throw lexer.unexpected(keyword, "a step: " + Lexer.or(STEPS), STEPS);
  }

  /** The outcomes behind the arrow; empty where there is no arrow. Takes the line to its end. */
  List<Expected> outcomes(Step step) throws ScenarioException {
    if (context == Context.TRACE || context == Context.ACTOR_OF_TRACE) {
      lexer.expectEnd("the end of the step");
      return List.of();
    }
    boolean look = step.kind().observesOnly();
    Token arrow = lexer.next();
    if (arrow.kind() == Kind.END && (!look || context == Context.PROMPT)) {
      return List.of();
    }
    if (!arrow.is("->")) {
      throw lexer.unexpected(arrow, look ? needed((Step.Look) step) : after(step), List.of());
    }
    if (step.kind().idle()) {
      throw lexer.error(arrow, "found '->', but sleep and signal have no outcome; leave it out");
    }
    List<Expected> outcomes = new ArrayList<>();
    do {
      Token at = lexer.peek();
      Expected outcome = outcome(step);
      if (outcomes.contains(outcome)) {
        throw lexer.error(at, "found '" + StepText.of(step, outcome) + "' twice; keep one");
      }
      outcomes.add(outcome);
    } while (lexer.accept("|"));
    lexer.expectEnd("'|' or the end of the line");
    return outcomes;
  }

  /** The step just read, in canonical spelling; bytes in quotes stay in quotes. */
  String text(Step step) {
    return quoted && step.kind() == Step.Kind.WRITE
        ? StepText.quoted((Step.Write) step)
        : StepText.of(step);
  }

  private static String needed(Step.Look look) {
    boolean writable = look.aspect() == Step.Aspect.BLOCKS || look.aspect() == Step.Aspect.POLICY;
    return "'->' and what is to be seen" + (writable ? ", or a word to write" : "");
  }

  private static String after(Step step) {
    String end = "'->' or the end of the line";
    return switch (step.kind()) {
      case WRITE -> "'at', 'as nobody', " + end + "; other bytes than [A-Za-z0-9_] need quotes";
      case READ -> "'as nobody', " + end;
      case BIND,
          UNBIND,
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
          ACTORS,
          LOOK ->
          end;
      case FAIL_NTH -> after(((Step.FailNth) step).step());
    };
  }

  private Expected outcome(Step step) throws ScenarioException {
    if (step.kind().observesOnly()) {
      return seen((Step.Look) step);
    }
    boolean read = step.kind() == Step.Kind.READ;
    boolean actor = context == Context.ACTOR;
    Token token = lexer.next();
    if (token.kind() == Kind.WORD) {
      if (read && WORDS.contains(token.text())) {
        return new Expected.Reads(token.text());
      }
      if (step.kind() == Step.Kind.FAIL_NTH && token.is("missed")) {
        return new Expected.Missed();
      }
      if (!read && token.is("ok")) {
        return new Expected.Succeeds();
      }
      if (actor && token.is("killed")) {
        return new Expected.Killed(lexer.expectOneOf(SIGNALS).text());
      }
      Errno errno = new Errno(token.text());
      if (errno.number() > 0) {
        return new Expected.Fails(errno);
      }
    }
    List<String> words = read ? WORDS : List.of("ok");
    throw lexer.unexpected(
        token,
        String.join(", ", words)
            + (actor ? ", 'killed' and a signal," : "")
            + " or an error such as EBUSY",
        Stream.concat(words.stream(), ERRORS.stream()).toList());
  }

  private Expected seen(Step.Look look) throws ScenarioException {
    return switch (look.aspect()) {
      case ATTRIBUTE ->
          new Expected.AttributePresent(
              lexer.expectOneOf(List.of("present", "absent")).is("present"));
      case BLOCKS -> blockState(look.blocks().block().equals(Place.EVERY));
      case IOMEM ->
          new Expected.Iomem(
              Expected.Iomem.Claim.valueOf(
                  lexer
                      .expectOneOf(List.of("none", "reserved", "ram"))
                      .text()
                      .toUpperCase(Locale.ROOT)));
      case MEMTOTAL -> {
        lexer.expect("baseline");
        boolean all = lexer.accept("+");
        if (all) {
          lexer.expect("all");
        }
        yield new Expected.MemTotal(all);
      }
      case DRIVER -> new Expected.Is(lexer.expectOneOf(DRIVERS).text());
      case POLICY -> new Expected.Is(lexer.expectOneOf(POLICIES).text());
      case LOG -> logged();
      case TAINT -> new Expected.Is(lexer.expect("unchanged").text());
      case UEVENTS, LEAKS -> new Expected.Is(lexer.expect("none").text());
    };
  }

  private Expected blockState(boolean every) throws ScenarioException {
    if (lexer.accept("none")) {
      return new Expected.NoBlocks();
    }
    List<String> states = List.of("offline", "online");
    if (every && !lexer.accept("all")) {
      Token token = lexer.next();
      throw lexer.unexpected(
          token,
          "none, all offline or all online",
          token.isOneOf(states) ? List.of() : List.of("none", "all"));
    }
    Token state = lexer.next();
    if (!state.isOneOf(states)) {
      throw lexer.unexpected(
          state, every ? "offline or online" : "none, offline or online", states);
    }
    Token after = lexer.peek();
    if (state.is("offline") || after.kind() != Kind.WORD) {
      return new Expected.BlocksAre(state.text(), Optional.empty());
    }
    Token named = lexer.expectOneOf(texts(Zone.values(), Zone::text));
    Zone zone = Zone.valueOf(named.text().toUpperCase(Locale.ROOT));
    return new Expected.BlocksAre(state.text(), Optional.of(zone));
  }

  private Expected logged() throws ScenarioException {
    Token token = lexer.next();
    if (token.is("none")) {
      return new Expected.Is("none");
    }
    if (token.kind() != Kind.STRING || token.text().isEmpty()) {
      throw lexer.unexpected(token, "none or a text of the kernel log in quotes", List.of("none"));
    }
    return new Expected.Logged(token.text());
  }

  private Step write() throws ScenarioException {
    Payload payload = payload();
    int offset = lexer.accept("at") ? lexer.number(1, MOST_OFFSET) : 0;
    return new Step.Write(payload, who(), offset);
  }

  private Payload payload() throws ScenarioException {
    Token token = lexer.next();
    if (token.kind() == Kind.WORD && token.text().matches("[A-Za-z0-9_]+")) {
      return Payload.line(token.text());
    }
    if (token.kind() != Kind.STRING) {
      throw lexer.unexpected(token, "a word of [A-Za-z0-9_] or bytes in quotes", List.of());
    }
    quoted = true;
    String bytes = token.text();
    if (lexer.accept("*")) {
      bytes = bytes.repeat(lexer.number(1, MOST_BYTES / Math.max(1, bytes.length())));
    }
    return Payload.exactly(bytes);
  }

  private Step.Who who() throws ScenarioException {
    if (!lexer.accept("as")) {
      return Step.Who.ROOT;
    }
    lexer.expect("nobody");
    return Step.Who.NOBODY;
  }

  private Step bind() throws ScenarioException {
    if (lexer.peek().kind() != Kind.WORD) {
      return new Step.Bind(Driver.KMEM);
    }
    Token driver = lexer.expectOneOf(List.of(Driver.KMEM.text(), Driver.DEVICE_DAX.text()));
    return new Step.Bind(Driver.of(driver.text()).orElseThrow());
  }

  private Step policy() throws ScenarioException {
    return lexer.peek().kind() == Kind.WORD
        ? new Step.SetPolicy(Policy.of(lexer.expectOneOf(POLICIES).text()).orElseThrow())
        : Step.Look.at(Step.Aspect.POLICY);
  }

  private Step blocks(Token keyword) throws ScenarioException {
    BlockRef ref = ref(keyword);
    return lexer.peek().kind() == Kind.WORD
        ? new Step.BlockWrite(ref, lexer.expectOneOf(BLOCK_WORDS).text())
        : new Step.Look(Step.Aspect.BLOCKS, ref);
  }

  /** The blocks that follow the keyword {@code block} or {@code blocks}. */
  private BlockRef ref(Token keyword) throws ScenarioException {
    Place block = keyword.is("blocks") ? Place.EVERY : place();
    if (!lexer.accept("of")) {
      return BlockRef.ofDevice(block);
    }
    lexer.expect("range");
    return new BlockRef(place(), block);
  }

  private Place place() throws ScenarioException {
    Token token = lexer.peek();
    if (token.kind() == Kind.WORD && Character.isDigit(token.text().charAt(0))) {
      return Place.at(lexer.number(0, MOST_PLACES));
    }
    lexer.next();
    return switch (token.kind() == Kind.WORD ? token.text() : "") {
      case "first" -> Place.at(0);
      case "last" -> Place.LAST;
      case "middle" -> Place.MIDDLE;
      default ->
          throw lexer.unexpected(token, "first, last, middle or a number counted from 0", PLACES);
    };
  }

  private Step await() throws ScenarioException {
    Word word = word();
    lexer.expect("within");
    return new Step.Await(word, limitMillis());
  }

  private Word word() throws ScenarioException {
    return Word.of(lexer.expectOneOf(WORDS).text()).orElseThrow();
  }

  private Step signal() throws ScenarioException {
    String actor = actor(lexer.next());
    String signal = lexer.expectOneOf(SIGNALS).text();
    lexer.expect("after");
    Times times = times("300ms");
    return new Step.Signal(actor, signal, times.micros(), times.upToMicros());
  }

  private Step inject() throws ScenarioException {
    String change = lexer.expectOneOf(INJECTED).text();
    if (change.equals(StepText.NOTHING)) {
      return Step.Inject.nothing();
    }
    return new Step.Inject(
        Optional.of(Step.Change.valueOf(change.toUpperCase(Locale.ROOT))), errno());
  }

  /** The Nth allocation of a step fails; of a range of numbers each, in a scenario of its own. */
  private Step fail() throws ScenarioException {
    Step.Memory memory =
        Step.Memory.valueOf(lexer.expectOneOf(MEMORIES).text().toUpperCase(Locale.ROOT));
    int nth = lexer.number(1, MOST_FAILED);
    int upTo = lexer.accept("..") ? lexer.number(nth + 1, MOST_FAILED) : nth;
    lexer.expect("of");
    Token keyword = lexer.expectOneOf(FAILING);
    Step step = step(keyword);
    if (step.kind() == Step.Kind.BIND && ((Step.Bind) step).driver() != Driver.KMEM) {
      throw lexer.error(keyword, "found a bind to another driver; only a bind to kmem can fail so");
    }
    return new Step.FailNth(step, memory, nth, upTo);
  }

  private Step delay() throws ScenarioException {
    String point = lexer.expectOneOf(DELAYED).text();
    if (point.equals(StepText.NOTHING)) {
      return Step.Delay.nothing();
    }
    long micros = time(MILLI, MOST_DELAY, "50ms");
    return new Step.Delay(
        Optional.of(Step.Point.valueOf(point.toUpperCase(Locale.ROOT))), (int) (micros / MILLI));
  }

  private Step refuse() throws ScenarioException {
    if (lexer.expectOneOf(REFUSED).is(StepText.NOTHING)) {
      return Step.RefuseAdd.nothing();
    }
    lexer.expect("of");
    lexer.expect("range");
    Place range = place();
    return new Step.RefuseAdd(Optional.of(range), errno());
  }

  private Step occupy() throws ScenarioException {
    return lexer.expectOneOf(OCCUPIED).is(StepText.NOTHING)
        ? Step.Occupy.nothing()
        : new Step.Occupy(Optional.of(place()));
  }

  /** An error that the kernel is to give. */
  private Errno errno() throws ScenarioException {
    Token token = lexer.next();
    Errno errno = new Errno(token.text());
    if (token.kind() != Kind.WORD || errno.number() < 0) {
      throw lexer.unexpected(token, "an error that daxcheck knows, such as EBUSY", ERRORS);
    }
    return errno;
  }

  /** So much memory, in bytes. */
  private long size() throws ScenarioException {
    Token token = lexer.next();
    Matcher m = SIZE.matcher(token.text());
    if (token.kind() == Kind.WORD && m.matches()) {
      long bytes = Long.parseLong(m.group(1)) << 10 * (StepText.UNITS.indexOf(m.group(2)) + 1);
      if (bytes >= LEAST_FILLED && bytes <= MOST_FILLED) {
        return bytes;
      }
    }
    throw lexer.unexpected(
        token,
        "a size from "
            + StepText.size(LEAST_FILLED)
            + " to "
            + StepText.size(MOST_FILLED)
            + ", such as 4M",
        List.of());
  }

  /** The token, which must be an actor's name. */
  private String actor(Token token) throws ScenarioException {
    if (!isActor(token.text())) {
      throw lexer.unexpected(token, "an actor, P0 to P7", List.of("P0"));
    }
    return token.text();
  }

  static boolean isActor(String text) {
    return text.matches("P[0-7]");
  }

  /** A limit for waiting, in ms. */
  int limitMillis() throws ScenarioException {
    return (int) (time(MILLI, 600 * SECOND, "2s") / MILLI);
  }

  /** A time, or two that each round draws one between. */
  private record Times(long micros, long upToMicros) {}

  private Times times(String example) throws ScenarioException {
    long micros = time(0, 60 * SECOND, example);
    if (!lexer.accept("..")) {
      return new Times(micros, micros);
    }
    Token second = lexer.peek();
    long upTo = time(0, 60 * SECOND, example);
    if (upTo < micros) {
      throw lexer.error(
          second,
          "found '"
              + second.text()
              + "', expected a time that is not below the first, "
              + StepText.time(micros));
    }
    return new Times(micros, upTo);
  }

  private long time(long least, long most, String example) throws ScenarioException {
    Token token = lexer.next();
    Matcher m = TIME.matcher(token.text());
    if (token.kind() == Kind.WORD && m.matches()) {
      long unit =
          switch (m.group(2)) {
            case "us" -> 1;
            case "ms" -> MILLI;
            default -> SECOND;
          };
      long micros = Long.parseLong(m.group(1)) * unit;
      // what is limited in ms is said in ms, so that nothing is rounded
      if (micros >= least && micros <= most && (least == 0 || micros % MILLI == 0)) {
        return micros;
      }
    }
    String range = StepText.time(least) + " to " + StepText.time(most);
    throw lexer.unexpected(token, "a time from " + range + ", such as " + example, List.of());
  }

  private static <T> List<String> texts(T[] values, Function<T, String> text) {
    return Arrays.stream(values).map(text).toList();
  }
}
