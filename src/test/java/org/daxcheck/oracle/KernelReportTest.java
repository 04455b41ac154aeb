package org.daxcheck.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.daxcheck.step.Observation.LogLine;
import org.testng.annotations.Test;

/** Reports as kernels write them, with functions and numbers of nobody. */
public class KernelReportTest {
  private static final String RULER = "=".repeat(66);

  private static List<LogLine> log(String text) {
    return text.lines().map(l -> new LogLine(4, 1, l)).toList();
  }

  private static KernelReport only(String text) {
    List<KernelReport> found = KernelReport.in(log(text));
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static final String KASAN =
      RULER
          + """

          BUG: KASAN: slab-use-after-free in alpha+0x12/0x34 [kmem]
          Read of size 8 at addr ffff888012345678 by task agent/71

          CPU: 0 UID: 0 PID: 71 Comm: agent Not tainted 7.3.4 #1
          Call Trace:
           <TASK>
           dump_stack_lvl+0x4b/0x70
           print_report+0xcf/0x620
           ? beta_unsure+0x1/0x2
           kasan_report+0xce/0x100
           alpha+0x12/0x34 [kmem]
           gamma.constprop.0+0x1/0x2
           delta+0x1/0x2
           epsilon+0x1/0x2
           </TASK>

          Allocated by task 70:
           zeta+0x1/0x2
          Memory state around the buggy address:
          """
          + RULER
          + "\n";

  @Test
  public void aReportOfKasanGoesFromRulerToRuler() {
    KernelReport r = only("before\n" + KASAN + "after");
    assertThat(r.lines()).hasSize((int) KASAN.lines().count());
    assertThat(r.symbols()).containsExactly("alpha", "gamma", "delta");
    assertThat(r.fingerprint())
        .isEqualTo("BUG: KASAN: slab-use-after-free in alpha [kmem], in alpha < gamma < delta");
    assertThat(r.text())
        .startsWith("\"BUG: KASAN: slab-use-after-free in alpha+0x12/0x34 [kmem]\"");
    assertThat(KernelReport.outside(log("before\n" + KASAN + "after")))
        .extracting(LogLine::text)
        .containsExactly("before", "after");
  }

  private static final String LOCKDEP =
      "=".repeat(54)
          + """

          WARNING: possible circular locking dependency detected
          7.3.4 #1 Not tainted
          ------------------------------------------------------
          agent/71 is trying to acquire lock:
          ffffffff82c4f3b0 (one_lock){++++}-{0:0}, at: alpha+0x1/0x2

          but task is already holding lock:
          ffff888001234568 (kn->active#57){++++}-{0:0}, at: beta+0x1/0x2

          the existing dependency chain (in reverse order) is:
          -> #1 (kn->active#57){++++}-{0:0}:
                 __lock_acquire+0x1/0x2
          stack backtrace:
          CPU: 1 UID: 0 PID: 71 Comm: agent
          Call Trace:
           <TASK>
           dump_stack_lvl+0x1/0x2
           print_circular_bug+0x1/0x2
           check_noncircular+0x1/0x2
           __lock_acquire+0x1/0x2
           lock_acquire+0x1/0x2
           cpus_read_lock+0x1/0x2
           alpha+0x1/0x2
           beta+0x1/0x2
           </TASK>
          """;

  @Test
  public void aReportOfLockdepNamesItsLocksAndEndsWithItsStack() {
    KernelReport r = only(LOCKDEP + "kmem dax0.0: something else");
    assertThat(r.locks()).containsExactly("one_lock", "kn->active");
    assertThat(r.fingerprint())
        .isEqualTo(
            "WARNING: possible circular locking dependency detected, one_lock under kn->active, in"
                + " cpus_read_lock < alpha < beta");
    assertThat(r.lines()).hasSize((int) LOCKDEP.lines().count());
    assertThat(KernelReport.in(log(LOCKDEP.replace("#57", "#61").replace("/71", "/99"))).get(0))
        .extracting(KernelReport::fingerprint)
        .as("the same fault another time")
        .isEqualTo(r.fingerprint());
    assertThat(KernelReport.in(log(LOCKDEP.replace("beta+0x1/0x2\n </", "other+0x1/0x2\n </"))))
        .extracting(KernelReport::fingerprint)
        .as("another way to it")
        .doesNotContain(r.fingerprint());
  }

  @Test
  public void aWarnGoesFromCutHereToEndTrace() {
    String warn =
        """
        ------------[ cut here ]------------
        refcount_t: underflow; use-after-free.
        WARNING: lib/refcount.c:28 at refcount_warn_saturate+0x1/0x2, CPU#0: agent/71
        RIP: 0010:alpha+0x1/0x2
        Call Trace:
         <TASK>
         beta+0x1/0x2
         </TASK>
        ---[ end trace 0000000000000000 ]---
        """;
    KernelReport r = only(warn + "after");
    assertThat(r.title()).startsWith("refcount_t: ");
    assertThat(r.symbols()).containsExactly("alpha", "beta");
    assertThat(r.lines()).hasSize(9);
  }

  @Test
  public void reportsOfSeveralKindsAreToldApart() {
    String ubsan =
        """
        ------------[ cut here ]------------
        UBSAN: shift-out-of-bounds in mm/none.c:12:34
        shift exponent 64 is too large for 64-bit type 'long unsigned int'
        Call Trace:
         <TASK>
         __ubsan_handle_shift_out_of_bounds+0x1/0x2
         alpha+0x1/0x2
         </TASK>
        ---[ end trace ]---
        """;
    String sleeping =
        """
        BUG: sleeping function called from invalid context at mm/none.c:12
        Call Trace:
         <TASK>
         __might_resched+0x1/0x2
         beta+0x1/0x2
         </TASK>
        """;
    String hung = "INFO: task agent:71 blocked for more than 120 seconds.\n";
    assertThat(KernelReport.in(log(KASAN + ubsan + LOCKDEP + sleeping + hung + "x")))
        .extracting(r -> r.title().substring(0, 10), r -> r.symbols().stream().findFirst())
        .extracting(t -> t.toList().get(0).toString())
        .containsExactly("BUG: KASAN", "UBSAN: shi", "WARNING: p", "BUG: sleep", "INFO: task");
    assertThat(KernelReport.in(log(ubsan)).get(0).symbols()).containsExactly("alpha");
    assertThat(KernelReport.in(log(sleeping)).get(0).symbols()).containsExactly("beta");
  }

  @Test
  public void aSecondFaultBehindAnExcusedOneIsNotTakenForItsPart() {
    String warn = "WARNING: drivers/dax/kmem.c:290 at alpha+0x1/0x2 [kmem], CPU#0: agent/71\n";
    List<KernelReport> found = KernelReport.in(log(warn + "BUG: Bad page state in process x\n"));
    assertThat(found).hasSize(2);
    assertThat(found.get(0).isOnlyWarnOfKmem()).isTrue();
    assertThat(found.get(1).isOnlyWarnOfKmem()).isFalse();
    String both = "------------[ cut here ]------------\n" + warn + "kernel BUG at mm/none.c:1!\n";
    assertThat(only(both).isOnlyWarnOfKmem()).isFalse();
  }

  @Test
  public void anOopsIsOneReportWithAllThatItSays() {
    String oops =
        """
        BUG: kernel NULL pointer dereference, address: 0000000000000008
        #PF: supervisor read access in kernel mode
        Oops: Oops: 0000 [#1] SMP KASAN
        RIP: 0010:alpha+0x1/0x2
        Call Trace:
         <TASK>
         beta+0x1/0x2
         </TASK>
        Modules linked in: kmem
        ---[ end trace 0000000000000000 ]---
        """;
    KernelReport r = only(oops + "after");
    assertThat(r.symbols()).containsExactly("alpha", "beta");
    assertThat(r.lines()).hasSize(10);
  }

  @Test
  public void eachLeakIsAReportThatIsKnownByWhoAllocatedIt() {
    String leak =
        """
        kmemleak: unreferenced object 0xffff888004a2b0c0 (size 64):
        kmemleak:   comm "agent", pid 71, jiffies 4294901234
        kmemleak:   hex dump (first 16 bytes):
        kmemleak:     00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  ................
        kmemleak:   backtrace (crc 8badf00d):
        kmemleak:     __kmalloc_noprof+0x1/0x2
        kmemleak:     alpha+0x1/0x2 [kmem]
        kmemleak:     beta+0x1/0x2
        kmemleak:     gamma+0x1/0x2
        kmemleak:     delta+0x1/0x2
        """;
    String another = leak.replace("alpha", "other").replace("(size 64)", "(size 96)");
    String sum = "kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)\n";
    List<KernelReport> found = KernelReport.in(log(leak + another + sum));
    assertThat(found).extracting(r -> r.lines().size()).containsExactly(10, 10);
    assertThat(found.get(0).fingerprint())
        .startsWith("kmemleak: unreferenced object")
        .endsWith("(size 64):, in alpha < beta < gamma")
        .doesNotContain("0xffff888004a2b0c0");
    assertThat(found.get(1).symbols()).startsWith("other");
    assertThat(KernelReport.outside(log(leak + another + sum)))
        .extracting(LogLine::text)
        .containsExactly(sum.strip());
  }

  @Test
  public void aQuietLogHasNoReport() {
    assertThat(KernelReport.in(log("kmem dax0.0: x\n\n" + RULER + "\ndebug: BUG"))).isEmpty();
    assertThat(KernelReport.in(List.of())).isEmpty();
  }
}
