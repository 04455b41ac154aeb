package org.daxcheck.target.ssh;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * A machine's SSH server, as {@code ssh://user@host:port}.
 *
 * @param user who logs in
 * @param host its name or address; an IPv6 address without brackets
 * @param port 22 where none is given
 */
public record Address(String user, String host, int port) {
  private static final int SSH = 22;
  private static final int MOST = 65_535;

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException with a sentence, for text that is none
   */
  public static Address of(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw wrong(
          text, "at character " + (e.getIndex() + 1) + " there is something that is no URL");
    }
    if (!"ssh".equals(uri.getScheme())) {
      throw wrong(text, "it does not begin with ssh://");
    }
    if (uri.getHost() == null) {
      throw wrong(text, "it names no host");
    }
    if (uri.getUserInfo() == null || !uri.getUserInfo().matches("[A-Za-z0-9_.-]+")) {
      throw wrong(text, "it names no user");
    }
    boolean more = uri.getPath() != null && !uri.getPath().matches("/?");
    if (more || uri.getQuery() != null || uri.getFragment() != null) {
      throw wrong(text, "something stands behind host and port");
    }
    int port = uri.getPort() == -1 ? SSH : uri.getPort();
    if (port < 1 || port > MOST) {
      throw wrong(text, "port " + port + " is not from 1 to " + MOST);
    }
    return new Address(uri.getUserInfo(), uri.getHost().replaceAll("[\\[\\]]", ""), port);
  }

  private static IllegalArgumentException wrong(String text, String why) {
    return new IllegalArgumentException(
        "'" + text + "' is no address: " + why + "; write ssh://user@host or ssh://user@host:port");
  }

  @Override
  public String toString() {
    return user + "@" + host + (port == SSH ? "" : ":" + port);
  }
}
