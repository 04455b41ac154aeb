package org.daxcheck.oracle;

import java.util.EnumMap;
import java.util.Map;
import org.daxcheck.model.Property;
import org.daxcheck.model.State;

/**
 * A state that the target may be in, with what is already known to differ from it: facets that were
 * reported, and what was seen of them. The same sight is not reported again.
 */
record PossibleState(State state, Map<Property, String> known) {
  PossibleState {
    known = Map.copyOf(known);
  }

  static PossibleState of(State state) {
    return new PossibleState(state, Map.of());
  }

  PossibleState knowing(Iterable<Discrepancy> mismatches) {
    Map<Property, String> more = new EnumMap<>(Property.class);
    more.putAll(known);
    mismatches.forEach(m -> more.put(m.facet(), m.seen()));
    return new PossibleState(state, more);
  }

  PossibleState in(State next) {
    return new PossibleState(next, known);
  }
}
