package org.daxcheck.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.daxcheck.scenario.Lexer.Token;
import org.daxcheck.step.Step;

/** The lines of several actors, until the last of them is read. */
final class ActorGroup {
  private final Lexer lexer;
  private final Token first;
  private final int limitMillis;
  private boolean spoiled;
  private final Map<String, List<Step>> actors = new LinkedHashMap<>();
  private final List<Scenario.ActorExpectation> expected = new ArrayList<>();
  private final List<Lexer> signals = new ArrayList<>();

  ActorGroup(Lexer lexer, Token first, int limitMillis) {
    this.lexer = lexer;
    this.first = first;
    this.limitMillis = limitMillis;
  }

  void add(String actor, Step step, List<Expected> outcomes, Lexer behindKeyword) {
    List<Step> steps = actors.computeIfAbsent(actor, a -> new ArrayList<>());
    if (!outcomes.isEmpty()) {
      expected.add(
          new Scenario.ActorExpectation(actor, steps.size(), behindKeyword.line(), outcomes));
    }
    steps.add(step);
    if (step.kind() == Step.Kind.SIGNAL) {
      signals.add(behindKeyword);
    }
  }

  int limitMillis() {
    return limitMillis;
  }

  /** One of its lines is wrong, so that it is no step, and what follows from that is not told. */
  void spoil() {
    spoiled = true;
  }

  boolean isSpoiled() {
    return spoiled;
  }

  void expectActors(Lexer where, Token found) throws ScenarioException {
    if (actors.isEmpty() && !spoiled) {
      throw where.unexpected(
          found, "an actor's step, such as 'P0: read', after 'actors within'", List.of());
    }
  }

  Scenario.Line end() throws ScenarioException {
    if (actors.isEmpty()) {
      throw lexer.error(
          first, "found no actors below this line, expected a step such as 'P0: read'");
    }
    for (Lexer signal : signals) {
      Token target = signal.next();
      if (!actors.containsKey(target.text())) {
        throw signal.unexpected(
            target,
            "an actor of these lines: " + Lexer.or(List.copyOf(actors.keySet())),
            List.of());
      }
    }
    List<Step.Actor> all =
        actors.entrySet().stream().map(a -> new Step.Actor(a.getKey(), a.getValue())).toList();
    return new Scenario.Line(lexer.line(), new Step.Actors(all, limitMillis), List.of(), expected);
  }
}
