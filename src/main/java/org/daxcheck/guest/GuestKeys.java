package org.daxcheck.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** The Ed25519 keys of one guest, made for it and known to both sides before it starts. */
record GuestKeys(Key host, Key user) {
  private static final String TYPE = "ssh-ed25519";

  static GuestKeys fresh() {
    return new GuestKeys(Key.fresh(), Key.fresh());
  }

  /**
   * One key pair (RFC 8032).
   *
   * @param secret the 32 bytes of the private key
   * @param open the 32 bytes of the public key
   */
  record Key(byte[] secret, byte[] open) {
    static Key fresh() {
      try {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        // In PKCS#8 and in X.509 an Ed25519 key stands raw at the end (RFC 8410).
        byte[] secret = pair.getPrivate().getEncoded();
        byte[] open = pair.getPublic().getEncoded();
        return new Key(
            Arrays.copyOfRange(secret, secret.length - 32, secret.length),
            Arrays.copyOfRange(open, open.length - 32, open.length));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Java has Ed25519 since 15", e);
      }
    }

    /** The public key in SSH's wire form (RFC 8709). */
    byte[] publicBlob() {
      return new Wire().string(TYPE).string(open).bytes();
    }

    /** The public key as authorized_keys and known_hosts have it, without a comment. */
    String publicLine() {
      return TYPE + " " + Base64.getEncoder().encodeToString(publicBlob());
    }

    /** The private key as dropbear keeps it: type, then both halves as one string. */
    byte[] dropbear() {
      return new Wire().string(TYPE).string(both()).bytes();
    }

    /** The private key as OpenSSH keeps it, without a passphrase (PROTOCOL.key). */
    byte[] openSsh() {
      // Two equal numbers tell a reader that the passphrase was right; there is none.
      Wire secrets = new Wire().number(0).number(0);
      secrets.string(TYPE).string(open).string(both()).string("daxcheck guest");
      for (int pad = 1; secrets.size() % 8 != 0; pad++) {
        secrets.one(pad);
      }
      byte[] all =
          new Wire()
              .raw("openssh-key-v1\0")
              .string("none")
              .string("none")
              .string("")
              .number(1)
              .string(publicBlob())
              .string(secrets.bytes())
              .bytes();
      String text = Base64.getMimeEncoder(70, new byte[] {'\n'}).encodeToString(all);
      return ("-----BEGIN OPENSSH PRIVATE KEY-----\n"
              + text
              + "\n-----END OPENSSH PRIVATE KEY-----\n")
          .getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] both() {
      byte[] both = Arrays.copyOf(secret, 64);
      System.arraycopy(open, 0, both, 32, 32);
      return both;
    }
  }

  /** Writes SSH's data types (RFC 4251, 5). */
  private static final class Wire {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Wire number(int value) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
      return this;
    }

    Wire string(byte[] value) {
      number(value.length);
      out.writeBytes(value);
      return this;
    }

    Wire string(String value) {
      return string(value.getBytes(StandardCharsets.US_ASCII));
    }

    Wire raw(String value) {
      out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
      return this;
    }

    void one(int value) {
      out.write(value);
    }

    int size() {
      return out.size();
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
