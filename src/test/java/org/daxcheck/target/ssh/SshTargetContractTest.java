package org.daxcheck.target.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.step.BlockRef.Place;
import org.daxcheck.step.Step;
import org.daxcheck.target.Subject;
import org.daxcheck.target.Target;
import org.daxcheck.target.TargetContract;
import org.daxcheck.target.TargetException;
import org.daxcheck.target.TargetSource;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;

/** The contract of targets, kept over SSH by an agent that is played in this process. */
public class SshTargetContractTest extends TargetContract {
  private AgentServer server;

  @Override
  protected List<Subject> subjects() throws Exception {
    server = new AgentServer();
    return List.of(new OverSsh(server, List.of(2)), new OverSsh(server, List.of(1, 2, 1)));
  }

  /** What was closed left no connection. */
  @Test(priority = 1)
  public void nothingIsLeftBehind() throws Exception {
    assertThat(server.isLeftAlone()).isTrue();
  }

  @AfterClass(alwaysRun = true)
  public void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static final class OverSsh extends Subject {
    private static final String TOPOLOGY = "played";

    private final List<Integer> blocks;
    private final Source source;

    OverSsh(AgentServer server, List<Integer> blocks) {
      this.blocks = blocks;
      this.source = new Source(server, blocks);
    }

    @Override
    public TargetSource source() {
      return source;
    }

    @Override
    public String topology() {
      return TOPOLOGY;
    }

    @Override
    public boolean hasClock() {
      return true;
    }

    @Override
    public List<Step> can() {
      return List.of();
    }

    @Override
    public Map<Step, String> cannot() {
      return Map.of(
          new Step.Inject(Optional.of(Step.Change.ONLINE), Errno.ENOMEM),
          "cannot be told to refuse memory blocks",
          new Step.RefuseAdd(Optional.of(Place.LAST), Errno.ENOMEM),
          "no module that makes adding memory fail",
          new Step.Occupy(Optional.of(Place.LAST)),
          "no module that makes adding memory fail",
          new Step.Delay(Optional.of(Step.Point.ADD), 5),
          "no module that makes adding memory fail",
          new Step.FailNth(new Step.Unbind(), Step.Memory.SLAB, 1, 1),
          "cannot make an allocation fail",
          new Step.NeighbourWrite(Word.UNPLUGGED),
          "no other dax device");
    }

    @Override
    public Target next() throws TargetException {
      return source.fresh(TOPOLOGY);
    }

    @Override
    public String toString() {
      return "ssh " + blocks;
    }
  }

  /** Opens a target on a kernel of its own. */
  private record Source(AgentServer server, List<Integer> blocks, boolean[] closed)
      implements TargetSource {
    Source(AgentServer server, List<Integer> blocks) {
      this(server, blocks, new boolean[1]);
    }

    @Override
    public String name() {
      return "ssh";
    }

    @Override
    public List<Integer> shape(String topology) throws TargetException {
      if (!topology.equals(OverSsh.TOPOLOGY)) {
        throw new TargetException("there is no topology " + topology);
      }
      return blocks;
    }

    @Override
    public Target fresh(String topology) throws TargetException {
      if (closed[0]) {
        throw new TargetException("the source was closed");
      }
      server.speaks(new PlayedAgent(PlayedAgent.kernel(shape(topology))));
      return SshTarget.open(
          server.endpoint(), "ssh", topology, Policy.ONLINE_MOVABLE, "dax0.0", Optional.empty());
    }

    @Override
    public void close() {
      closed[0] = true;
    }
  }
}
