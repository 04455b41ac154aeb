package org.daxcheck.target;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Purpose;

/** Where targets of one kind come from: the model's constructor, or a lab that boots guests. */
public interface TargetSource extends AutoCloseable {
  /** What kind of targets they are, such as {@code model} or {@code qemu}. */
  String name();

  /**
   * How many memory blocks each range of the device has in a topology.
   *
   * @throws TargetException for a topology that it does not know
   */
  List<Integer> shape(String topology) throws TargetException;

  /**
   * Which scenarios a topology is there for.
   *
   * @throws TargetException for a topology that it does not know
   */
  default Purpose purpose(String topology) throws TargetException {
    return Purpose.EVERYTHING;
  }

  /**
   * The policy of the boot where the topology itself says one.
   *
   * @throws TargetException for a topology that it does not know
   */
  default Optional<Policy> bootPolicy(String topology) throws TargetException {
    return Optional.empty();
  }

  /**
   * A target in the state after boot, never used before. Who asks for it closes it.
   *
   * @throws TargetException where none can be had: the topology is not known, the source was
   *     closed, or it has but one target, which is still in use
   */
  Target fresh(String topology) throws TargetException;

  /** Says that another target of the topology will be wanted soon; it may be made ready ahead. */
  default void expect(String topology) {
    // Nothing is made ahead unless a source is slow.
  }

  /** Time that callers waited for targets to be ready, in ns. */
  default long waitedNanos() {
    return 0;
  }

  /** What was tried more than once to get targets, in sentences; in the order it happened. */
  default List<String> retries() {
    return List.of();
  }

  /** Ends what it has made ready and nobody took. Closed again, nothing more happens. */
  @Override
  void close();
}
