package org.daxcheck.html;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.daxcheck.model.ReturnValue;
import org.daxcheck.scenario.StepText;
import org.daxcheck.step.Observation;
import org.daxcheck.step.Result;
import org.daxcheck.step.Step;
import org.daxcheck.trace.Trace;

/** Answers and observations of a trace as short texts, an aspect in a line. */
final class ObservationText {
  private final Trace.Header header;

  ObservationText(Trace.Header header) {
    this.header = header;
  }

  /** What a step returned, in a few words; several actors take a line each. */
  static String result(Step step, Result r) {
    if (step.kind() == Step.Kind.ACTORS) {
      return actors((Step.Actors) step, r);
    }
    if (step.kind().observesOnly()) {
      return "";
    }
    String text = plain(step, r);
    return text
        + (r.timeout() ? ", ended by its limit" : "")
        + r.stuckIn().map(s -> "; " + s).orElse("");
  }

  private static String plain(Step step, Result r) {
    if (!r.killed().isEmpty()) {
      return "killed " + r.killed();
    }
    if (r.errno().isPresent()) {
      return r.errno().get().name();
    }
    return switch (step.kind()) {
      case READ -> ReturnValue.quoted(r.data());
      case WRITE -> {
        int all = ((Step.Write) step).payload().length();
        yield step.isWhole(r) ? "ok" : "ok, but " + r.value() + " of " + all + " bytes";
      }
      case FAIL_NTH ->
          result(((Step.FailNth) step).step(), r) + (r.missed() ? ", nothing failed" : "");
      case BIND,
          UNBIND,
          SET_POLICY,
          BLOCK_WRITE,
          PIN,
          UNPIN,
          UNLOAD,
          LOAD,
          AWAIT,
          SLEEP,
          SIGNAL,
          FILL,
          VERIFY,
          FREE,
          INJECT,
          REFUSE_ADD,
          OCCUPY,
          RESHAPE,
          NEIGHBOUR_WRITE,
          DELAY,
          ACTORS,
          LOOK ->
          "ok";
    };
  }

  private static String actors(Step.Actors actors, Result r) {
    List<String> lines = new ArrayList<>();
    for (int a = 0; a < actors.actors().size(); a++) {
      Step.Actor actor = actors.actors().get(a);
      List<Result> done = a < r.actors().size() ? r.actors().get(a).steps() : List.of();
      for (int i = 0; i < actor.steps().size(); i++) {
        Step step = actor.steps().get(i);
        if (!step.kind().idle()) {
          lines.add(
              actor.name()
                  + ": "
                  + StepText.of(step)
                  + " -> "
                  + (i < done.size() ? result(step, done.get(i)) : "not done"));
        }
      }
      if (a < r.actors().size() && r.actors().get(a).stuck()) {
        lines.add(actor.name() + " did not end in time");
      }
    }
    return String.join("\n", lines);
  }

  /** What a look looks at, as it was; of the log and of uevents what came since the last action. */
  String look(Step.Look look, Trace trace, int index) {
    Observation now = trace.entries().get(index).reply().observation();
    return switch (look.aspect()) {
      case ATTRIBUTE -> attributes(now);
      case BLOCKS -> blocks(now);
      case IOMEM -> iomem(now);
      case MEMTOTAL -> memTotal(now);
      case DRIVER -> now.driver();
      case POLICY -> now.policy();
      case TAINT -> Long.toString(now.taint());
      case LOG -> logged(trace.sinceAction(index));
      case LEAKS -> logged(List.of(now));
      case UEVENTS -> {
        long events = trace.sinceAction(index).stream().mapToLong(o -> o.uevents().size()).sum();
        yield events == 0 ? "none" : events + (events == 1 ? " uevent" : " uevents");
      }
    };
  }

  private static String logged(List<Observation> seen) {
    List<String> lines =
        seen.stream().flatMap(o -> o.log().stream()).map(Observation.LogLine::text).toList();
    return lines.isEmpty()
        ? "none"
        : lines.get(0) + (lines.size() > 1 ? "\nand " + (lines.size() - 1) + " more" : "");
  }

