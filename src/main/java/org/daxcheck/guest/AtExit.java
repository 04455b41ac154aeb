package org.daxcheck.guest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What has to end with this process: guests, commands, and files half written. */
final class AtExit {
  private static final Set<Runnable> ENDINGS = new LinkedHashSet<>();

  private static boolean ended;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtExit::end, "daxcheck-at-exit"));
  }

  private AtExit() {}

  /** Runs it when this process ends; at once where that has begun. */
  static synchronized void add(Runnable ending) {
    if (ended) {
      ending.run();
    } else {
      ENDINGS.add(ending);
    }
  }

  static synchronized void remove(Runnable ending) {
    ENDINGS.remove(ending);
  }

  private static synchronized List<Runnable> newestFirst() {
    ended = true;
    List<Runnable> all = new ArrayList<>(ENDINGS);
    Collections.reverse(all);
    return all;
  }

  /** A command ends before the folder that it writes into is removed. */
  private static void end() {
    newestFirst().forEach(Runnable::run);
  }
}
