package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.KeyPair;
import java.util.Base64;
import org.testng.annotations.Test;

public class GuestKeysTest {
  @Test
  public void areReadByAnSshClient() throws Exception {
    GuestKeys.Key key = GuestKeys.Key.fresh();

    KeyPair read = KeyPair.load(new JSch(), key.openSsh(), null);

    assertThat(read.isEncrypted()).isFalse();
    assertThat(read.getPublicKeyBlob()).isEqualTo(key.publicBlob());
    byte[] signature = read.getSignature("daxcheck".getBytes());
    assertThat(signature).isNotEmpty();
    read.dispose();
  }

  @Test
  public void areFreshForEachGuest() {
    GuestKeys one = GuestKeys.fresh();
    GuestKeys other = GuestKeys.fresh();

    assertThat(one.host().secret()).isNotEqualTo(other.host().secret());
    assertThat(one.host().secret()).isNotEqualTo(one.user().secret());
  }

  @Test
  public void haveTheFormsOfTheirReaders() {
    GuestKeys.Key key = GuestKeys.Key.fresh();

    // Two lengths, the type, and both halves of 32 bytes.
    assertThat(key.dropbear()).hasSize(4 + 11 + 4 + 64).endsWith(key.open());
    String[] line = key.publicLine().split(" ");
    assertThat(line[0]).isEqualTo("ssh-ed25519");
    assertThat(Base64.getDecoder().decode(line[1])).isEqualTo(key.publicBlob());
  }
}
