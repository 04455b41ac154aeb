package org.daxcheck.patch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.daxcheck.abi.Dialect;
import org.daxcheck.guest.GuestSpec;
import org.daxcheck.run.Failure;
import org.daxcheck.scenario.Catalogue;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.selection.Selection;
import org.daxcheck.suite.Plan;
import org.daxcheck.suite.PlannedCase;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/**
 * What is to be run, on the driver without the patches and with them.
 *
 * @param suite its name
 * @param target the name of the targets that it runs on
 * @param first the quick part; may be empty
 * @param rest what comes behind it
 * @param whole how many cases the suite has, those that are left out among them
 */
record Work(
    String suite, String target, List<PlannedCase> first, List<PlannedCase> rest, int whole) {
  private static final String QUICK = "quick";
  private static final String USUAL = "gate";

  Work {
    first = List.copyOf(first);
    rest = List.copyOf(rest);
  }

  /** The plan: its quick part, where it has one, and the rest. */
  static Work of(PatchRequest request, Lab lab, GuestSpec any, Catalogue catalogue) {
    Selection selection =
        request.scenarios().isEmpty()
            ? Selection.suite(request.suite().orElse(USUAL), catalogue)
            : Selection.files(request.scenarios(), catalogue);
    List<PlannedCase> plan;
    String target;
    try (TargetSource source = lab.targets(any, Path.of("unused"))) {
      target = source.name();
      Selection.Made made =
          selection.made(
              selection.complete(),
              Dialect.LINUX_7_3,
              Optional.empty(),
              any.bootPolicy(),
              source::shape,
              catalogue);
      plan = Plan.of(made.scenarios(), made.topologies(), List.of(source));
    } catch (TargetException e) {
      throw new Failure(e);
    }
    Set<String> quickly = new HashSet<>();
    if (request.scenarios().isEmpty() && !selection.name().equals(QUICK)) {
      Selection.suite(QUICK, catalogue).scenarios().stream()
          .map(Scenario::name)
          .forEach(quickly::add);
    }
    List<PlannedCase> first =
        plan.stream().filter(c -> quickly.contains(c.scenario().name())).toList();
    List<PlannedCase> rest =
        plan.stream().filter(c -> !quickly.contains(c.scenario().name())).toList();
    if (request.quick() && !first.isEmpty()) {
      rest = List.of();
    }
    return new Work(selection.name(), target, first, rest, plan.size());
  }

  List<PlannedCase> all() {
    List<PlannedCase> all = new ArrayList<>(first);
    all.addAll(rest);
    return all;
  }
}
