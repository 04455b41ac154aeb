package org.daxcheck.suite;

import java.util.Map;

/**
 * Which part of a whole run another run is.
 *
 * @param shard which of how many
 * @param places where each case of this part stands in the whole, from 0, by its id
 * @param whole how many cases the whole has
 */
public record Part(Shard shard, Map<String, Integer> places, int whole) {
  public Part {
    places = Map.copyOf(places);
  }
}
