package org.daxcheck.target;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Purpose;
import org.daxcheck.abi.Topologies;
import org.daxcheck.model.Model;

/** Makes model targets, with the devices that another source's topologies have. */
public final class ModelSource implements TargetSource {
  /** Says how many memory blocks each range of the device has in a topology, and what it is for. */
  @FunctionalInterface
  public interface Shapes {
    /** The blocks of each range; throws TargetException for a topology that is not known. */
    List<Integer> of(String topology) throws TargetException;

    /** Which scenarios a topology is there for; throws as {@link #of} does. */
    default Purpose purpose(String topology) throws TargetException {
      return Purpose.EVERYTHING;
    }

    /** The policy of the boot where the topology says one; throws as {@link #of} does. */
    default Optional<Policy> bootPolicy(String topology) throws TargetException {
      return Optional.empty();
    }

    /** What another source says of its topologies. */
    static Shapes like(TargetSource source) {
      return new Shapes() {
        @Override
        public List<Integer> of(String topology) throws TargetException {
          return source.shape(topology);
        }

        @Override
        public Purpose purpose(String topology) throws TargetException {
          return source.purpose(topology);
        }

        @Override
        public Optional<Policy> bootPolicy(String topology) throws TargetException {
          return source.bootPolicy(topology);
        }
      };
    }
  }

  private final Supplier<Dialect> dialect;
  private final boolean hotremove;
  private final Policy bootPolicy;
  private final Shapes shapes;
  private final long seed;
  private final Refusals refusals = new Refusals();
  private boolean closed;

  /** A source of models of a dialect, whose choices follow the seed. */
  public ModelSource(Dialect dialect, Policy bootPolicy, Shapes shapes, long seed) {
    this(() -> dialect, bootPolicy, true, shapes, seed);
  }

  /**
   * The same, where the dialect is known only when the first model is wanted.
   *
   * @param hotremove false for models of kernels without CONFIG_MEMORY_HOTREMOVE
   */
  public ModelSource(
      Supplier<Dialect> dialect, Policy bootPolicy, boolean hotremove, Shapes shapes, long seed) {
    this.dialect = dialect;
    this.hotremove = hotremove;
    this.bootPolicy = bootPolicy;
    this.shapes = shapes;
    this.seed = seed;
  }

  /** What a run may meet that is legal once in a while; a model does not use it up. */
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public String name() {
    return "model";
  }

  @Override
  public List<Integer> shape(String topology) throws TargetException {
    return shapes.of(topology);
  }

  @Override
  public Purpose purpose(String topology) throws TargetException {
    return shapes.purpose(topology);
  }

  @Override
  public Optional<Policy> bootPolicy(String topology) throws TargetException {
    return shapes.bootPolicy(topology);
  }

  @Override
  public Target fresh(String topology) throws TargetException {
    if (closed) {
      throw new TargetException("the source of models was closed");
    }
    return new ModelTarget(
        new Model(dialect.get(), hotremove, Topologies.kernelZoneReturns(topology)),
        topology,
        ModelTarget.device(shape(topology)),
        bootPolicy(topology).orElse(bootPolicy),
        new Random(seed),
        refusals);
  }

  @Override
  public void close() {
    closed = true;
  }
}
