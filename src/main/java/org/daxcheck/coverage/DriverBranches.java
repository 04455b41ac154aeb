package org.daxcheck.coverage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The branches of a C source, found by its tokens alone: conditions of {@code if}, of loops and of
 * {@code ?:}, what stands on either side of {@code &&} and {@code ||}, cases, labels, and
 * conditions of the preprocessor. Both sides of the preprocessor's are looked at.
 */
final class DriverBranches {
  /** Where conditions of the preprocessor stand that no function follows. */
  private static final String FILE = "the file";

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<line>\\n)|(?<blank>[ \\t\\r\\f]+|\\\\\\r?\\n)"
              + "|(?<comment>/\\*(?s:.*?)\\*/|//(?:\\\\\\r?\\n|[^\\n])*)"
              + "|(?<string>\"(?:\\\\.|[^\"\\\\\\n])*\")|(?<char>'(?:\\\\.|[^'\\\\\\n])+')"
              + "|(?<word>[A-Za-z_]\\w*)|(?<number>\\.?[0-9](?:[eEpP][+-]|[\\w.])*)"
              + "|(?<sign><<=|>>=|\\.\\.\\.|&&|\\|\\||==|!=|<=|>=|->|\\+\\+|--|<<|>>|[-+*/%&|^]=|.)");

  /** What ends an expression that stands before or behind it. */
  private static final Set<String> APART =
      Set.of(
          ",", ";", "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "return",
          "else", "do");

  private static final Map<String, String> CLOSES = Map.of("(", ")", "[", "]", "{", "}");

  private final List<Branch> found = new ArrayList<>();
  private final Map<String, Integer> times = new HashMap<>();

  private DriverBranches() {}

  /** What kind of branch, and the ways out of it. */
  enum Kind {
    /** A condition that is looked at once each time, or a part of one. */
    IF("yes", "no"),
    /** {@code round}: a round is begun. {@code end}: no further one. {@code none}: not even one. */
    LOOP("round", "end", "none"),
    /** A condition of {@code ?:}. */
    CHOICE("yes", "no"),
    /** {@code yes}: it is defined, or true, when the driver is compiled. */
    BUILD("yes", "no"),
    CASE("reached"),
    LABEL("reached");

    private final List<String> ways;

    Kind(String... ways) {
      this.ways = List.of(ways);
    }

    List<String> ways() {
      return ways;
    }

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * A branch.
   *
   * @param function it stands in; for one of the preprocessor outside of functions the next one
   * @param hash of the condition, blanks folded, comments and the contents of strings left out
   * @param nth which of those that are alike in this function, from 1
   * @param begin where the condition begins in the source, in characters
   * @param end where it ends
   */
  record Branch(String function, Kind kind, String hash, int nth, int line, int begin, int end) {
    /** As the table writes it, such as {@code if 1234abcd} or {@code if 1234abcd 2}. */
    String name() {
      return kind.text() + " " + hash + (nth == 1 ? "" : " " + nth);
    }
  }

  /** A token, or with {@code inside} a bracket and all up to the one that closes it. */
  private record Node(String text, int line, int begin, int end, Optional<List<Node>> inside) {
    boolean is(String other) {
      return inside.isEmpty() && text.equals(other);
    }

    boolean opens(String bracket) {
      return inside.isPresent() && text.equals(bracket);
    }

    List<Node> nodes() {
      return inside.orElseThrow();
    }

    boolean word() {
      return inside.isEmpty() && Character.isJavaIdentifierStart(text.charAt(0));
    }

    /** As it goes into the hash. */
    String folded() {
      return inside
          .map(i -> text + " " + DriverBranches.folded(i) + " " + CLOSES.get(text))
          .orElse(text);
    }
  }

  /**
   * All branches of a source, function by function as they stand there.
   *
   * @throws ParseException where this reader cannot follow it
   */
  static List<Branch> of(String source) throws ParseException {
    DriverBranches reader = new DriverBranches();
    List<Node> conditions = new ArrayList<>();
    List<Node> macros = new ArrayList<>();
    List<Node> flat = tokens(source, conditions, macros);
    List<Node> tree = grouped(flat);
    reader.file(tree, conditions);
    for (Node macro : macros) {
      List<Node> body = macro.nodes();
      // The body of a function-like macro comes behind its parameters.
      reader.statements("macro " + macro.text(), grouped(body));
    }
    return List.copyOf(reader.found);
  }

  /** The tokens; those of the preprocessor go to the other two lists. */
  private static List<Node> tokens(String source, List<Node> conditions, List<Node> macros)
      throws ParseException {
    List<Node> tokens = new ArrayList<>();
    List<Node> directive = null;
    Matcher m = TOKEN.matcher(source);
    int at = 0;
    int line = 1;
    boolean first = true;
    while (m.lookingAt()) {
      String text = m.group();
      if (m.group("line") != null) {
        if (directive != null) {
          directive(directive, conditions, macros);
          directive = null;
        }
        first = true;
      } else if (m.group("blank") == null && m.group("comment") == null) {
        if (first && text.equals("#")) {
          directive = new ArrayList<>();
        } else {
          String kept = m.group("string") != null ? "\"\"" : m.group("char") != null ? "''" : text;
          (directive == null ? tokens : directive)
              .add(new Node(kept, line, m.start(), m.end(), Optional.empty()));
        }
        first = false;
      }
      line += (int) text.chars().filter(c -> c == '\n').count();
      at = m.end();
      m.region(at, source.length());
    }
    if (at != source.length()) {
      throw new ParseException("line " + line + ": no token of C begins here", line);
    }
    if (directive != null) {
      directive(directive, conditions, macros);
    }
    return tokens;
  }

  private static void directive(List<Node> words, List<Node> conditions, List<Node> macros) {
    if (words.isEmpty()) {
      return;
    }
    Node name = words.get(0);
    List<Node> rest = words.subList(1, words.size());
    if (Set.of("if", "ifdef", "ifndef", "elif").contains(name.text()) && !rest.isEmpty()) {
      conditions.add(node(name.text(), rest));
    } else if (name.text().equals("define") && rest.size() > 1) {
      macros.add(node(rest.get(0).text(), rest.subList(1, rest.size())));
    }
  }

  private static Node node(String text, List<Node> inside) {
    Node last = inside.get(inside.size() - 1);
    return new Node(
        text,
        inside.get(0).line(),
        inside.get(0).begin(),
        last.end(),
        Optional.of(List.copyOf(inside)));
  }

  /** Puts what stands in brackets into one node each. */
  private static List<Node> grouped(List<Node> flat) throws ParseException {
    List<Node> open = new ArrayList<>();
    List<List<Node>> levels = new ArrayList<>();
    levels.add(new ArrayList<>());
    for (Node n : flat) {
      if (CLOSES.containsKey(n.text())) {
        open.add(n);
        levels.add(new ArrayList<>());
      } else if (CLOSES.containsValue(n.text())) {
        Node begin = open.isEmpty() ? null : open.remove(open.size() - 1);
        if (begin == null || !CLOSES.get(begin.text()).equals(n.text())) {
          throw new ParseException(
              "line " + n.line() + ": nothing opens this " + n.text(), n.line());
        }
        List<Node> inside = levels.remove(levels.size() - 1);
        levels
            .get(levels.size() - 1)
            .add(
                new Node(
                    begin.text(),
                    begin.line(),
                    begin.begin(),
                    n.end(),
                    Optional.of(List.copyOf(inside))));
      } else {
        levels.get(levels.size() - 1).add(n);
      }
    }
    if (!open.isEmpty()) {
      Node last = open.get(open.size() - 1);
      throw new ParseException(
          "line " + last.line() + ": nothing closes this " + last.text(), last.line());
    }
    return levels.get(0);
  }

  private static String folded(List<Node> nodes) {
    return nodes.stream().map(Node::folded).collect(Collectors.joining(" "));
  }

  private record Function(String name, Node body) {}

  private void file(List<Node> tree, List<Node> conditions) {
    List<Function> functions = new ArrayList<>();
    List<Node> between = new ArrayList<>();
    for (int i = 0; i < tree.size(); i++) {
      Node n = tree.get(i);
      boolean body = n.opens("{") && i > 1 && tree.get(i - 1).opens("(") && tree.get(i - 2).word();
      if (body) {
        functions.add(new Function(tree.get(i - 2).text(), n));
        between.clear();
      } else if (n.is(";")) {
        expression(FILE, between, false);
        between.clear();
      } else {
        between.add(n);
      }
    }
    for (Node c : conditions) {
      String where =
          functions.stream()
              .filter(f -> f.body().end() > c.begin())
              .findFirst()
              .map(Function::name)
              .orElse(FILE);
      add(where, Kind.BUILD, c.nodes());
    }
    functions.forEach(f -> statements(f.name(), f.body().nodes()));
  }

  private void statements(String function, List<Node> nodes) {
    List<Node> expression = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node n = nodes.get(i);
      Node next = i + 1 < nodes.size() ? nodes.get(i + 1) : null;
      boolean start = expression.isEmpty();
      if (n.is("case") || start && n.is("default") && next != null && next.is(":")) {
        List<Node> value = new ArrayList<>();
        while (i < nodes.size() && !nodes.get(i).is(":")) {
          value.add(nodes.get(i++));
        }
        add(function, Kind.CASE, value);
      } else if (start && n.word() && next != null && next.is(":")) {
        add(function, Kind.LABEL, List.of(n));
        i++;
      } else if (next != null && next.opens("(") && n.word() && steers(n.text())) {
        expression(function, expression, false);
        expression.clear();
        condition(function, n.text(), next, i + 2 < nodes.size() ? nodes.get(i + 2) : null);
        i++;
      } else if (n.is(";") || n.is("else") || n.is("do")) {
        expression(function, expression, false);
        expression.clear();
      } else if (n.opens("{") && (start || !initializes(expression))) {
        expression(function, expression, false);
        expression.clear();
        statements(function, n.nodes());
      } else {
        expression.add(n);
      }
    }
    expression(function, expression, false);
  }

  private static boolean initializes(List<Node> before) {
    Node last = before.get(before.size() - 1);
    return last.is("=") || last.opens("(") && before.size() == 1;
  }

  private static boolean steers(String word) {
    return Set.of("if", "while", "for", "switch").contains(word) || eachOf(word);
  }

  /** Whether this is a macro that makes a loop. */
  private static boolean eachOf(String word) {
    return word.contains("for_each");
  }

  private void condition(String function, String word, Node brackets, Node next) {
    List<Node> inside = brackets.nodes();
    if (word.equals("switch")) {
      expression(function, inside, false);
    } else if (word.equals("if")) {
      expression(function, inside, true);
    } else if (word.equals("while")) {
      expression(function, inside, true, Kind.LOOP);
    } else if (eachOf(word)) {
      if (next != null && !next.is(";")) {
        add(function, Kind.LOOP, inside);
      }
      expression(function, inside, false);
    } else {
      List<List<Node>> parts = split(inside, Set.of(";"));
      for (int i = 0; i < parts.size(); i++) {
        expression(function, parts.get(i), i == 1, Kind.LOOP);
      }
    }
  }

  private void expression(String function, List<Node> nodes, boolean condition) {
    expression(function, nodes, condition, Kind.IF);
  }

  /** Looks through an expression; one that is a condition, or has parts that are, is a branch. */
  private void expression(String function, List<Node> nodes, boolean condition, Kind kind) {
    if (nodes.isEmpty()) {
      return;
    }
    if (nodes.size() == 1 && nodes.get(0).opens("(")) {
      expression(function, nodes.get(0).nodes(), condition, kind);
      return;
    }
    List<List<Node>> apart = split(nodes, APART);
    if (apart.size() > 1) {
      if (condition) {
        // An assignment, or one thing done after another, whose value is the condition.
        add(function, kind, nodes);
      }
      apart.forEach(p -> expression(function, p, false, Kind.IF));
      return;
    }
    int choice = indexOf(nodes, "?");
    if (choice >= 0) {
      if (condition) {
        add(function, kind, nodes);
      }
      expression(function, nodes.subList(0, choice), true, Kind.CHOICE);
      expression(function, nodes.subList(choice + 1, nodes.size()), false, Kind.IF);
      return;
    }
    List<List<Node>> parts = split(nodes, Set.of("&&", "||", ":"));
    if (parts.size() > 1) {
      boolean logic = indexOf(nodes, "&&") >= 0 || indexOf(nodes, "||") >= 0;
      if (condition && kind == Kind.LOOP) {
        add(function, kind, nodes);
      }
      Kind inner = kind == Kind.LOOP ? Kind.IF : kind;
      parts.forEach(p -> expression(function, p, logic, inner));
      return;
    }
    if (condition) {
      add(function, kind, nodes);
    }
    for (Node n : nodes) {
      if (n.opens("{")) {
        statements(function, n.nodes());
      } else if (n.inside().isPresent()) {
        expression(function, n.nodes(), false, Kind.IF);
      }
    }
  }

  private static int indexOf(List<Node> nodes, String text) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).is(text)) {
        return i;
      }
    }
    return -1;
  }

  private static List<List<Node>> split(List<Node> nodes, Set<String> at) {
    List<List<Node>> parts = new ArrayList<>();
    parts.add(new ArrayList<>());
    for (Node n : nodes) {
      if (n.inside().isEmpty() && at.contains(n.text())) {
        parts.add(new ArrayList<>());
      } else {
        parts.get(parts.size() - 1).add(n);
      }
    }
    return parts;
  }

  private void add(String function, Kind kind, List<Node> condition) {
    String hash = hash(folded(condition));
    int nth = times.merge(function + " " + kind + " " + hash, 1, Integer::sum);
    found.add(
        new Branch(
            function,
            kind,
            hash,
            nth,
            condition.get(0).line(),
            condition.get(0).begin(),
            condition.get(condition.size() - 1).end()));
  }

  private static String hash(String text) {
    try {
      byte[] all =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(all, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
