package org.daxcheck.guest;

import static org.assertj.core.api.Assertions.assertThat;

import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class DebianVersionTest {
  @DataProvider
  public Object[][] ascending() {
    return new Object[][] {
      {"7.3~", "7.3.4-1"},
      {"7.3.4-1", "7.3.10-1"},
      {"7.3.4-1~bpo13+1", "7.3.4-1"},
      {"7.3~rc2-1~exp1", "7.3-1"},
      {"6.12.107-1", "7.3.4-1"},
      {"1.0", "1.0+b1"},
      {"9.9", "1:0.1"},
      {"1.0-1", "1.0-1.1"},
      {"1.0a", "1.0+"},
    };
  }

  @Test(dataProvider = "ascending")
  public void ordersAsDebianDoes(String less, String more) {
    assertThat(new DebianVersion(less)).isLessThan(new DebianVersion(more));
    assertThat(new DebianVersion(more)).isGreaterThan(new DebianVersion(less));
    assertThat(new DebianVersion(less)).isEqualByComparingTo(new DebianVersion(less));
  }
}
