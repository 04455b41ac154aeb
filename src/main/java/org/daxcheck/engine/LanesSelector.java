package org.daxcheck.engine;

import org.daxcheck.suite.ParallelRunner;
import org.junit.platform.engine.DiscoverySelector;

/**
 * Selects the cases of lanes that are ready to run, as the command line makes them.
 *
 * @param lanes run once, by the request that selects them
 */
record LanesSelector(ParallelRunner lanes) implements DiscoverySelector {}
