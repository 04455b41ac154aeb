package org.daxcheck.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.testng.annotations.Test;

/** A target that is another one must not answer for itself what it forgot to ask. */
public class ForwardingTargetTest {
  @Test
  public void everyQuestionIsForwarded() {
    Stream<Method> questions =
        Stream.of(Target.class.getDeclaredMethods())
            .filter(m -> !m.isSynthetic())
            .filter(m -> !m.getName().equals("close"));
    assertThat(questions)
        .isNotEmpty()
        .allSatisfy(
            m ->
                assertThat(
                        ForwardingTarget.class.getDeclaredMethod(
                            m.getName(), m.getParameterTypes()))
                    .isNotNull());
  }
}
