package org.daxcheck.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.daxcheck.abi.RuleId;
import org.daxcheck.step.Step;

/**
 * Where machines are kept as files and pictures.
 *
 * @param folder of the results
 * @param drawer makes pictures of graphs
 */
public record MachineFolder(Path folder, Drawer drawer) {
  /** The name of a machine that was learned. */
  public static final String LEARNED = "learned";

  private static final String DIFFERENCE = "difference";

  /** Makes the picture of a graph, or tells the user that it cannot. */
  @FunctionalInterface
  public interface Drawer {
    /** Draws a graph in DOT to an SVG file. */
    void draw(Path dot, Path svg);
  }

  /**
   * How two machines differ.
   *
   * @param file the scenario's
   * @param scenario a shortest word that shows it
   */
  public record Difference(Path file, String scenario) {}

  /**
   * Writes the machine and its graph without a picture, which takes a process.
   *
   * @param footer stands below the graph
   * @throws IOException where they cannot be written
   */
  public void write(String name, Automaton machine, String footer) throws IOException {
    MachineFile.write(folder.resolve(name + ".json"), machine);
    Files.writeString(folder.resolve(name + ".dot"), Picture.of(machine, footer));
  }

  /** The same with a picture. */
  public void keep(String name, Automaton machine, String footer) throws IOException {
    write(name, machine, footer);
    draw(name);
  }

  /**
   * Writes and draws how two machines differ; empty where they do not.
   *
   * @param cited a rule with the words it stands on
   * @throws IOException where that cannot be written
   */
  public Optional<Difference> difference(
      Automaton first, Automaton second, Function<RuleId, String> cited) throws IOException {
    Optional<Separation> separation = Separation.of(first, second);
    if (separation.isEmpty()) {
      return Optional.empty();
    }
    List<Step> word = separation.get().word();
    List<RuleId> rules = ModelMachine.rules(second.origin(), word);
    String rule = cited.apply(rules.get(rules.size() - 1));
    String scenario = separation.get().scenario(first, second, rule);
    Path file = folder.resolve("separating-word.kmem");
    Files.writeString(file, scenario);
    Files.writeString(folder.resolve(DIFFERENCE + ".dot"), Picture.difference(first, second));
    draw(DIFFERENCE);
    return Optional.of(new Difference(file, scenario));
  }

  private void draw(String name) {
    drawer.draw(folder.resolve(name + ".dot"), folder.resolve(name + ".svg"));
  }

  /**
   * A machine of before; empty where there is none.
   *
   * @param named its file, a folder that has one that was learned, or its name among the records
   * @param records the folder of those that are committed
   * @throws IOException with a sentence for the user where the file is none of a machine
   */
  public static Optional<Automaton> read(String named, Path records) throws IOException {
    for (Path path :
        List.of(
            Path.of(named),
            Path.of(named).resolve(LEARNED + ".json"),
            records.resolve(named + ".json"))) {
      if (Files.isRegularFile(path)) {
        return Optional.of(MachineFile.read(path));
      }
    }
    return Optional.empty();
  }
}
