package org.daxcheck.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.daxcheck.io.IoReason;

/**
 * Debian's archive, asked through apt with a state of our own: the host's sources, lists and
 * packages are neither used nor changed, and root is not needed.
 */
final class Apt {
  private static final Duration FRESH = Duration.ofDays(1);
  private static final Duration QUERY_LIMIT = Duration.ofSeconds(60);
  private static final Duration UPDATE_LIMIT = Duration.ofMinutes(5);
  private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(15);
  private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
  private static final Pattern DEPENDED =
      Pattern.compile("\\s*([a-z0-9][a-z0-9+.-]+)(?::any)?\\s*(?:\\(=\\s*([^)]+)\\))?.*");
  private static final Pattern URI_LINE = Pattern.compile("'[^']+' (\\S+) (\\d+)(?: .*)?");

  private final Cache cache;
  private final Path state;
  private final List<String> suites;
  private final Consumer<String> progress;
  private boolean configured;

  /** A package in one version. */
  record Version(String name, String version) {
    @Override
    public String toString() {
      return name + "=" + version;
    }
  }

  /** Where the host gets Debian from; security is empty where it has none. */
  record Mirror(String main, Optional<String> security) {}

  /** The state {@code release}, with the suites of that release. */
  Apt(Cache cache, String release, List<String> suites, Consumer<String> progress) {
    this.cache = cache;
    this.state = cache.file("apt/" + release);
    this.suites = suites;
    this.progress = progress;
  }

  /** Fetches the package lists, unless that was done within a day. */
  void refresh() throws GuestException {
    if (!fresh()) {
      update();
    }
  }

  boolean fresh() throws GuestException {
    Path stamp = state.resolve("updated");
    try {
      return Files.exists(stamp)
          && Files.getLastModifiedTime(stamp).toInstant().isAfter(Instant.now().minus(FRESH));
    } catch (IOException e) {
      throw new GuestException("cannot read " + stamp + ": " + IoReason.of(e), e);
    }
  }

  private void update() throws GuestException {
    configure();
    progress.accept("fetching Debian's package lists for " + String.join(", ", suites));
    Command.Output output = apt(UPDATE_LIMIT, state, "apt-get", "-q", "--error-on=any", "update");
    if (!output.ok()) {
      throw new GuestException(
          "apt cannot fetch the package lists of "
              + String.join(", ", suites)
              + " ("
              + output.complaint()
              + "); check the network, or name a Debian mirror by DAXCHECK_MIRROR");
    }
    try {
      Files.writeString(state.resolve("updated"), "");
    } catch (IOException e) {
      throw new GuestException("cannot write into " + state + ": " + IoReason.of(e), e);
    }
  }

  /** Names of all packages that begin so. */
  List<String> names(String prefix) throws GuestException {
    return query("apt-cache", "pkgnames", prefix).lines().sorted().toList();
  }

  /** Every version of the packages that the archive has. */
  List<Version> versions(List<String> names) throws GuestException {
    if (names.isEmpty()) {
      return List.of();
    }
    List<String> words = new ArrayList<>(List.of("apt-cache", "madison"));
    words.addAll(names);
    return parseMadison(query(words.toArray(String[]::new)));
  }

  static List<Version> parseMadison(String text) {
    return text.lines()
        .map(line -> line.split("\\|"))
        .filter(fields -> fields.length == 3 && fields[2].endsWith("Packages"))
        .map(fields -> new Version(fields[0].strip(), fields[1].strip()))
        .distinct()
        .toList();
  }

  /** The packages that one depends on, by the first alternative of each. */
  List<Version> depends(Version of) throws GuestException {
    return parseDepends(query("apt-cache", "show", of.toString()));
  }

  /** The version is empty where the dependency does not demand exactly one. */
  static List<Version> parseDepends(String text) {
    List<Version> depends = new ArrayList<>();
    for (String line : text.split("\n\n")[0].split("\n")) {
      if (!line.startsWith("Depends:") && !line.startsWith("Pre-Depends:")) {
        continue;
      }
      for (String item : line.substring(line.indexOf(':') + 1).split(",")) {
        Matcher matcher = DEPENDED.matcher(item.split("\\|")[0]);
        if (matcher.matches()) {
          String version = matcher.group(2) == null ? "" : matcher.group(2).strip();
          depends.add(new Version(matcher.group(1), version));
        }
      }
    }
    return depends;
  }

