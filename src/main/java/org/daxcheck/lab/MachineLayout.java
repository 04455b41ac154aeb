package org.daxcheck.lab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.daxcheck.step.Device;
import org.daxcheck.target.TargetException;

/**
 * How the memory of a machine's dax device lies.
 *
 * @param host the machine's own name
 * @param release of its kernel
 * @param device its ranges in the kernel's order
 * @param beside what else of the machine its device has to do with, and a guest cannot have: a
 *     sentence each
 */
public record MachineLayout(String host, String release, Device device, List<String> beside) {
  public MachineLayout {
    beside = List.copyOf(beside);
  }

  static MachineLayout of(Survey survey, String name) throws TargetException {
    Survey.Dax dax = survey.device(name).orElseThrow();
    return new MachineLayout(
        survey.fact("host"), survey.fact("release"), device(survey, dax), beside(survey, dax));
  }

  private static Device device(Survey survey, Survey.Dax dax) throws TargetException {
    long size = survey.blockSize();
    List<Device.Range> ranges = new ArrayList<>();
    for (Survey.Range r : survey.ranges()) {
      long first = (r.start() + size - 1) / size;
      int blocks = (int) Math.max(0, (r.end() + 1) / size - first);
      ranges.add(new Device.Range(r.start(), r.end(), first, blocks));
    }
    // A memory map has 64 bytes for each page of 4 KiB.
    long memmapKib = survey.fact("memmap_on_memory").equals("yes") ? size >> 16 : 0;
    return new Device(dax.name(), dax.node(), size, memmapKib, ranges);
  }

  private static List<String> beside(Survey survey, Survey.Dax dax) throws TargetException {
    List<String> all = new ArrayList<>();
    if (!dax.path().contains("/region")) {
      all.add(dax.name() + " is no CXL memory there; in the guest it is");
    }
    long others = survey.nodes().stream().filter(n -> n.number() != dax.node()).count();
    if (others != 1) {
      all.add(others + " other nodes there have memory; in the guest it is one");
    }
    long mine =
        (survey.blocks().stream().filter(Survey.Block::online).count() * survey.blockSize()) >> 10;
    long more =
        survey.nodes().stream()
            .filter(n -> n.number() == dax.node())
            .mapToLong(n -> n.total() - mine)
            .sum();
    if (more > 0) {
      all.add(
          "node %d has %d MiB beside %s there, where the kernel may put what it cannot move; in the guest %s has the node to itself"
              .formatted(dax.node(), more >> 10, dax.name(), dax.name()));
    }
    String devices =
        survey.devices().stream()
            .filter(d -> !d.name().equals(dax.name()))
            .map(Survey.Dax::inWords)
            .collect(Collectors.joining(", "));
    if (!devices.isEmpty()) {
      all.add("there is also " + devices + "; the guest has none of them");
    }
    List<Survey.Range> sorted =
        survey.ranges().stream().sorted(Comparator.comparing(Survey.Range::start)).toList();
    if (!sorted.equals(survey.ranges())) {
      all.add("the ranges there are not in the order of their addresses; in the guest they are");
    }
    return all;
  }
}
