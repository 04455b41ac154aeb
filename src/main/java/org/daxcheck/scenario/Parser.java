package org.daxcheck.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.RuleId;
import org.daxcheck.abi.Word;
import org.daxcheck.scenario.Lexer.Kind;
import org.daxcheck.scenario.Lexer.Token;
import org.daxcheck.step.Step;

/** Reads the scenario language; suites/README.md describes it. */
public final class Parser {
  static final String SUFFIX = ".kmem";

  private static final List<String> FIELDS = List.of("rule", "requires", "repeat", "leaks");
  private static final List<String> NEEDS =
      List.of(
          "attribute",
          "dialect",
          "ranges",
          "blocks",
          "topology",
          Scenario.Feature.INJECTOR.text(),
          Scenario.Feature.HELPER.text(),
          Scenario.Feature.FAIL_NTH.text(),
          Scenario.Feature.NO_HOTREMOVE.text());
  private static final List<String> START = List.of("state", "policy", "driver");
  private static final int MOST_RANGES = 64;
  private static final int MOST_BLOCKS = 9_999;
  private static final int MOST_STEPS = 1_000;
  private static final int MOST_REPEATS = 1_000;

  /** How many steps all rounds may have together, so that a trace stays readable and in memory. */
  private static final int MOST_STEPS_DONE = 20_000;

  /** The parts of a file, in their order. */
  private enum Section {
    RULE("rule:"),
    REQUIRES("requires:"),
    REPEAT("repeat:"),
    LEAKS("leaks:"),
    START("{"),
    STEPS("steps");

    private final String text;

    Section(String text) {
      this.text = text;
    }
  }

  /** A line of the file in canonical spelling: what it says, and what stands behind its arrow. */
  record Piece(Shape shape, String text, String outcomes) {
    enum Shape {
      BLANK,
      COMMENT,
      HEADER,
      STEP
    }
  }

  private final String file;
  private final Optional<Catalogue> catalogue;
  private final StepParser.Context context;
  private final Mistakes mistakes = new Mistakes();
  private final List<Piece> pieces = new ArrayList<>();
  private final List<String> prose = new ArrayList<>();
  private final Map<Section, Integer> seen = new EnumMap<>(Section.class);
  private final List<Scenario.Cited> rules = new ArrayList<>();
  private final List<Scenario.Line> lines = new ArrayList<>();
  private Scenario.Needs needs = new Scenario.Needs(false, 1, 1, Set.of());
  private Scenario.Start start =
      new Scenario.Start(Optional.empty(), Optional.empty(), Optional.empty());
  private Optional<ActorGroup> group = Optional.empty();
  private String name = "";
  private int repeats = 1;
  private int steps;
  private boolean tried;
  private boolean oneOfMany;

  private Parser(String file, Optional<Catalogue> catalogue, StepParser.Context context) {
    this.file = file;
    this.catalogue = catalogue;
    this.context = context;
  }

  /**
   * Reads a scenario.
   *
   * @param file its path, for messages; the last part must be the scenario's name and .kmem
   * @param text the whole text of the file
   */
  public static Scenario parse(String file, String text) throws ScenarioException {
    return new Parser(file, Optional.empty(), StepParser.Context.SCENARIO).scenario(text);
  }

  /** Reads a scenario whose rules must all stand in the catalogue. */
  public static Scenario parse(String file, String text, Catalogue catalogue)
      throws ScenarioException {
    return new Parser(file, Optional.of(catalogue), StepParser.Context.SCENARIO).scenario(text);
  }

  /**
   * Reads a scenario that may only be tried yet: it may do without its prose, its rules, and the
   * citation of a rule. A rule that has none does not count, so that it has no rule then.
   */
  public static Scenario tried(String file, String text, Catalogue catalogue)
      throws ScenarioException {
    Parser parser = new Parser(file, Optional.of(catalogue), StepParser.Context.SCENARIO);
    parser.tried = true;
    parser.oneOfMany = true;
    return parser.scenario(text);
  }

  /** Reads the scenarios that a file stands for: one, or those of a {@link Sweep}. */
  static List<Scenario> all(String file, String text, Catalogue catalogue, boolean tried)
      throws ScenarioException {
    Scenario scenario = tried ? tried(file, text, catalogue) : parse(file, text, catalogue);
    if (!Sweep.is(scenario)) {
      return List.of(scenario);
    }
    return Sweep.each(
        scenario,
        one -> {
          Parser parser = new Parser(file, Optional.of(catalogue), StepParser.Context.SCENARIO);
          parser.tried = tried;
          parser.oneOfMany = true;
          return parser.scenario(one);
        });
  }

