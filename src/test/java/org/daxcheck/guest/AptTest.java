package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.daxcheck.guest.Apt.Version;
import org.testng.annotations.Test;

public class AptTest {
  @Test
  public void findsTheHostsMirror() {
    String targets =
        """
        http://other.example/repo nodistro main
        http://mirror.example/debian-security/ bookworm-security main
        http://mirror.example/debian/ bookworm contrib
        http://mirror.example/debian/ bookworm main
        """;

    assertThat(Mirror.parseTargets(targets))
        .contains(
            new Mirror(
                "http://mirror.example/debian/",
                Optional.of("http://mirror.example/debian-security/")));
    assertThat(Mirror.parseTargets("http://other.example/repo nodistro main\n")).isEmpty();
  }

  @Test
  public void findsTheMirrorBeforeTheFirstUpdate() {
    String addresses =
        """
        'http://other.example/repo/dists/nodistro/InRelease' other_InRelease 0\s
        'http://mirror.example/debian/dists/bookworm/InRelease' mirror_InRelease 0\s
        'http://mirror.example/debian-security/dists/bookworm-security/InRelease' sec_InRelease 0\s
        'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' packages 0\s
        """;

    assertThat(Mirror.parseAddresses(addresses))
        .contains(
            new Mirror(
                "http://mirror.example/debian",
                Optional.of("http://mirror.example/debian-security")));
  }

  @Test
  public void asksForSecurityOnlyWhereTheHostHasIt() throws GuestException {
    List<String> suites = List.of("trixie", "trixie-security");

    assertThat(new Mirror("http://a/debian", Optional.empty()).sources(suites))
        .endsWith("http://a/debian trixie main\n")
        .hasLineCount(1);
    assertThat(new Mirror("http://a/debian", Optional.of("http://b/s")).sources(suites))
        .contains("http://b/s trixie-security main");
  }

  @Test
  public void takesTheNetworkButNoHooksFromTheHost() {
    String dumped =
        """
        DPkg::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb";
        APT::Update::Post-Invoke:: "touch /";
        Acquire::http "";
        Acquire::http::Proxy "http://proxy.example:3128";
        Acquire::ForceIPv4 "true";
        Acquire::AllowInsecureRepositories "1";
        """;

    assertThat(Apt.configuration(Path.of("/state"), dumped))
        .contains("Acquire::http::Proxy \"http://proxy.example:3128\";")
        .contains("Acquire::ForceIPv4 \"true\";")
        .contains("Dir::Etc::parts \"/dev/null\";")
        .doesNotContain("Invoke", "Insecure");
  }

  @Test
  public void readsVersions() {
    String madison =
        """
         busybox-static | 1:1.37.0-6+b9 | http://m/debian trixie/main amd64 Packages
         linux-image-7.3.4+deb13-amd64 | 7.3.4-1~bpo13+1 | http://m trixie-backports/main Packages
              linux | 7.3.4-1~bpo13+1 | http://m/debian trixie-backports/main Sources
        """;

    assertThat(Apt.parseMadison(madison))
        .containsExactly(
            new Version("busybox-static", "1:1.37.0-6+b9"),
            new Version("linux-image-7.3.4+deb13-amd64", "7.3.4-1~bpo13+1"));
  }

  @Test
  public void readsDependenciesOfTheFirstVersionShown() {
    String show =
        """
        Package: p
        Pre-Depends: libc6:any (>= 2.38)
        Depends: dracut | initramfs-tools (>= 0.120), linux-binary-7 (= 7.3.4-1)
        Suggests: nothing

        Package: p
        Depends: older
        """;

    assertThat(Apt.parseDepends(show))
        .containsExactly(
            new Version("libc6", ""),
            new Version("dracut", ""),
            new Version("linux-binary-7", "7.3.4-1"));
  }

  @Test
  public void triesStockKernelsFromTheNewest() {
    List<Version> all =
        List.of(
            new Version("linux-image-7.2.12+deb13-amd64", "7.2.12-1~bpo13+1"),
            new Version("linux-image-7.3.4+deb13-amd64", "7.3.4-1~bpo13+1"),
            new Version("linux-image-7.3.10+deb13-amd64", "7.3.10-1~bpo13+1"),
            new Version("linux-image-7.3.11+deb13-cloud-amd64", "7.3.11-1"),
            new Version("linux-image-7.3.11+deb13-amd64-dbg", "7.3.11-1"));

    assertThat(Kernels.newestFirst(all))
        .extracting(Version::version)
        .containsExactly("7.3.10-1~bpo13+1", "7.3.4-1~bpo13+1");
  }

  @Test
  public void readsWhatAptWouldFetch() {
    String uris =
        """
        Reading package lists...
        'http://a/debian/pool/main/g/glibc/libc6_2.41-12%2bdeb13u5_amd64.deb' libc6_2.41-12+deb13u5_amd64.deb 2850108 SHA256:00
        'http://a/debian/pool/main/q/qemu/q.deb' qemu-system-x86_1%3a11.1.3+ds-1~bpo13+1_amd64.deb 10377056 SHA256:00
        """;

    assertThat(Apt.parseFiles(uris))
        .containsExactly(
            new Version("libc6", "2.41-12+deb13u5"),
            new Version("qemu-system-x86", "1:11.1.3+ds-1~bpo13+1"));
  }
}
