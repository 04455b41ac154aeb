package org.daxcheck.mutant;

import java.util.Optional;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;

/** Where faults are tried. One thread uses it at a time. */
public interface Lab {
  /**
   * Targets whose driver has the fault; the kernel's own driver where none is given. What it gave
   * before is of no more use. Closing it keeps the lab open.
   *
   * @throws TargetException where the driver cannot be built
   */
  TargetSource targets(Optional<DriverFault> fault) throws TargetException;

  /**
   * What the kernel's own test prints on such a driver.
   *
   * @throws TargetException of kind KERNEL where the kernel died of it or it hung
   */
  String selftest(Optional<DriverFault> fault, String topology) throws TargetException;
}
