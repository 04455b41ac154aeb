package org.daxcheck.target;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Step;

/** The contract of targets, kept by the reference model. */
public class ModelTargetContractTest extends TargetContract {
  @Override
  protected List<Subject> subjects() {
    return List.of(new OfModel(List.of(2)), new OfModel(List.of(1, 2, 1)));
  }

  private static final class OfModel extends Subject {
    private final List<Integer> shape;
    private final ModelSource source;

    OfModel(List<Integer> shape) {
      this.shape = shape;
      this.source = new ModelSource(Dialect.LINUX_7_3, Policy.ONLINE_MOVABLE, this::of, 7);
      source.refusals().keepFor("no scenario of these tests");
    }

    private List<Integer> of(String topology) throws TargetException {
      if (!topology.equals(topology())) {
        throw new TargetException("there is no topology " + topology);
      }
      return shape;
    }

    @Override
    public TargetSource source() {
      return source;
    }

    @Override
    public String topology() {
      return "cxl";
    }

    @Override
    public boolean hasClock() {
      return false;
    }

    @Override
    public List<Step> can() {
      return List.of(
          new Step.Inject(Optional.of(Step.Change.ONLINE), Errno.ENOMEM),
          new Step.RefuseAdd(Optional.of(Place.LAST), Errno.ENOMEM));
    }

    @Override
    public Map<Step, String> cannot() {
      Optional<Place> beyond = Optional.of(Place.at(shape.size()));
      return Map.of(
          new Step.RefuseAdd(beyond, Errno.ENOMEM), "dax0.0 has no such range",
          new Step.Occupy(beyond), "dax0.0 has no such range");
    }

    @Override
    public Target next() throws TargetException {
      return source.fresh(topology());
    }

    @Override
    public String toString() {
      return "model " + shape;
    }
  }
}
