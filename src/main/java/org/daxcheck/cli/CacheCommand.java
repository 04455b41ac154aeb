package org.daxcheck.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.daxcheck.guest.CacheContents;
import org.daxcheck.guest.CacheEntry;
import org.daxcheck.guest.GuestException;
import org.daxcheck.report.Text;
import org.daxcheck.run.Failure;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description =
        "Lists what daxcheck keeps to be faster: packages, kernels, drivers and what guests boot with;"
            + " 'prune' removes some of it.",
    subcommands = CacheCommand.Prune.class)
final class CacheCommand implements Callable<Integer> {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneId.systemDefault());

  @Override
  public Integer call() {
    CacheContents cache = CacheContents.ofUser();
    try {
      List<CacheEntry> all = cache.entries();
      System.out.printf("%10s  %-10s  %s%n", "size", "last used", "what, and how it was made");
      all.forEach(e -> System.out.println(line(e)));
      System.out.printf(
          "%10s  in %s, %s; at most %s, then what was not used for longest goes%n",
          CacheContents.text(CacheContents.bytes(all)),
          cache.root(),
          Text.count(all.size(), "thing", "things"),
          CacheContents.text(cache.limit()));
      return 0;
    } catch (GuestException e) {
      throw new Failure(e);
    }
  }

  private static String line(CacheEntry entry) {
    return "%10s  %-10s  %s (%s)"
        .formatted(
            CacheContents.text(entry.bytes()), DAY.format(entry.used()), entry.name(), entry.how());
  }

  @Command(
      name = "prune",
      mixinStandardHelpOptions = true,
      description =
          "Removes what was not used for longest, down to the size that the cache may have; never what"
              + " a running daxcheck uses. What is missing is made anew when it is needed.")
  static final class Prune implements Callable<Integer> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([KMGT]?)");

    /** One of them. */
    static final class Bound {
      @Option(names = "--all", description = "all of it")
      private boolean all;

      @Option(
          names = "--older",
          paramLabel = "DAYS",
          description = "what was not used for so many days")
      private Integer days;

      @Option(
          names = "--to",
          paramLabel = "SIZE",
          description = "down to this size, such as 500M or 2G")
      private String size;
    }

    @ArgGroup private Bound bound = new Bound();

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
      CacheContents cache = CacheContents.ofUser();
      Instant now = Instant.now();
      try {
        CacheContents.Removal done =
            cache.prune(
                bound.days == null ? Instant.MAX : now.minus(days()),
                bound.all || bound.days != null ? 0 : bound.size == null ? cache.limit() : size(),
                text -> System.err.println("daxcheck: " + text));
        done.removed().forEach(e -> System.out.println("removed " + line(e).strip()));
        done.kept().forEach(e -> System.out.println("in use  " + line(e).strip()));
        System.out.printf(
            "%s removed, %s left in %s%n",
            CacheContents.text(done.bytes()),
            CacheContents.text(CacheContents.bytes(cache.entries())),
            cache.root());
        return 0;
      } catch (GuestException e) {
        throw new Failure(e);
      }
    }

    private Duration days() {
      if (bound.days < 0) {
        throw usage("--older " + bound.days + " is no number of days");
      }
      return Duration.ofDays(bound.days);
    }

    private long size() {
      Matcher size = SIZE.matcher(bound.size);
      if (!size.matches()) {
        throw usage("--to '" + bound.size + "' is no size such as 500M or 2G");
      }
      return Long.parseLong(size.group(1)) << 10 * " KMGT".indexOf((size.group(2) + " ").charAt(0));
    }

    private CommandLine.ParameterException usage(String message) {
      return new CommandLine.ParameterException(spec.commandLine(), message);
    }
  }
}
