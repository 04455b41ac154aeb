package org.daxcheck.html;

import java.util.Optional;
import org.daxcheck.mutant.KillMatrix;
import org.daxcheck.report.Coverage;
import org.daxcheck.scenario.Catalogue;

/**
 * What a page shows beside its runs.
 *
 * @param version of the daxcheck that makes the page
 * @param coverage the committed record of which rules were judged, where there is one
 * @param kills the committed record of which faults the suite notices, where there is one
 */
public record PageContext(
    String version, Catalogue catalogue, Optional<Coverage> coverage, Optional<KillMatrix> kills) {}
