package org.daxcheck.html;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Finished runs as one HTML file that needs nothing else: style, script and data stand in it, and
 * its policy forbids every connection and every other script.
 */
public final class HtmlReport {
  private HtmlReport() {}

  /**
   * The page of these runs; several stand side by side.
   *
   * @param named folders of finished or interrupted runs, or their run.json
   * @throws IOException with a sentence for the user where one cannot be read
   */
  public static String of(List<Path> named, PageContext shelf) throws IOException {
    return of(named, shelf, Optional.empty());
  }

  private static String of(List<Path> named, PageContext shelf, Optional<Headline> headline)
      throws IOException {
    List<PastFolder> runs = new ArrayList<>();
    for (Path path : named) {
      runs.add(PastFolder.read(path));
    }
    ReportData data = new ReportData(runs, shelf);
    String style = resource("report.css");
    String script =
        resource("report.js")
            .replace("/* @pictures@ */", resource("rounds.js") + resource("blocks.js"));
    // Each mark stands once; the data, which may hold anything, is put in last and at its place.
    String page =
        resource("report.html")
            .replace("@policy@", policy(style, script))
            .replace("@style@", style)
            .replace("@script@", script);
    int head = page.indexOf("@head@");
    int json = page.indexOf("@data@");
    int title = page.indexOf("@title@");
    PageHeader top = new PageHeader(runs, data, shelf, headline);
    return page.substring(0, title)
        + Escape.html(top.title())
        + page.substring(title + "@title@".length(), head)
        + top.html()
        + page.substring(head + "@head@".length(), json)
        + Escape.json(data.tree())
        + page.substring(json + "@data@".length());
  }

  /** Writes the page; a page that was there stays whole until the new one is. */
  public static void write(Path file, List<Path> named, PageContext shelf) throws IOException {
    write(file, named, shelf, Optional.empty());
  }

  /** Writes the page of several runs that together come to one verdict, which stands on top. */
  public static void write(Path file, List<Path> named, PageContext shelf, Headline headline)
      throws IOException {
    write(file, named, shelf, Optional.of(headline));
  }

  private static void write(
      Path file, List<Path> named, PageContext shelf, Optional<Headline> headline)
      throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, of(named, shelf, headline), StandardCharsets.UTF_8);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String policy(String style, String script) {
    return "default-src 'none'; style-src "
        + hash(style)
        + "; script-src "
        + hash(script)
        + "; img-src data:; base-uri 'none'; form-action 'none';"
        + " require-trusted-types-for 'script'; trusted-types 'none'";
  }

  /** The hash by which the policy knows an element: of exactly what stands inside it. */
  private static String hash(String content) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(sum) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks its own file " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
