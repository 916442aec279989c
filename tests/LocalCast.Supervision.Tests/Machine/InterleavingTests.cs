using FsCheck;
using FsCheck.Fluent;

namespace LocalCast.Supervision.Tests;

/// <summary>
/// Random interleavings of everything that can happen, on random graphs, in a world that answers when it likes. The dice are loaded with
/// the same numbers every time; the message of a failure names the seed and the moves, from which it can be played again.
/// </summary>
public sealed class InterleavingTests
{
    private const int Sequences = 700;
    private const int Length = 60;

    private static readonly Gen<World.Move> _moves = Gen.Frequency(
        (2, Gen.Elements(World.Move.Start, World.Move.Stop, World.Move.Restart, World.Move.Activate, World.Move.Upgrade, World.Move.Reload)),
        (1, Gen.Elements(World.Move.Crash, World.Move.Crash, World.Move.Disconnect, World.Move.Hang, World.Move.Stale, World.Move.Stranger)),
        (3, Gen.Elements(World.Move.Short, World.Move.Short, World.Move.Long)));

    private static readonly Gen<(int Seed, World.Move[] Moves)> _sequences =
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from moves in _moves.ArrayOf(Length)
        select (seed, moves);

    [Fact]
    public void AnyInterleaving_ThenQuiet_EverythingWantedIsUpAndNothingElse() => Check(world =>
    {
        world.Quiet();
        world.CheckRest();
    });

    [Fact]
    public void AnyInterleaving_ThenStopAll_NothingIsLeft() => Check(world =>
    {
        world.StopAll();
        world.Quiet();
        world.CheckAllDown();
    });

    private static void Check(Action<World> end) => Prop.ForAll(_sequences.ToArbitrary(), sequence =>
    {
        var world = new World(sequence.Seed);
        foreach (World.Move move in sequence.Moves)
        {
            world.Step(move);
        }

        end(world);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences).WithReplay(20260103, 40507));
}
