package org.daxcheck.target;

import java.util.ArrayList;
import java.util.List;
import org.testng.annotations.AfterClass;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

/** The contract of targets and their sources, for every kind of target alike. */
public abstract class TargetContract {
  private List<Subject> subjects = List.of();

  /** The targets that are checked, one after the other. */
  protected abstract List<Subject> subjects() throws Exception;

  /** Every clause for the first target, then for the next. */
  @DataProvider
  public Object[][] clauses() throws Exception {
    subjects = subjects();
    List<Object[]> rows = new ArrayList<>();
    for (Subject subject : subjects) {
      for (Clause clause : Clause.values()) {
        rows.add(new Object[] {subject, clause});
      }
    }
    return rows.toArray(Object[][]::new);
  }

  @Test(dataProvider = "clauses", timeOut = 300_000)
  public void keeps(Object subject, Object clause) throws Exception {
    ((Clause) clause).check((Subject) subject);
  }

  @AfterClass(alwaysRun = true)
  public void closeAll() throws Exception {
    for (Subject subject : subjects) {
      subject.close();
    }
  }
}