  /** The newest version that this state prefers, or empty where it does not know the package. */
  Optional<Version> candidate(String name) throws GuestException {
    for (String line : query("apt-cache", "policy", name).split("\n")) {
      if (line.strip().startsWith("Candidate:")) {
        String version = line.substring(line.indexOf(':') + 1).strip();
        return version.equals("(none)")
            ? Optional.empty()
            : Optional.of(new Version(name, version));
      }
    }
    return Optional.empty();
  }

  /** The .debs, from the cache or the mirror; apt checks their hashes by the signed lists. */
  List<Path> fetch(List<Version> versions) throws GuestException {
    Command.Output where = get(QUERY_LIMIT, state, "--print-uris", versions);
    Map<Version, Path> debs = new LinkedHashMap<>();
    List<Version> absent = new ArrayList<>();
    long size = 0;
    for (Version version : versions) {
      Matcher line =
          where
              .out()
              .lines()
              .map(URI_LINE::matcher)
              .filter(m -> m.matches() && m.group(1).startsWith(version.name() + "_"))
              .findFirst()
              .orElseThrow(() -> unknown(version, where.complaint()));
      Path deb = cache.file("debs/" + line.group(1));
      debs.put(version, deb);
      if (cache.whole("debs/" + line.group(1)).isEmpty()) {
        absent.add(version);
        size += Long.parseLong(line.group(2));
      }
    }
    if (!absent.isEmpty()) {
      String names = String.join(", ", absent.stream().map(Version::name).toList());
      progress.accept("fetching " + names + " (" + (size + 99_999) / 100_000 / 10.0 + " MB)");
      download(absent, absent.stream().map(debs::get).toList());
    }
    return List.copyOf(debs.values());
  }

  private static GuestException unknown(Version version, String complaint) {
    return new GuestException(
        "Debian's archive has no package "
            + version
            + " ("
            + complaint
            + "); ask 'apt-cache madison "
            + version.name()
            + "' for its versions");
  }

  private void download(List<Version> versions, List<Path> debs) throws GuestException {
    Path folder = cache.folder("debs/fetch.part");
    Runnable ending = () -> Cache.deleteLeftover(folder);
    AtExit.add(ending);
    try {
      Command.Output output = get(DOWNLOAD_LIMIT, folder, "--quiet", versions);
      if (!output.ok()) {
        // The mirror drops old versions: lists older than that name files that are gone.
        update();
        output = get(DOWNLOAD_LIMIT, folder, "--quiet", versions);
      }
      if (!output.ok()) {
        throw new GuestException(
            "apt cannot fetch "
                + versions
                + " ("
                + output.complaint()
                + "); check the network, or name a Debian mirror by DAXCHECK_MIRROR");
      }
      for (Path deb : debs) {
        String name = deb.getFileName().toString();
        cache.keep(folder.resolve(name), "debs/" + name, "package of Debian's archive");
      }
    } catch (IOException e) {
      throw new GuestException(
          "cannot keep the packages in " + folder.getParent() + ": " + IoReason.of(e), e);
    } finally {
      Cache.deleteLeftover(folder);
      AtExit.remove(ending);
    }
  }

  private Command.Output get(Duration limit, Path folder, String option, List<Version> versions)
      throws GuestException {
    List<String> words = new ArrayList<>(List.of("apt-get", "-q", option, "download"));
    versions.forEach(version -> words.add(version.toString()));
    return apt(limit, folder, words.toArray(String[]::new));
  }

  private String query(String... words) throws GuestException {
    Command.Output output = apt(QUERY_LIMIT, state, words);
    return output.ok() ? output.out() : "";
  }

  private Command.Output apt(Duration limit, Path folder, String... words) throws GuestException {
    configure();
    return Command.run(
        limit, folder, Map.of("APT_CONFIG", state.resolve("apt.conf").toString()), words);
  }

  private void configure() throws GuestException {
    if (configured) {
      return;
    }
    Mirror mirror = mirror();
    Command.Output host = Command.run(QUERY_LIMIT, Path.of("/"), Map.of(), "apt-config", "dump");
    try {
      for (String folder : List.of("lists/partial", "cache/archives/partial")) {
        Files.createDirectories(state.resolve(folder));
      }
      Files.writeString(state.resolve("status"), "");
      Files.writeString(state.resolve("apt.conf"), configuration(state, host.out()));
      Files.writeString(state.resolve("sources.list"), sources(mirror, suites));
    } catch (IOException e) {
      throw new GuestException("cannot write apt's state into " + state + ": " + IoReason.of(e), e);
    }
    configured = true;
  }

