package org.daxcheck.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.daxcheck.step.Step;

/**
 * A machine, or the difference of two, as a graph in DOT. States are named by what is seen in them.
 * An arrow is what leads to another state; what changes nothing stands inside the state, a line for
 * each answer; what is answered in the same way in every state stands once below.
 */
public final class Picture {
  private static final int WIDEST = 34;

  /** Which of two machines has something. */
  private enum In {
    BOTH("#343a40"),
    FIRST("#1864ab"),
    SECOND("#c2410c");

    private final String colour;

    In(String colour) {
      this.colour = colour;
    }
  }

  /** A transition by the names of its states. */
  private record Arrow(String from, Step input, String answer, String to) {
    boolean stays() {
      return from.equals(to);
    }
  }

  /** What stands together: one label of an arrow, or one line of a state. */
  private record Group(String from, String to, String answer, In in) {}

  private final Map<Arrow, In> arrows = new LinkedHashMap<>();
  private final Set<String> states = new LinkedHashSet<>();
  private final Map<String, In> owners = new LinkedHashMap<>();
  private final String title;
  private final boolean two;

  private Picture(Automaton first, Optional<Automaton> second) {
    this.two = second.isPresent();
    this.title =
        two
            ? title(first, In.FIRST.colour, "only " + of(first))
                + "<BR ALIGN=\"LEFT\"/>"
                + title(second.get(), In.SECOND.colour, "only " + of(second.get()))
            : "<B>" + escaped(of(first)) + "</B>";
    add(first, two ? In.FIRST : In.BOTH);
    second.ifPresent(s -> add(s, In.SECOND));
  }

  /** The graph of a machine. */
  public static String of(Automaton machine, String footer) {
    return new Picture(machine, Optional.empty()).dot(footer);
  }

  /** The graph of two machines over the same inputs: what only one has is coloured. */
  public static String difference(Automaton first, Automaton second) {
    return new Picture(first, Optional.of(second)).dot("grey: both do the same");
  }

  private static String of(Automaton machine) {
    Automaton.Origin o = machine.origin();
    return o.inWords() + ", " + machine.size() + " states";
  }

  private static String title(Automaton machine, String colour, String text) {
    return "<FONT COLOR=\"" + colour + "\"><B>" + escaped(text) + "</B></FONT>";
  }

  private void add(Automaton machine, In in) {
    for (int s = 0; s < machine.size(); s++) {
      states.add(machine.name(s));
      owners.merge(machine.name(s), in, (a, b) -> a == b ? a : In.BOTH);
    }
    for (Automaton.Transition t : machine.transitions()) {
      if (t.output().asked()) {
        arrows.merge(
            new Arrow(machine.name(t.from()), t.input(), t.output().answer(), machine.name(t.to())),
            in,
            (a, b) -> a == b ? a : In.BOTH);
      }
    }
  }

  private String dot(String footer) {
    Map<String, List<Step>> everywhere = everywhere();
    StringBuilder out = new StringBuilder();
    out.append("digraph machine {\n");
    out.append("  graph [fontname=\"Helvetica\", fontsize=12, labelloc=b, labeljust=l,");
    out.append(" nodesep=0.55, ranksep=0.75, bgcolor=white, pad=0.2,\n");
    out.append("    label=<").append(caption(everywhere, footer)).append(">];\n");
    out.append("  node [fontname=\"Helvetica\", fontsize=12, shape=box, style=\"rounded,filled\",");
    out.append(" margin=\"0.12,0.08\"];\n");
    out.append("  edge [fontname=\"Helvetica\", fontsize=11];\n");
    out.append("  start [shape=point, width=0.12, color=\"#343a40\"];\n");
    List<String> order = new ArrayList<>(states);
    for (String state : order) {
      out.append("  s").append(order.indexOf(state)).append(" [label=<");
      out.append(label(state, everywhere)).append(">, fillcolor=\"").append(fill(state));
      out.append("\", color=\"").append(owners.get(state).colour).append("\"");
      out.append(", penwidth=").append(owners.get(state) == In.BOTH ? "1.2" : "2.4");
      out.append("];\n");
    }
    out.append("  start -> s0 [color=\"#343a40\"];\n");
    groups(everywhere, false)
        .forEach(
            (group, inputs) -> {
              boolean ok = group.answer().equals("ok");
              String colour =
                  group.in() != In.BOTH ? group.in().colour : ok ? "#2b8a3e" : "#c92a2a";
              if (two && group.in() == In.BOTH) {
                colour = "#868e96";
              }
              String text =
                  inputs.stream()
                          .map(i -> " " + Alphabet.label(i) + " ")
                          .collect(Collectors.joining("\\n"))
                      + (ok ? "" : "\\n" + group.answer());
              out.append("  s").append(order.indexOf(group.from()));
              out.append(" -> s").append(order.indexOf(group.to()));
              out.append(" [label=\"").append(text).append("\", color=\"").append(colour);
              out.append("\", fontcolor=\"").append(colour).append("\", penwidth=");
              out.append(two && group.in() == In.BOTH ? "1.2" : "2").append("];\n");
            });
    return out.append("}\n").toString();
  }

