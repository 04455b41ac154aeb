package org.daxcheck.target.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** Addresses of machines. */
public class AddressTest {
  @Test
  public void readsUserHostAndPort() {
    assertThat(Address.of("ssh://root@lab1")).isEqualTo(new Address("root", "lab1", 22));
    assertThat(Address.of("ssh://me@10.0.0.7:2222/"))
        .isEqualTo(new Address("me", "10.0.0.7", 2222))
        .hasToString("me@10.0.0.7:2222");
    assertThat(Address.of("ssh://me@[fe80::1]:22").host()).isEqualTo("fe80::1");
  }

  @DataProvider
  public Object[][] bad() {
    return new Object[][] {
      {"ssh://lab1", "names no user"},
      {"http://me@lab1", "does not begin with ssh://"},
      {"ssh://me@", "names no host"},
      {"ssh://me@lab1/path", "stands behind"},
      {"ssh://me@lab1:70000", "not from 1 to 65535"},
      {"ssh://me@lab 1", "character"},
    };
  }

  @Test(dataProvider = "bad")
  public void saysWhatIsWrong(String text, String why) {
    assertThatThrownBy(() -> Address.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .hasMessageContaining("write ssh://user@host");
  }
}
