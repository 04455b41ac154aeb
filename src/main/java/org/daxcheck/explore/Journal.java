package org.daxcheck.explore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.daxcheck.io.IoReason;
import org.daxcheck.run.RunFolder;

/**
 * How far an exploration got: what it takes to go on with it.
 *
 * @param version of this record
 * @param seed draws the walks
 * @param length steps of a walk
 * @param topologies that walks take in turn
 * @param target kernel, QEMU and driver, as reports name them; empty until one was there
 * @param walks how many walks are done
 * @param steps how many steps they had, those of actors counted one by one
 * @param errors how many walks ended without a verdict, since the target was lost
 * @param found what broke a rule, each once
 * @param again how often each of them was met, by its signature
 */
public record Journal(
    int version,
    long seed,
    int length,
    List<String> topologies,
    String target,
    int walks,
    long steps,
    int errors,
    List<Found> found,
    Map<String, Integer> again) {
  private static final int VERSION = 1;

  /** The name of its file in the folder of results. */
  public static final String FILE = RunFolder.EXPLORATION;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  public Journal {
    topologies = List.copyOf(topologies);
    found = List.copyOf(found);
    again = Map.copyOf(again);
  }

  /**
   * Steps that broke a rule, as few as were found.
   *
   * @param rule the rule, by its id
   * @param walk number of the walk, from 1
   * @param atStep how many steps the exploration had done by then
   * @param before steps of the walk up to the one that broke the rule
   * @param after steps that are left
   * @param trials how many shorter walks were tried
   * @param minimal true where no single step can be left out
   * @param repeated how many of {@link Explorer#AGAIN} runs of the saved scenario broke the rule
   * @param file the saved scenario, relative to the folder
   * @param signature what was broken, without numbers and times
   */
  public record Found(
      String rule,
      int walk,
      long atStep,
      int before,
      int after,
      int trials,
      boolean minimal,
      int repeated,
      String file,
      String signature) {}

  /** Nothing done yet. */
  public static Journal begin(long seed, int length, List<String> topologies) {
    return new Journal(VERSION, seed, length, topologies, "", 0, 0, 0, List.of(), Map.of());
  }

  /** The same, now that it is known what is explored. */
  Journal of(String known) {
    return new Journal(
        version, seed, length, topologies, known, walks, steps, errors, found, again);
  }

  /** The journal after one more walk of so many steps. */
  Journal after(int more, boolean lost, List<Found> nowFound, Map<String, Integer> nowAgain) {
    return new Journal(
        version,
        seed,
        length,
        topologies,
        target,
        walks + 1,
        steps + more,
        errors + (lost ? 1 : 0),
        nowFound,
        nowAgain);
  }

  /**
   * The journal in the folder.
   *
   * @throws IOException with a sentence where there is none, or it cannot be understood
   */
  public static Journal read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      Journal read = JSON.readValue(Files.readString(file), Journal.class);
      if (read.version != VERSION) {
        throw new IOException(
            file + " is of version " + read.version + ", this is " + VERSION + "; start anew");
      }
      return read;
    } catch (NoSuchFileException e) {
      throw new IOException("no exploration to resume: there is no " + file, e);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " cannot be understood: " + IoReason.of(e), e);
    } catch (NullPointerException e) {
      throw new IOException(file + " cannot be understood: a member is missing", e);
    }
  }

  /** Writes the journal to the folder; the one before stays until this one is whole. */
  void write(Path folder) throws IOException {
    Path fresh = folder.resolve(FILE + ".new");
    Files.writeString(fresh, JSON.writeValueAsString(this) + "\n");
    Files.move(
        fresh,
        folder.resolve(FILE),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }
}