  /** What every state answers in the same way, staying as it is, by the answer. */
  private Map<String, List<Step>> everywhere() {
    Map<String, List<Step>> all = new LinkedHashMap<>();
    Set<Step> inputs =
        arrows.keySet().stream()
            .map(Arrow::input)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    for (Step input : inputs) {
      List<Arrow> its = arrows.keySet().stream().filter(a -> a.input().equals(input)).toList();
      boolean same =
          its.stream().map(Arrow::answer).distinct().count() == 1
              && its.stream().allMatch(Arrow::stays)
              && its.stream().map(Arrow::from).collect(Collectors.toSet()).equals(states)
              && its.stream().allMatch(a -> arrows.get(a) == owners.get(a.from()));
      if (same) {
        all.computeIfAbsent(its.get(0).answer(), a -> new ArrayList<>()).add(input);
      }
    }
    return all;
  }

  private Map<Group, List<Step>> groups(Map<String, List<Step>> everywhere, boolean staying) {
    Map<Group, List<Step>> groups = new LinkedHashMap<>();
    arrows.forEach(
        (arrow, in) -> {
          boolean told = everywhere.getOrDefault(arrow.answer(), List.of()).contains(arrow.input());
          if (arrow.stays() == staying && !told) {
            groups
                .computeIfAbsent(
                    new Group(arrow.from(), arrow.to(), arrow.answer(), in), g -> new ArrayList<>())
                .add(arrow.input());
          }
        });
    return groups;
  }

  private String label(String state, Map<String, List<Step>> everywhere) {
    String[] parts = state.split(", ", 2);
    StringBuilder out =
        new StringBuilder("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"1\">");
    out.append(row("<B>" + escaped(parts[0]) + "</B>", "#212529", 14));
    if (parts.length > 1) {
      wrapped(parts[1], ", ").forEach(l -> out.append(row(escaped(l), "#343a40", 11)));
    }
    groups(everywhere, true).entrySet().stream()
        .filter(e -> e.getKey().from().equals(state))
        .sorted(Comparator.comparing(e -> e.getKey().in()))
        .forEach(
            e -> {
              Group group = e.getKey();
              String text =
                  (group.answer().equals("ok") ? "no change" : group.answer())
                      + ": "
                      + e.getValue().stream()
                          .map(Alphabet::label)
                          .collect(Collectors.joining(", "));
              String colour = group.in() == In.BOTH || !two ? "#6c757d" : group.in().colour;
              if (owners.get(state) != In.BOTH) {
                colour = "#6c757d";
              }
              for (String line : wrapped(text, ", ")) {
                out.append(row(escaped(line), colour, 9));
              }
            });
    return out.append("</TABLE>").toString();
  }

  private static String row(String text, String colour, int size) {
    return "<TR><TD><FONT COLOR=\"%s\" POINT-SIZE=\"%d\">%s</FONT></TD></TR>"
        .formatted(colour, size, text);
  }

  private String caption(Map<String, List<Step>> everywhere, String footer) {
    List<String> lines = new ArrayList<>(List.of(title));
    everywhere.forEach(
        (answer, inputs) ->
            lines.add(
                escaped(
                    "in every state "
                        + (answer.equals("ok") ? "no change" : answer)
                        + ": "
                        + inputs.stream().map(Alphabet::label).collect(Collectors.joining(", ")))));
    boolean blocks = states.stream().anyMatch(s -> s.matches(".*, [MNo+?-]+( .*|,.*|$)"));
    if (blocks) {
      lines.add(
          "a letter for each memory block: M movable, N normal, + online in a zone of the kernel's"
              + " choice, o offline");
    }
    if (!footer.isEmpty()) {
      lines.add(escaped(footer));
    }
    return lines.stream().map(l -> l + "<BR ALIGN=\"LEFT\"/>").collect(Collectors.joining());
  }

  private static String fill(String state) {
    return Stream.of(
            Map.entry("online", "#ebfbee"),
            Map.entry("offline", "#fff9db"),
            Map.entry("unbound", "#e7f5ff"),
            Map.entry("unplugged", "#f8f9fa"))
        .filter(e -> state.startsWith(e.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("#fff0f6");
  }

  private static List<String> wrapped(String text, String at) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String part : text.split(at)) {
      if (line.length() > 0 && line.length() + at.length() + part.length() > WIDEST) {
        lines.add(line + ",");
        line = new StringBuilder(part);
      } else {
        line.append(line.length() == 0 ? "" : at).append(part);
      }
    }
    lines.add(Objects.toString(line));
    return lines;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
