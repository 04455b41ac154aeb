package org.daxcheck.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the host gets Debian from.
 *
 * @param security address of the security updates; empty where it has none
 */
record Mirror(String main, Optional<String> security) {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
  private static final Pattern ADDRESS =
      Pattern.compile("^'(.+)/dists/(.+)/InRelease' .*$", Pattern.MULTILINE);

  static Mirror ofHost() throws GuestException {
    String configured = System.getenv("DAXCHECK_MIRROR");
    if (!Files.exists(Path.of(KEYRING))) {
      throw new GuestException(KEYRING + " is missing; install debian-archive-keyring");
    }
    Optional<Mirror> found;
    try {
      found =
          parseTargets(
              Command.run(
                      LIMIT,
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
                Command.run(LIMIT, Path.of("/"), Map.of(), "apt-get", "update", "--print-uris")
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

  /** Lines of sources.list for these suites. */
  String sources(List<String> suites) {
    StringBuilder text = new StringBuilder();
    for (String suite : suites) {
      boolean secure = suite.endsWith("-security");
      if (secure && security.isEmpty()) {
        continue;
      }
      String uri = secure ? security.get() : main;
      text.append("deb [signed-by=" + KEYRING + "] " + uri + " " + suite + " main\n");
    }
    return text.toString();
  }
}