  /**
   * Reads one step as {@link StepText} writes it. Unlike in a scenario, a look stands alone, and so
   * may the steps of an actor.
   */
  public static Step step(String text) throws ScenarioException {
    Parser parser = new Parser("step", Optional.empty(), StepParser.Context.TRACE);
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      parser.stepLine(new Lexer("step", i + 1, lines.get(i)));
    }
    parser.endGroup();
    if (parser.lines.size() != 1) {
      throw new ScenarioException(
          "step", 1, 1, "found " + parser.lines.size() + " steps, expected one");
    }
    return parser.lines.get(0).step();
  }

  /**
   * Reads what somebody types to try it: one step as in a scenario, several lines for actors. An
   * arrow may follow; unlike in a scenario a look may do without.
   *
   * @param number the line that it is to be
   */
  public static Scenario.Line line(String text, int number) throws ScenarioException {
    Parser parser = new Parser("typed", Optional.empty(), StepParser.Context.PROMPT);
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      parser.stepLine(new Lexer("typed", i + 1, lines.get(i)));
    }
    parser.endGroup();
    if (parser.lines.size() != 1) {
      throw new ScenarioException(
          "typed", 1, 1, "found " + parser.lines.size() + " steps, expected one");
    }
    Scenario.Line read = parser.lines.get(0);
    return new Scenario.Line(number, read.step(), read.expected(), read.actorExpected());
  }

  /** The lines of a scenario in canonical spelling. */
  static List<Piece> pieces(String file, String text) throws ScenarioException {
    Parser parser = new Parser(file, Optional.empty(), StepParser.Context.SCENARIO);
    parser.scenario(text);
    return List.copyOf(parser.pieces);
  }

  /** A part of a file, whose mistake does not keep the others from being found. */
  private interface Part {
    void read() throws ScenarioException;
  }

  private void read(Part part) throws ScenarioException {
    try {
      part.read();
    } catch (ScenarioException e) {
      mistakes.add(e);
    }
  }

  private Scenario scenario(String text) throws ScenarioException {
    List<String> source = text.lines().toList();
    try {
      Lexer head = new Lexer(file, 1, source.isEmpty() ? "" : source.get(0));
      head.expect("KMEM");
      read(() -> title(head));
      lines(source, prose(source));
      if (mistakes.isEmpty()) {
        whole(source);
      }
      mistakes.end();
    } catch (ScenarioException e) {
      throw e.in(source);
    }
    boolean leaks = seen.containsKey(Section.LEAKS);
    return new Scenario(name, file, prose, rules, needs, start, leaks, repeats, lines, text);
  }

  /** Reads the prose; gives how many lines it and the title are. */
  private int prose(List<String> source) throws ScenarioException {
    int next = 1;
    for (; next < source.size() && source.get(next).strip().startsWith("#"); next++) {
      String comment = source.get(next).strip();
      prose.add(comment.substring(1).strip());
      pieces.add(new Piece(Piece.Shape.COMMENT, comment, ""));
    }
    if (String.join("", prose).isEmpty() && !tried) {
      mistakes.add(
          new ScenarioException(
              file,
              2,
              1,
              "found no prose, expected lines with '#' that say what is tested, and why"));
    }
    return next;
  }

  private void lines(List<String> source, int from) throws ScenarioException {
    for (int i = from; i < source.size(); i++) {
      String line = source.get(i).strip();
      if (line.isEmpty()) {
        read(this::endGroup);
        pieces.add(new Piece(Piece.Shape.BLANK, "", ""));
      } else if (line.startsWith("#")) {
        pieces.add(new Piece(Piece.Shape.COMMENT, line, ""));
      } else {
        Lexer lexer = new Lexer(file, i + 1, source.get(i));
        read(() -> line(lexer));
      }
    }
    read(this::endGroup);
  }

  /** What can be wrong of a file whose lines are all well. */
  private void whole(List<String> source) throws ScenarioException {
    if (lines.isEmpty()) {
      Section missing = rules.isEmpty() && !tried ? Section.RULE : Section.STEPS;
      throw new ScenarioException(
          file,
          source.size() + 1,
          1,
          "found the end of the file, expected "
              + (missing == Section.RULE ? "'rule:'" : "at least one step"));
    }
    if (repeats * lines.size() > MOST_STEPS_DONE) {
      throw new ScenarioException(
          file,
          seen.get(Section.REPEAT),
          1,
          "found "
              + repeats
              + " times "
              + lines.size()
              + " steps, which is more than "
              + MOST_STEPS_DONE
              + "; repeat it less often");
    }
    if (catalogue.isPresent()) {
      for (Scenario.Line line : lines) {
        read(() -> expectFeatures(line));
      }
    }
  }

  /** A target that cannot do a step must skip the scenario, not fail it. */
  private void expectFeatures(Scenario.Line line) throws ScenarioException {
    for (Step act : line.step().acts()) {
      Optional<Scenario.Feature> needed = Scenario.Feature.neededBy(act.kind());
      if (needed.isPresent() && !needs.features().contains(needed.get())) {
        throw new ScenarioException(
            file,
            line.number(),
            1,
            "found '"
                + StepText.of(act)
                + "', which not every target can do; add '"
                + needed.get().text()
                + "' to requires:");
      }
    }
  }

  private void title(Lexer lexer) throws ScenarioException {
    Token name = lexer.next();
    if (name.kind() != Kind.WORD || !name.text().matches("[a-z0-9-]+")) {
      throw lexer.unexpected(name, "a name of lower-case letters, digits and hyphens", List.of());
    }
    Path path = Path.of(file).getFileName();
    String named = name.text() + SUFFIX;
    boolean same = path != null && path.toString().equals(named);
    // one of many that a file stands for has its number behind the file's name
    boolean one = path != null && path.toString().equals(named.replaceFirst("-\\d+\\.", "."));
    if (!same && !(one && oneOfMany)) {
      throw lexer.error(
          name,
          "found '"
              + name.text()
              + "', expected the name of the file, which is '"
              + path
              + "'; it must be the scenario's name and "
              + SUFFIX);
    }
    lexer.expectEnd("the end of the line");
    pieces.add(new Piece(Piece.Shape.HEADER, "KMEM " + name.text(), ""));
    this.name = name.text();
  }

  private void line(Lexer lexer) throws ScenarioException {
    Lexer ahead = lexer.copy();
    Token first = ahead.next();
    boolean label = first.kind() == Kind.WORD && ahead.accept(":");
    if (first.is("{")) {
      enter(Section.START, lexer, first);
      start(lexer);
    } else if (label && FIELDS.contains(first.text())) {
      Section field = Section.values()[FIELDS.indexOf(first.text())];
      enter(field, lexer, first);
      lexer.next();
      lexer.next();
      String text =
          switch (field) {
            case RULE -> rule(lexer);
            case REQUIRES -> requires(lexer);
            case REPEAT -> repeat(lexer);
            default -> leaks(lexer);
          };
      pieces.add(new Piece(Piece.Shape.HEADER, first.text() + ": " + text, ""));
    } else if (label && !StepParser.isActor(first.text())) {
      throw lexer.unexpected(
          first,
          "rule:, requires:, repeat:, leaks: or an actor, P0: to P7:",
          Stream.concat(FIELDS.stream(), Stream.of("P0")).toList());
    } else {
      enter(Section.STEPS, lexer, first);
      stepLine(lexer);
    }
  }

  /** Checks that the section may begin here, or go on. */
  private void enter(Section section, Lexer lexer, Token first) throws ScenarioException {
    if (section != Section.RULE && !seen.containsKey(Section.RULE) && !tried) {
      seen.put(Section.RULE, lexer.line());
      throw lexer.unexpected(first, "'rule:' first", FIELDS);
    }
    boolean once = section != Section.RULE && section != Section.STEPS;
    if (once && seen.containsKey(section)) {
      throw lexer.error(
          first,
          "found a second '"
              + section.text
              + "', the first is in line "
              + seen.get(section)
              + "; keep one");
    }
    for (Section later : seen.keySet()) {
      if (later.compareTo(section) > 0) {
        throw lexer.error(
            first,
            "found '"
                + section.text
                + "' after the "
                + later.text
                + " of line "
                + seen.get(later)
                + "; the order is rule:, requires:, repeat:, leaks:, { start }, steps");
      }
    }
    seen.putIfAbsent(section, lexer.line());
  }

  private String rule(Lexer lexer) throws ScenarioException {
    Token token = lexer.next();
    RuleId id =
        RuleId.parse(token.text())
            .orElseThrow(
                () -> lexer.unexpected(token, "the id of a rule, such as REFUSE-1", List.of()));
    if (catalogue.isPresent() && catalogue.get().rule(id).isEmpty()) {
      throw lexer.error(token, "no rule " + id + " in the catalogue" + catalogue.get().hint(id));
    }
    String form = "(DOCUMENT, \"WORDS\") or (DOCUMENT, CLAUSE)";
    Token citation = lexer.rest();
    String text = citation.text();
    if (tried && citation.kind() == Kind.END) {
      return id.toString();
    }
    if (!text.startsWith("(")) {
      throw lexer.unexpected(citation, "the rule's citation, " + form, List.of());
    }
    if (!text.endsWith(")")) {
      throw lexer.error(citation, "found no ')' at the end of the line, expected " + form);
    }
    String inside = text.substring(1, text.length() - 1);
    int comma = inside.indexOf(',');
    String document = inside.substring(0, Math.max(0, comma)).strip();
    String clause = inside.substring(comma + 1).strip();
    if (document.isEmpty() || clause.isEmpty()) {
      throw lexer.error(citation, "found '" + text + "', expected " + form);
    }
    if (clause.chars().filter(c -> c == '"').count() % 2 != 0) {
      throw lexer.error(citation, "found a '\"' that is not closed, expected " + form);
    }
    Scenario.Cited cited = new Scenario.Cited(id, document + ", " + clause);
    if (rules.contains(cited)) {
      throw lexer.error(token, "found " + id + " twice with one citation; keep one");
    }
    rules.add(cited);
    return id + " (" + cited.citation() + ")";
  }

  private String requires(Lexer lexer) throws ScenarioException {
    Map<String, String> given = new HashMap<>();
    int ranges = 1;
    int blocks = 1;
    Set<Dialect> dialects = Set.of();
    Set<Scenario.Feature> features = EnumSet.noneOf(Scenario.Feature.class);
    Optional<String> topology = Optional.empty();
    do {
      Token key = lexer.next();
      String name = need(key, lexer);
      String text = name;
      switch (name) {
        case "topology" -> {
          topology = Optional.of(topology(lexer));
          text += " " + topology.get();
        }
        case "ranges" -> {
          ranges = atLeast(lexer, MOST_RANGES);
          text += " >= " + ranges;
        }
        case "blocks" -> {
          blocks = atLeast(lexer, MOST_BLOCKS);
          text += " >= " + blocks;
        }
        case "dialect" -> {
          dialects = dialects(lexer);
          text += " " + dialects.stream().map(Dialect::text).collect(Collectors.joining("|"));
        }
        default ->
            EnumSet.allOf(Scenario.Feature.class).stream()
                .filter(f -> f.text().equals(name))
                .forEach(features::add);
      }
      if (given.put(name, text) != null) {
        throw lexer.error(key, "found '" + name + "' twice; keep one");
      }
    } while (lexer.accept(","));
    lexer.expectEnd("',' or the end of the line");
    // a topology that is named may be one whose device has no whole block
    int least = topology.isPresent() && !given.containsKey("blocks") ? 0 : blocks;
    needs =
        new Scenario.Needs(
            given.containsKey("attribute"), ranges, least, dialects, features, topology);
    return NEEDS.stream()
        .filter(given::containsKey)
        .map(given::get)
        .collect(Collectors.joining(", "));
  }

  /** What the token, and the one behind it where two words belong together, asks for. */
  private static String need(Token key, Lexer lexer) throws ScenarioException {
    if (key.is("no")) {
      lexer.expect("hotremove");
      return Scenario.Feature.NO_HOTREMOVE.text();
    }
    if (!key.isOneOf(NEEDS)) {
      throw lexer.unexpected(key, Lexer.or(NEEDS), NEEDS);
    }
    return key.text();
  }

  private static String topology(Lexer lexer) throws ScenarioException {
    Token name = lexer.next();
    if (name.kind() != Kind.WORD) {
      throw lexer.unexpected(name, "the name of a topology, such as cxl-ranges", List.of());
    }
    return name.text();
  }

  private String repeat(Lexer lexer) throws ScenarioException {
    repeats = lexer.number(2, MOST_REPEATS);
    lexer.expect("times");
    lexer.expectEnd("the end of the line");
    return repeats + " times";
  }

  private static int atLeast(Lexer lexer, int most) throws ScenarioException {
    lexer.expect(">=");
    return lexer.number(1, most);
  }

  private static Set<Dialect> dialects(Lexer lexer) throws ScenarioException {
    List<String> known = EnumSet.allOf(Dialect.class).stream().map(Dialect::text).toList();
    Set<Dialect> dialects = EnumSet.noneOf(Dialect.class);
    do {
      Token token = lexer.expectOneOf(known);
      if (!dialects.add(Dialect.of(token.text()).orElseThrow())) {
        throw lexer.error(token, "found '" + token.text() + "' twice; keep one");
      }
    } while (lexer.accept("|"));
    return dialects;
  }

  private static String leaks(Lexer lexer) throws ScenarioException {
    lexer.expect("until");
    lexer.expect("reboot");
    lexer.expectEnd("the end of the line");
    return "until reboot";
  }

  private void start(Lexer lexer) throws ScenarioException {
    lexer.expect("{");
    Map<String, Token> given = new LinkedHashMap<>();
    do {
      Token key = lexer.expectOneOf(START);
      lexer.expect("=");
      List<String> values =
          switch (key.text()) {
            case "state" -> StepParser.WORDS;
            case "policy" -> StepParser.POLICIES;
            default -> StepParser.DRIVERS;
          };
      if (given.put(key.text(), lexer.expectOneOf(values)) != null) {
        throw lexer.error(key, "found '" + key.text() + "' twice; keep one");
      }
    } while (lexer.accept(";"));
    Token close = lexer.next();
    if (!close.is("}")) {
      throw lexer.unexpected(close, "';' or '}'", List.of());
    }
    lexer.expectEnd("the end of the line");
    Optional<String> state = Optional.ofNullable(given.get("state")).map(Token::text);
    Optional<String> policy = Optional.ofNullable(given.get("policy")).map(Token::text);
    Optional<String> driver = Optional.ofNullable(given.get("driver")).map(Token::text);
    start =
        new Scenario.Start(
            state.flatMap(Word::of), policy.flatMap(Policy::of), driver.flatMap(Driver::of));
    boolean kmem = start.driver().orElse(Driver.KMEM) == Driver.KMEM;
    if (!kmem && start.state().orElse(Word.UNPLUGGED) != Word.UNPLUGGED) {
      throw lexer.error(
          given.get("state"),
          "found 'state = "
              + state.get()
              + "' with 'driver = "
              + driver.get()
              + "', but only a device bound to kmem has memory; leave one out");
    }
    String text =
        START.stream()
            .filter(given::containsKey)
            .map(key -> key + " = " + given.get(key).text())
            .collect(Collectors.joining("; "));
    pieces.add(new Piece(Piece.Shape.HEADER, "{ " + text + " }", ""));
  }

  private void stepLine(Lexer lexer) throws ScenarioException {
    Token first = lexer.next();
    if (++steps == MOST_STEPS + 1) {
      throw lexer.error(first, "found more than " + MOST_STEPS + " steps; split the scenario");
    }
    if (StepParser.isActor(first.text()) && first.kind() == Kind.WORD) {
      try {
        actorLine(first, lexer);
      } catch (ScenarioException e) {
        group.ifPresent(ActorGroup::spoil);
        throw e;
      }
      return;
    }
    if (group.isPresent()) {
      group.get().expectActors(lexer, first);
      endGroup();
    }
    StepParser parser = new StepParser(lexer, context);
    if (first.is("actors")) {
      lexer.expect("within");
      ActorGroup begun = new ActorGroup(lexer, first, parser.limitMillis());
      group = Optional.of(begun);
      lexer.expectEnd("the end of the line");
      String text = StepText.actorsWithin(begun.limitMillis());
      pieces.add(new Piece(Piece.Shape.STEP, text, ""));
      return;
    }
    Step step = parser.step(first);
    List<Expected> expected = parser.outcomes(step);
    lines.add(new Scenario.Line(lexer.line(), step, expected));
    piece("", parser, step, expected);
  }

  private void actorLine(Token name, Lexer lexer) throws ScenarioException {
    lexer.expect(":");
    if (group.isEmpty()) {
      group = Optional.of(new ActorGroup(lexer, name, StepText.ACTORS_LIMIT_MILLIS));
    }
    Token keyword = lexer.next();
    // what a signal is sent to is checked when all actors are known
    Lexer ahead = lexer.copy();
    StepParser parser =
        new StepParser(
            lexer,
            context == StepParser.Context.TRACE
                ? StepParser.Context.ACTOR_OF_TRACE
                : StepParser.Context.ACTOR);
    Step step = parser.step(keyword);
    List<Expected> expected = parser.outcomes(step);
    group.get().add(name.text(), step, expected, ahead);
    piece(name.text() + ": ", parser, step, expected);
  }

  private void piece(String actor, StepParser parser, Step step, List<Expected> expected) {
    String text = actor + parser.text(step);
    pieces.add(new Piece(Piece.Shape.STEP, text, StepText.of(step, expected)));
  }

  /** Ends the actors' lines, where there are any, and makes one step of them. */
  private void endGroup() throws ScenarioException {
    if (group.isPresent()) {
      ActorGroup ended = group.get();
      group = Optional.empty();
      if (!ended.isSpoiled()) {
        lines.add(ended.end());
      }
    }
  }
}
