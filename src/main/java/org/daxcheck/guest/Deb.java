package org.daxcheck.guest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.daxcheck.io.IoReason;
import org.tukaani.xz.XZInputStream;

/** Reads the files of a Debian package without unpacking it. */
final class Deb {
  private Deb() {}

  /** Receives one file: its path without a leading slash, and its content. */
  @FunctionalInterface
  interface Visitor {
    void visit(String path, InputStream content) throws IOException, GuestException;
  }

  /**
   * The wanted files by path. A symbolic link that points to a file of the same package is found
   * under its own path too.
   */
  static Map<String, byte[]> read(Path deb, Predicate<String> wanted) throws GuestException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Map<String, String> links = new LinkedHashMap<>();
    walk(deb, wanted, links, (path, content) -> files.put(path, content.readAllBytes()));
    for (Map.Entry<String, String> link : links.entrySet()) {
      byte[] target = files.get(link.getValue());
      if (target != null && wanted.test(link.getKey())) {
        files.put(link.getKey(), target);
      }
    }
    return files;
  }

  /** Shows the wanted files to the visitor, in the order of the package. */
  static void visit(Path deb, Predicate<String> wanted, Visitor visitor) throws GuestException {
    walk(deb, wanted, new LinkedHashMap<>(), visitor);
  }

  private static void walk(
      Path deb, Predicate<String> wanted, Map<String, String> links, Visitor visitor)
      throws GuestException {
    try (var ar =
        new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(deb), 1 << 16))) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        if (member.getName().startsWith("data.tar")) {
          try (var tar = new TarArchiveInputStream(decompress(member.getName(), ar))) {
            walk(tar, wanted, links, visitor);
          }
          return;
        }
      }
      throw new IOException("no data.tar in it");
    } catch (IOException e) {
      throw new GuestException(
          deb + ": not a sound Debian package (" + IoReason.of(e) + "); remove it and run again",
          e);
    }
  }

  private static void walk(
      TarArchiveInputStream tar,
      Predicate<String> wanted,
      Map<String, String> links,
      Visitor visitor)
      throws IOException, GuestException {
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      Path path = Path.of("/" + entry.getName()).normalize();
      String name = path.toString().substring(1);
      if (entry.isSymbolicLink()) {
        String target = path.resolveSibling(entry.getLinkName()).normalize().toString();
        links.put(name, target.substring(1));
      } else if (entry.isFile() && !entry.isLink() && wanted.test(name)) {
        visitor.visit(name, tar);
      }
    }
  }

  /** The content of a stream compressed as its name says. */
  static InputStream decompress(String name, InputStream in) throws IOException {
    if (name.endsWith(".xz")) {
      return new XZInputStream(in);
    }
    if (name.endsWith(".zst")) {
      return new ZstdCompressorInputStream(in);
    }
    return name.endsWith(".gz") ? new GZIPInputStream(in) : in;
  }
}
