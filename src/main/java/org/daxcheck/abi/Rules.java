package org.daxcheck.abi;

/** The rules by name; their sentences and citations stand in suites/rules.yaml. */
public final class Rules {
  private Rules() {}

  public static final RuleId ATTR_1 = new RuleId("ATTR", 1);
  public static final RuleId ATTR_2 = new RuleId("ATTR", 2);
  public static final RuleId ATTR_3 = new RuleId("ATTR", 3);
  public static final RuleId ATTR_4 = new RuleId("ATTR", 4);
  public static final RuleId ATTR_5 = new RuleId("ATTR", 5);
  public static final RuleId ATTR_6 = new RuleId("ATTR", 6);
  public static final RuleId ATTR_7 = new RuleId("ATTR", 7);

  public static final RuleId WORD_1 = new RuleId("WORD", 1);
  public static final RuleId WORD_2 = new RuleId("WORD", 2);
  public static final RuleId WORD_3 = new RuleId("WORD", 3);
  public static final RuleId WORD_4 = new RuleId("WORD", 4);
  public static final RuleId WORD_5 = new RuleId("WORD", 5);
  public static final RuleId WORD_6 = new RuleId("WORD", 6);

  public static final RuleId TRANS_1 = new RuleId("TRANS", 1);
  public static final RuleId TRANS_2 = new RuleId("TRANS", 2);
  public static final RuleId TRANS_3 = new RuleId("TRANS", 3);
  public static final RuleId TRANS_4 = new RuleId("TRANS", 4);
  public static final RuleId TRANS_5 = new RuleId("TRANS", 5);
  public static final RuleId TRANS_6 = new RuleId("TRANS", 6);
  public static final RuleId TRANS_7 = new RuleId("TRANS", 7);

  public static final RuleId REFUSE_1 = new RuleId("REFUSE", 1);
  public static final RuleId REFUSE_2 = new RuleId("REFUSE", 2);
  public static final RuleId REFUSE_3 = new RuleId("REFUSE", 3);
  public static final RuleId REFUSE_4 = new RuleId("REFUSE", 4);

  public static final RuleId EFFECT_1 = new RuleId("EFFECT", 1);
  public static final RuleId EFFECT_2 = new RuleId("EFFECT", 2);
  public static final RuleId EFFECT_3 = new RuleId("EFFECT", 3);
  public static final RuleId EFFECT_4 = new RuleId("EFFECT", 4);
  public static final RuleId EFFECT_5 = new RuleId("EFFECT", 5);
  public static final RuleId EFFECT_6 = new RuleId("EFFECT", 6);
  public static final RuleId EFFECT_7 = new RuleId("EFFECT", 7);
  public static final RuleId EFFECT_8 = new RuleId("EFFECT", 8);
  public static final RuleId EFFECT_9 = new RuleId("EFFECT", 9);
  public static final RuleId EFFECT_10 = new RuleId("EFFECT", 10);

  public static final RuleId ATOMIC_1 = new RuleId("ATOMIC", 1);
  public static final RuleId ATOMIC_2 = new RuleId("ATOMIC", 2);
  public static final RuleId ATOMIC_3 = new RuleId("ATOMIC", 3);
  public static final RuleId ATOMIC_4 = new RuleId("ATOMIC", 4);
  public static final RuleId ATOMIC_5 = new RuleId("ATOMIC", 5);
  public static final RuleId ATOMIC_6 = new RuleId("ATOMIC", 6);
  public static final RuleId ATOMIC_7 = new RuleId("ATOMIC", 7);

  public static final RuleId POLICY_1 = new RuleId("POLICY", 1);
  public static final RuleId POLICY_2 = new RuleId("POLICY", 2);
  public static final RuleId POLICY_3 = new RuleId("POLICY", 3);
  public static final RuleId POLICY_4 = new RuleId("POLICY", 4);
  public static final RuleId POLICY_5 = new RuleId("POLICY", 5);
  public static final RuleId POLICY_6 = new RuleId("POLICY", 6);
  public static final RuleId POLICY_7 = new RuleId("POLICY", 7);
  public static final RuleId POLICY_8 = new RuleId("POLICY", 8);

  public static final RuleId UNBIND_1 = new RuleId("UNBIND", 1);
  public static final RuleId UNBIND_2 = new RuleId("UNBIND", 2);
  public static final RuleId UNBIND_3 = new RuleId("UNBIND", 3);
  public static final RuleId UNBIND_4 = new RuleId("UNBIND", 4);
  public static final RuleId UNBIND_5 = new RuleId("UNBIND", 5);
  public static final RuleId UNBIND_6 = new RuleId("UNBIND", 6);
  public static final RuleId UNBIND_7 = new RuleId("UNBIND", 7);
  public static final RuleId UNBIND_8 = new RuleId("UNBIND", 8);

  public static final RuleId SYNC_1 = new RuleId("SYNC", 1);
  public static final RuleId SYNC_2 = new RuleId("SYNC", 2);
  public static final RuleId SYNC_3 = new RuleId("SYNC", 3);
  public static final RuleId SYNC_4 = new RuleId("SYNC", 4);
  public static final RuleId SYNC_5 = new RuleId("SYNC", 5);
  public static final RuleId SYNC_6 = new RuleId("SYNC", 6);

  public static final RuleId CONC_1 = new RuleId("CONC", 1);
  public static final RuleId CONC_2 = new RuleId("CONC", 2);
  public static final RuleId CONC_3 = new RuleId("CONC", 3);
  public static final RuleId CONC_4 = new RuleId("CONC", 4);
  public static final RuleId CONC_5 = new RuleId("CONC", 5);
  public static final RuleId CONC_6 = new RuleId("CONC", 6);

  public static final RuleId ROBUST_1 = new RuleId("ROBUST", 1);
  public static final RuleId ROBUST_2 = new RuleId("ROBUST", 2);
  public static final RuleId ROBUST_3 = new RuleId("ROBUST", 3);
  public static final RuleId ROBUST_4 = new RuleId("ROBUST", 4);
  public static final RuleId ROBUST_5 = new RuleId("ROBUST", 5);
}
