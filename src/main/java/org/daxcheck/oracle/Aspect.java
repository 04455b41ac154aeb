package org.daxcheck.oracle;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.daxcheck.model.Property;

/**
 * What differed from what is allowed: the answer of a step, or a part of what was seen after it.
 */
public enum Aspect {
  /** What the step returned, or that it did not return in time. */
  RESULT("result"),
  /** What several actors got, each of it allowed, but in no order of all of them. */
  HISTORY("history"),
  /** What the scenario itself states behind an arrow. */
  STATED("stated by the scenario"),
  PRESENCE(Property.PRESENCE),
  NAME(Property.NAME),
  MODE(Property.MODE),
  FORM(Property.FORM),
  VALUE(Property.VALUE),
  BLOCKS(Property.BLOCKS),
  ZONES(Property.ZONES),
  IOMEM(Property.IOMEM),
  MEMTOTAL(Property.MEMTOTAL),
  DRIVER(Property.DRIVER),
  POLICY(Property.POLICY),
  LOG(Property.LOG),
  SPLAT(Property.SPLAT),
  UEVENTS(Property.UEVENTS),
  CHANGES(Property.CHANGES),
  NODES(Property.NODES),
  FOREIGN(Property.FOREIGN),
  DEVICE(Property.DEVICE),
  NEIGHBOURS(Property.NEIGHBOURS),
  /** One that only another version of daxcheck knows. */
  UNKNOWN("unknown");

  private static final String AND = "; ";

  private final String text;
  private final Optional<Property> property;

  Aspect(String text) {
    this.text = text;
    this.property = Optional.empty();
  }

  Aspect(Property property) {
    this.text = property.text();
    this.property = Optional.of(property);
  }

  /** The aspect as reports and run.json have it. */
  public String text() {
    return text;
  }

  static Aspect of(Property property) {
    return Arrays.stream(values())
        .filter(a -> a.property.filter(property::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }

  /** Several as one text, in their order. */
  public static String text(List<Aspect> aspects) {
    return aspects.stream().map(Aspect::text).collect(Collectors.joining(AND));
  }

  /** The aspects of such a text; what is none that is known is {@link #UNKNOWN}. */
  public static List<Aspect> parse(String text) {
    return Arrays.stream(text.split(AND))
        // As runs of before have it.
        .map(t -> t.equals("stated") ? STATED.text : t)
        .map(t -> Arrays.stream(values()).filter(a -> a.text.equals(t)).findFirst())
        .map(a -> a.orElse(UNKNOWN))
        .toList();
  }
}
