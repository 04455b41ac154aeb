package org.daxcheck.scenario;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens of one line, read on demand, each with its column. */
final class Lexer {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*");
  private static final Pattern SYMBOL = Pattern.compile("->|>=|\\.\\.|.", Pattern.DOTALL);
  private static final int SHOWN = 40;

  /** What a token is. */
  enum Kind {
    WORD,
    STRING,
    SYMBOL,
    END
  }

  /** A token; the text of a string is what stands for its bytes, one character a byte. */
  record Token(Kind kind, String text, int column) {
    boolean is(String other) {
      return kind != Kind.STRING && text.equals(other);
    }

    boolean isOneOf(Collection<String> words) {
      return kind == Kind.WORD && words.contains(text);
    }

    /** The token as an error names it. */
    private String shown() {
      if (kind == Kind.END) {
        return "the end of the line";
      }
      String all = kind == Kind.STRING ? StepText.quote(text) : "'" + text + "'";
      return all.length() <= SHOWN ? all : all.substring(0, SHOWN) + "...";
    }
  }

  private final String file;
  private final int line;
  private final String text;
  private int position;

  Lexer(String file, int line, String text) {
    this.file = file;
    this.line = line;
    this.text = text;
  }

  int line() {
    return line;
  }

  /** A second reader at the same place. */
  Lexer copy() {
    Lexer copy = new Lexer(file, line, text);
    copy.position = position;
    return copy;
  }

  Token peek() throws ScenarioException {
    int before = position;
    Token token = next();
    position = before;
    return token;
  }

  Token next() throws ScenarioException {
    skipBlanks();
    int column = position + 1;
    if (position == text.length()) {
      return new Token(Kind.END, "", column);
    }
    if (text.charAt(position) == '"') {
      return new Token(Kind.STRING, string(), column);
    }
    Matcher word = WORD.matcher(text).region(position, text.length());
    boolean isWord = word.lookingAt();
    Matcher m = isWord ? word : SYMBOL.matcher(text).region(position, text.length());
    if (!isWord) {
      m.lookingAt();
    }
    position = m.end();
    return new Token(isWord ? Kind.WORD : Kind.SYMBOL, m.group(), column);
  }

  /** What is left of the line, without blanks around it. */
  Token rest() {
    skipBlanks();
    int column = position + 1;
    String rest = text.substring(position).strip();
    position = text.length();
    return new Token(rest.isEmpty() ? Kind.END : Kind.WORD, rest, column);
  }

  /** Takes the next token where it is {@code wanted}. */
  boolean accept(String wanted) throws ScenarioException {
    boolean there = peek().is(wanted);
    if (there) {
      next();
    }
    return there;
  }

  Token expect(String wanted) throws ScenarioException {
    Token token = next();
    if (!token.is(wanted)) {
      throw unexpected(token, "'" + wanted + "'", List.of(wanted));
    }
    return token;
  }

  /** Takes the next token where it is one of the words. */
  Token expectOneOf(List<String> words) throws ScenarioException {
    Token token = next();
    if (!token.isOneOf(words)) {
      throw unexpected(token, or(words), words);
    }
    return token;
  }

  void expectEnd(String expected) throws ScenarioException {
    Token token = next();
    if (token.kind() != Kind.END) {
      throw unexpected(token, expected, List.of());
    }
  }

  /** A whole number in decimal, from least to most. */
  int number(int least, int most) throws ScenarioException {
    Token token = next();
    if (token.kind() == Kind.WORD && token.text().matches("0|[1-9][0-9]{0,8}")) {
      int value = Integer.parseInt(token.text());
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw unexpected(token, "a number from " + least + " to " + most, List.of());
  }

  /** The error of a token that should not stand where it does. */
  ScenarioException unexpected(Token token, String expected, Collection<String> known) {
    String hint =
        token.is("#")
            ? "; a comment needs a line of its own"
            : token.kind() == Kind.WORD ? Hint.of(token.text(), known) : "";
    return error(token, "found " + token.shown() + ", expected " + expected + hint);
  }

  ScenarioException error(Token token, String message) {
    return error(token.column(), message);
  }

  ScenarioException error(Token token, String message, Throwable cause) {
    return new ScenarioException(file, line, token.column(), message, cause);
  }

  private ScenarioException error(int column, String message) {
    return new ScenarioException(file, line, column, message);
  }

  /** The words as a sentence lists them: {@code a, b or c}. */
  static String or(List<String> words) {
    int last = words.size() - 1;
    return last < 1
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  private void skipBlanks() {
    while (position < text.length() && " \t".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private String string() throws ScenarioException {
    int open = position + 1;
    StringBuilder bytes = new StringBuilder();
    for (position++; position < text.length(); position++) {
      char c = text.charAt(position);
      if (c == '"') {
        position++;
        return bytes.toString();
      }
      if (c > '~' || c < ' ') {
        throw error(
            position + 1, "found a character beyond plain ASCII, expected its bytes as \\xHH");
      }
      bytes.append(c == '\\' ? escape() : c);
    }
    throw error(open, "found no end of this text, expected a closing '\"' on the same line");
  }

  /** Reads the escape at the position and leaves the position at its last character. */
  private char escape() throws ScenarioException {
    int start = position++;
    char c = position < text.length() ? text.charAt(position) : ' ';
    switch (c) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case '0':
        return '\0';
      case '\\', '"':
        return c;
      case 'x':
        String hex = text.substring(position + 1, Math.min(position + 3, text.length()));
        if (hex.matches("[0-9A-Fa-f]{2}")) {
          position += 2;
          return (char) Integer.parseInt(hex, 16);
        }
        break;
      default:
    }
    throw error(
        start + 1,
        "found '\\" + String.valueOf(c).strip() + "', expected \\n, \\t, \\0, \\\\, \\\" or \\xHH");
  }
}