  /**
   * apt's whole configuration. The host's own is left out, for its hooks act on the host, save how
   * to reach the network.
   */
  static String configuration(Path state, String dumped) {
    Stream<String> own =
        Stream.of(
            "Dir::Etc::main \"/dev/null\";",
            "Dir::Etc::parts \"/dev/null\";",
            "Dir::Etc::sourcelist \"" + state.resolve("sources.list") + "\";",
            "Dir::Etc::sourceparts \"/dev/null\";",
            "Dir::Etc::preferences \"/dev/null\";",
            "Dir::Etc::preferencesparts \"/dev/null\";",
            "Dir::State \"" + state + "\";",
            "Dir::State::lists \"" + state.resolve("lists") + "\";",
            "Dir::State::status \"" + state.resolve("status") + "\";",
            "Dir::Cache \"" + state.resolve("cache") + "\";",
            "APT::Architecture \"amd64\";",
            "APT::Architectures { \"amd64\"; };",
            // The cache is the user's; apt's own unprivileged user may not enter it.
            "APT::Sandbox::User \"" + System.getProperty("user.name") + "\";",
            "Acquire::Languages \"none\";",
            "Acquire::Retries \"2\";");
    Stream<String> network =
        dumped.lines().filter(l -> l.matches("Acquire::(http|https|ForceIPv[46])(::.*)? \".+\";"));
    return String.join("\n", Stream.concat(own, network).toList()) + "\n";
  }

  static String sources(Mirror mirror, List<String> suites) throws GuestException {
    StringBuilder text = new StringBuilder();
    for (String suite : suites) {
      boolean security = suite.endsWith("-security");
      if (security && mirror.security().isEmpty()) {
        continue;
      }
      String uri = security ? mirror.security().get() : mirror.main();
      text.append("deb [signed-by=" + KEYRING + "] " + uri + " " + suite + " main\n");
    }
    return text.toString();
  }

  private static final Pattern ADDRESS =
      Pattern.compile("^'(.+)/dists/(.+)/InRelease' .*$", Pattern.MULTILINE);

  private static Mirror mirror() throws GuestException {
    String configured = System.getenv("DAXCHECK_MIRROR");
    if (!Files.exists(Path.of(KEYRING))) {
      throw new GuestException(KEYRING + " is missing; install debian-archive-keyring");
    }
    Optional<Mirror> found;
    try {
      found =
          parseTargets(
              Command.run(
                      QUERY_LIMIT,
                      Path.of("/"),
                      Map.of(),
                      "apt-get",
                      "indextargets",
                      "--format",
                      "$(REPO_URI) $(RELEASE) $(COMPONENT)",
                      "Identifier: Packages")
                  .out());
      if (found.isEmpty()) {
        // A machine that never fetched its lists has no targets yet, only addresses.
        found =
            parseAddresses(
                Command.run(
                        QUERY_LIMIT, Path.of("/"), Map.of(), "apt-get", "update", "--print-uris")
                    .out());
      }
    } catch (GuestException e) {
      throw new GuestException(
          "apt-get is missing, and the guest is made of Debian packages; run on Debian", e);
    }
    if (configured != null && !configured.isBlank()) {
      return new Mirror(configured, found.flatMap(Mirror::security));
    }
    return found.orElseThrow(
        () ->
            new GuestException(
                "apt on this machine knows no Debian mirror; name one by DAXCHECK_MIRROR"));
  }

  /** Finds the mirror among the addresses that an update would fetch. */
  static Optional<Mirror> parseAddresses(String text) {
    return parseTargets(ADDRESS.matcher(text).replaceAll("$1 $2 main"));
  }

  /** Finds the mirror among lines of URI, release and component. */
  static Optional<Mirror> parseTargets(String text) {
    String main = null;
    String security = null;
    for (String line : text.split("\n")) {
      String[] fields = line.strip().split(" ");
      if (fields.length != 3 || !fields[2].equals("main")) {
        continue;
      }
      boolean debian =
          fields[1].matches("(stable|testing|sid|unstable|[a-z]+)(-updates|-backports)?");
      if (fields[1].endsWith("-security")) {
        security = security == null ? fields[0] : security;
      } else if (debian && fields[0].matches(".*/debian/?")) {
        main = main == null ? fields[0] : main;
      }
    }
    return main == null
        ? Optional.empty()
        : Optional.of(new Mirror(main, Optional.ofNullable(security)));
  }
}
