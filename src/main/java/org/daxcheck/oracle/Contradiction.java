package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.List;
import org.daxcheck.model.Model;
import org.daxcheck.model.Outcome;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** Which operations of actors are against a rule together, so that a picture can mark them. */
public final class Contradiction {
  private Contradiction() {}

  /**
   * An operation.
   *
   * @param actor the actor's name
   * @param index of the step among the actor's, from 0
   */
  public record Part(String actor, int index) {}

  /**
   * The fewest operations whose results no order explains, and those that took too long. Empty
   * where the results are fine, though what was seen afterwards need not be.
   *
   * @param moment what was possible when {@code entry}, a step of several actors, was judged
   */
  public static List<Part> of(Trace.Header header, Moment moment, Trace.Entry entry) {
    Step.Actors actors = (Step.Actors) entry.step();
    Result result = entry.reply().result();
    Linearization history = Linearization.of(actors, result);
    List<Linearization.Operation> marked = new ArrayList<>();
    history.late().forEach(late -> marked.add(late.operation()));
    boolean alone = history.operations().size() == 1;
    if (alone && moment.broken() && moment.outcomes().stream().noneMatch(o -> fits(o, history))) {
      marked.addAll(history.operations());
    } else if (moment.broken() && moment.outcomes().isEmpty()) {
      Specification specification =
          new Specification(
              new Model(header.dialect(), header.hotremove(), header.kernelZoneReturns()));
      marked.addAll(new ShortestPart(history, specification, moment.before()).operations());
    }
    List<Part> parts = new ArrayList<>();
    for (Result.ActorResult actor : result.actors()) {
      for (int i = 0; i < actor.steps().size(); i++) {
        Result did = actor.steps().get(i);
        boolean is =
            marked.stream().anyMatch(o -> o.actor().equals(actor.name()) && o.result().equals(did));
        if (is) {
          parts.add(new Part(actor.name(), i));
        }
      }
    }
    return parts;
  }

  private static boolean fits(Outcome outcome, Linearization history) {
    Result result = history.operations().get(0).result();
    return !result.killed().isEmpty() || outcome.answer().matches(result);
  }
}
