package org.daxcheck.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Command lines of daxcheck that a user can paste into a shell, where the first was typed. */
public final class ShellCommand {
  /** What of a run's command says which kernel, driver or machine it is about. */
  public enum Setup {
    KMEM_MODULE("--kmem-module"),
    DRIVER("--driver"),
    POLICY("--policy"),
    KERNEL("--kernel"),
    MODULES("--modules"),
    KERNEL_PACKAGE("--kernel-package"),
    KERNEL_CONFIG("--kernel-config"),
    TREE("--tree"),
    QEMU("--qemu"),
    ACCEL("--accel"),
    DIALECT("--dialect"),
    DEVICE("--device"),
    IDENTITY("--identity"),
    KNOWN_HOSTS("--known-hosts"),
    JUMP("--jump"),
    WATCH("--watch"),
    DESTRUCTIVE("--destructive", false),
    SUDO("--sudo", false),
    PUT_RIGHT("--put-right", false);

    private final String option;
    private final boolean valued;

    Setup(String option) {
      this(option, true);
    }

    Setup(String option, boolean valued) {
      this.option = option;
      this.valued = valued;
    }

    /** As it is typed. */
    public String option() {
      return option;
    }

    /** Whether a value follows it. */
    public boolean valued() {
      return valued;
    }
  }

  /** What a shell takes as it stands. */
  private static final String PLAIN = "[A-Za-z0-9_@%+=:,./-]+";

  private static final String MACHINE = "ssh://";

  private ShellCommand() {}

  /** {@code ./daxcheck} with these words, each quoted where the shell needs it. */
  public static String of(List<String> words) {
    return Stream.concat(Stream.of("./daxcheck"), words.stream())
        .map(ShellCommand::quoted)
        .collect(Collectors.joining(" "));
  }

  /** The same of single words. */
  public static String of(String... words) {
    return of(List.of(words));
  }

  /**
   * A scenario of a run again, on the same kernel, driver or machine.
   *
   * @param said the words behind {@code run} that began it; none where nobody knows them
   * @param file of the scenario
   * @param target the model, a guest, or the machine
   * @param topology that a guest or the model had
   */
  public static String again(
      List<String> said, String file, String target, String topology, String seed) {
    Optional<String> machine =
        values(said, "--target").stream().filter(t -> t.startsWith(MACHINE)).findFirst();
    boolean remote = machine.isPresent() && !target.equals("model");
    List<String> words = new ArrayList<>(List.of("run", file));
    words.addAll(List.of("--target", remote ? machine.get() : target));
    if (!remote && !topology.isEmpty()) {
      words.addAll(List.of("--topology", topology));
    }
    words.addAll(setup(said));
    words.addAll(List.of("--seed", seed));
    return of(words);
  }

  /** What of a command says which kernel, driver or machine it is about. */
  public static List<String> setup(List<String> said) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      String word = said.get(i);
      String option = word.replaceFirst("=.*", "");
      Optional<Setup> known =
          Arrays.stream(Setup.values()).filter(s -> s.option().equals(option)).findFirst();
      if (known.isPresent()) {
        kept.add(word);
        if (known.get().valued() && word.equals(option) && i + 1 < said.size()) {
          kept.add(said.get(++i));
        }
      }
    }
    return kept;
  }

  private static List<String> values(List<String> said, String option) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      if (said.get(i).equals(option) && i + 1 < said.size()) {
        values.add(said.get(i + 1));
      } else if (said.get(i).startsWith(option + "=")) {
        values.add(said.get(i).substring(option.length() + 1));
      }
    }
    return values;
  }

  /** The words without these options and their values. */
  public static List<String> without(List<String> said, Set<String> options) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      String word = said.get(i);
      if (options.contains(word)) {
        i++;
      } else if (!options.contains(word.replaceFirst("=.*", ""))) {
        kept.add(word);
      }
    }
    return kept;
  }

  private static String quoted(String word) {
    return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
