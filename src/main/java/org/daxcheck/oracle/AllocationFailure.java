package org.daxcheck.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.daxcheck.step.Observation;

/** What a kernel may log of an allocation that failed, whether it does without it or not. */
final class AllocationFailure {
  /** The page allocator's report; mm/page_alloc.c 7.3, warn_alloc and what it shows of memory. */
  private static final Pattern BEGIN =
      Pattern.compile("\\S+: (?:page|vmemmap) alloc(?:ation)? failure: order:\\d+, .*");

  private static final Pattern END =
      Pattern.compile("\\d+ pages (?:hwpoisoned|cma reserved|reserved)");

  /**
   * Each names the error, or what the kernel goes on without: kmem.c, drivers/base/dd.c and node.c,
   * lib/kobject.c, mm/vmscan.c, mm/compaction.c, mm/mempolicy.c, mm/sparse-vmemmap.c.
   */
  private static final Pattern LINE =
      Pattern.compile(
          "kmem dax\\d+\\.\\d+: (?:hotremove failed, device left online: -12"
              + "|really_probe: driver_sysfs_add failed|device_add_groups\\(\\) failed)"
              + "|kobject: kobject_add_internal failed for \\S+ \\(error: -12 parent: \\S+\\)"
              + "|(?:node|memory) \\w+: can't create link to \\w+ in sysfs \\(-12\\)"
              + "|vmscan: Failed to start kswapd on node \\d+, ret=-(?:ENOMEM|12)"
              + "|Failed to start kcompactd on node \\d+"
              + "|mempolicy: failed to add sysfs for node\\d+ during hotplug: -12"
              + "|\\[[0-9a-f]+-[0-9a-f]+\\] potential offnode page_structs");

  private AllocationFailure() {}

  /** The lines that are about something else. */
  static List<Observation.LogLine> outside(List<Observation.LogLine> log) {
    List<Observation.LogLine> others = new ArrayList<>();
    for (int i = 0; i < log.size(); i++) {
      if (BEGIN.matcher(log.get(i).text()).matches()) {
        i = end(log, i);
      } else if (!LINE.matcher(log.get(i).text()).matches()) {
        others.add(log.get(i));
      }
    }
    return others;
  }

  /** Index of the report's last line; where its end is not to be seen, of its first. */
  private static int end(List<Observation.LogLine> log, int begin) {
    int end = begin;
    for (int i = begin + 1; i < log.size(); i++) {
      boolean ends = END.matcher(log.get(i).text()).matches();
      if (!ends && end > begin) {
        break;
      }
      end = ends ? i : end;
    }
    return end;
  }
}
