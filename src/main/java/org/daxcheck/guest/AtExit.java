package org.daxcheck.guest;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What has to end with this process: guests, commands, and files half written. */
final class AtExit {
  private static final Set<Runnable> ENDINGS = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> ENDINGS.forEach(Runnable::run), "daxcheck-at-exit"));
  }

  private AtExit() {}

  static void add(Runnable ending) {
    ENDINGS.add(ending);
  }

  static void remove(Runnable ending) {
    ENDINGS.remove(ending);
  }
}