  /** Every aspect of the observation by its name. */
  Map<String, String> aspects(Observation o) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("driver", o.driver());
    all.put("attribute", attributes(o));
    all.put("blocks", blocks(o));
    all.put("iomem", iomem(o));
    all.put("MemTotal", memTotal(o));
    all.put("policy", o.policy());
    all.put("taint", Long.toString(o.taint()));
    if (!o.neighbours().isEmpty()) {
      all.put("other devices", o.neighbours());
    }
    return all;
  }

  /** What of the observation differs from the one before, and the uevents; an aspect in a line. */
  String changes(Observation before, Observation now) {
    Map<String, String> old = aspects(before);
    List<String> lines = new ArrayList<>();
    aspects(now)
        .forEach(
            (name, text) -> {
              if (!text.equals(old.getOrDefault(name, ""))) {
                lines.add(name + ": " + text);
              }
            });
    events(now, lines);
    return String.join("\n", lines);
  }

  private static void events(Observation now, List<String> lines) {
    if (now.uevents().isEmpty() && !now.ueventsLost()) {
      return;
    }
    Map<String, Integer> byAction = new TreeMap<>();
    now.uevents()
        .forEach(
            e ->
                byAction.merge(
                    e.action()
                        + (e.devpath().contains("/memory/memory")
                            ? ""
                            : " " + e.devpath().substring(e.devpath().lastIndexOf('/') + 1)),
                    1,
                    Integer::sum));
    List<String> parts = new ArrayList<>();
    byAction.forEach((action, n) -> parts.add(n + " " + action));
    if (now.ueventsLost()) {
      parts.add("and some were lost");
    }
    lines.add("uevents: " + String.join(", ", parts));
  }

  private static String attributes(Observation o) {
    List<String> texts = new ArrayList<>();
    for (Observation.Attribute a : o.attributes()) {
      if (a.present()) {
        String mode =
            a.mode().equals("0644") && a.uid() == 0 ? "" : ", " + a.mode() + " " + a.uid();
        texts.add(
            a.name()
                + " = "
                + (a.error().isEmpty() ? ReturnValue.quoted(a.text()) : "error " + a.error())
                + mode);
      }
    }
    return texts.isEmpty() ? "absent" : String.join(", ", texts);
  }

  /** Such as {@code 114, 116-117 online Movable; 119 offline}. */
  private static String blocks(Observation o) {
    Map<String, List<Long>> byState = new LinkedHashMap<>();
    for (Observation.Block b : o.blocks()) {
      String state = b.state() + (b.online() ? " " + b.zones() : "");
      byState.computeIfAbsent(state, s -> new ArrayList<>()).add(b.number());
    }
    if (byState.isEmpty()) {
      return "none";
    }
    List<String> parts = new ArrayList<>();
    byState.forEach((state, numbers) -> parts.add(numbers(numbers) + " " + state));
    return String.join("; ", parts);
  }

  private static String numbers(List<Long> numbers) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < numbers.size(); ) {
      int end = i;
      while (end + 1 < numbers.size() && numbers.get(end + 1) == numbers.get(end) + 1) {
        end++;
      }
      text.append(text.isEmpty() ? "" : ", ").append(numbers.get(i));
      text.append(end > i ? "-" + numbers.get(end) : "");
      i = end + 1;
    }
    return text.toString();
  }

  private static String iomem(Observation o) {
    Map<String, Integer> byName = new LinkedHashMap<>();
    o.iomem().forEach(r -> byName.merge(r.name(), 1, Integer::sum));
    if (byName.isEmpty()) {
      return "none";
    }
    List<String> parts = new ArrayList<>();
    byName.forEach((name, n) -> parts.add(n == 1 ? name : n + " \u00d7 " + name));
    return String.join(", ", parts);
  }

  private String memTotal(Observation o) {
    long more = o.memTotalKib() - header.baselineKib();
    return more == 0
        ? "baseline"
        : "baseline " + (more < 0 ? "- " : "+ ") + Math.abs(more) + " KiB";
  }
}
