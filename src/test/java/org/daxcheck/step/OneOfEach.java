package org.daxcheck.step;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.daxcheck.abi.Driver;
import org.daxcheck.abi.Errno;
import org.daxcheck.abi.Policy;
import org.daxcheck.abi.Word;
import org.daxcheck.step.BlockRef.Place;
import org.testng.annotations.DataProvider;

/** A step of every kind. */
public final class OneOfEach {
  private OneOfEach() {}

  /** Every kind. */
  @DataProvider
  public static Object[][] kinds() {
    return Arrays.stream(Step.Kind.values()).map(k -> new Object[] {k}).toArray(Object[][]::new);
  }

  /** A step of this kind. */
  public static Step of(Step.Kind kind) {
    return switch (kind) {
      case WRITE -> new Step.Write(Payload.line("online"), Step.Who.ROOT, 3);
      case READ -> new Step.Read(Step.Who.NOBODY);
      case BIND -> new Step.Bind(Driver.KMEM);
      case UNBIND -> new Step.Unbind();
      case SET_POLICY -> new Step.SetPolicy(Policy.OFFLINE);
      case BLOCK_WRITE -> new Step.BlockWrite(BlockRef.ofDevice(Place.LAST), "offline");
      case PIN -> new Step.Pin(BlockRef.ofDevice(Place.at(0)));
      case UNPIN -> new Step.Unpin();
      case UNLOAD -> new Step.Unload();
      case LOAD -> new Step.Load();
      case AWAIT -> new Step.Await(Word.ONLINE, 2_000);
      case SLEEP -> new Step.Sleep(1, 2);
      case SIGNAL -> new Step.Signal("P0", "USR2", 5);
      case FILL -> new Step.Fill(4L << 20);
      case VERIFY -> new Step.Verify();
      case FREE -> new Step.Free();
      case INJECT -> new Step.Inject(Optional.of(Step.Change.ONLINE), Errno.ENOMEM);
      case REFUSE_ADD -> new Step.RefuseAdd(Optional.of(Place.LAST), Errno.ENOMEM);
      case OCCUPY -> new Step.Occupy(Optional.of(Place.at(0)));
      case RESHAPE -> new Step.Reshape(Step.Shape.SIZE);
      case NEIGHBOUR_WRITE -> new Step.NeighbourWrite(Word.UNPLUGGED);
      case DELAY -> new Step.Delay(Optional.of(Step.Point.ADD), 50);
      case FAIL_NTH -> new Step.FailNth(new Step.Bind(Driver.KMEM), Step.Memory.SLAB, 17, 17);
      case ACTORS ->
          new Step.Actors(
              List.of(
                  new Step.Actor("P0", List.of(new Step.Unbind())),
                  new Step.Actor("P1", List.of(of(Step.Kind.SIGNAL)))),
              10_000);
      case LOOK -> Step.Look.at(Step.Aspect.IOMEM);
    };
  }
}
