package org.daxcheck.target;

import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Dialect;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.TargetKind;
import org.daxcheck.scenario.Scenario;
import org.daxcheck.step.Device;
import org.daxcheck.step.Reply;
import org.daxcheck.step.Step;

/**
 * A system under test with one dax device: the reference model, or a real kernel. It is used by one
 * thread at a time. What it says of itself does not change while it is open, and can still be asked
 * when it is closed.
 */
public interface Target extends AutoCloseable {
  /** Its name in reports, such as {@code model} or {@code qemu}. */
  String name();

  /** What kind of system it is. */
  TargetKind kind();

  /** Release of the kernel, or the model's name. */
  String kernel();

  /** Name of the topology. */
  String topology();

  /** The dialect that was forced or found by probing. */
  Dialect dialect();

  /** False where kernel or driver were built without CONFIG_MEMORY_HOTREMOVE. */
  default boolean hotremove() {
    return true;
  }

  /** True where {@link Step.Inject} can be done. */
  default boolean injector() {
    return false;
  }

  /** True where {@link Step.FailNth} can be done. */
  default boolean failNth() {
    return false;
  }

  /** True where {@link Step.RefuseAdd} and {@link Step.Occupy} can be done. */
  default boolean helper() {
    return false;
  }

  /** True where a look at {@link Step.Aspect#LEAKS} finds what the kernel lost. */
  default boolean findsLeaks() {
    return false;
  }

  /** The policy that the target was booted with. */
  Policy bootPolicy();

  /** Why the scenario must not be run here, though it would fit; empty where it may. */
  default Optional<String> refuses(Scenario scenario) {
    return Optional.empty();
  }

  /** Who else acts on the memory here, so that nothing that differs can be blamed on the kernel. */
  default Optional<String> interferer() {
    return Optional.empty();
  }

  /** The file of the driver that took the place of the kernel's own; empty where none did. */
  default String driver() {
    return "";
  }

  /**
   * True where the kernel was booted for this target and had the chance to bind the device, and
   * nobody used it since.
   */
  default boolean isUnused() {
    return false;
  }

  /**
   * What the kernel counted of its own code since the last time; empty where it does not count.
   *
   * @throws TargetException where the counts cannot be had
   */
  default Optional<KernelCounts> takeCounts() throws TargetException {
    return Optional.empty();
  }

  /** What it runs on, for a reader of the report, such as the version of QEMU. */
  default String details() {
    return "";
  }

  /** The device under test. */
  Device device();

  /**
   * Hears which scenario the next steps are of; one whose choices are drawn draws by its name. It
   * does nothing to the device, and steps may come without it.
   */
  default void begin(Scenario scenario) {
    // A kernel makes its own choices.
  }

  /**
   * Does the steps in order, in one round trip, and answers each, with an observation of this
   * target's device made after it. A step that fails is an answer like any other; only behind a
   * {@link Step.Pin} that failed nothing more is done or answered. Without steps there are no
   * answers. Each step ends in bounded time, or its failure is told.
   *
   * @throws TargetException of kind INFRASTRUCTURE where the target cannot do one of the steps, and
   *     then none of them was done; or where it was closed, or failed before. Where it dies
   *     between, or what it says is not understood, the exception carries the answers so far, and
   *     the target is of no more use. It is of kind KERNEL only where the kernel is known to be
   *     what does not answer.
   */
  List<Reply> run(List<Step> steps) throws TargetException;

  /** Ends its use, in bounded time. Closed again, nothing more happens. */
  @Override
  void close();
}
