package org.daxcheck.oracle;

import java.util.EnumMap;
import java.util.Map;
import org.daxcheck.model.Facet;
import org.daxcheck.model.State;

/**
 * A state that the target may be in, with what is already known to differ from it: facets that were
 * reported, and what was seen of them. The same sight is not reported again.
 */
record Belief(State state, Map<Facet, String> known) {
  Belief {
    known = Map.copyOf(known);
  }

  static Belief of(State state) {
    return new Belief(state, Map.of());
  }

  Belief knowing(Iterable<Mismatch> mismatches) {
    Map<Facet, String> more = new EnumMap<>(Facet.class);
    more.putAll(known);
    mismatches.forEach(m -> more.put(m.facet(), m.seen()));
    return new Belief(state, more);
  }

  Belief in(State next) {
    return new Belief(next, known);
  }
}
