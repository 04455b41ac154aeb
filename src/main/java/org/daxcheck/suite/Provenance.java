package org.daxcheck.suite;

import java.util.List;

/**
 * What a run was made by, so that it can be told from others and made again.
 *
 * @param command the words behind {@code run}, without those that say where results go
 * @param commit of daxcheck's checkout; empty where it is none
 * @param program a hash of daxcheck's own code
 * @param suites a hash of the folder of scenarios, rules and findings
 * @param module SHA-256 of the driver that took the place of the kernel's own; empty where none did
 */
public record Provenance(
    List<String> command, String commit, String program, String suites, String module) {
  public Provenance {
    command = List.copyOf(command);
  }

  /** The same, by this command. */
  public Provenance by(List<String> words) {
    return new Provenance(words, commit, program, suites, module);
  }
}
