package org.daxcheck.abi;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What kind of system a target is. */
public enum TargetKind {
  /** The reference model, which is no kernel. */
  MODEL,
  /** A kernel in a virtual machine that is booted for the run and thrown away. */
  GUEST,
  /** A kernel on a machine that is somebody's. */
  MACHINE;

  /** True where what it does is a kernel's doing. */
  public boolean isKernel() {
    return this != MODEL;
  }

  /** The kind as files write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind spelled exactly {@code text}, or empty. */
  public static Optional<TargetKind> of(String text) {
    return Arrays.stream(values()).filter(k -> k.text().equals(text)).findFirst();
  }
}
