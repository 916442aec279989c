using LocalCast.Testing;

namespace LocalCast.Supervision.Tests.Running;

public sealed class RehearsalTests
{
    [Fact]
    public async Task Play_TwoNodes_BootInAFolderThatIsGoneAfterwards()
    {
        var launched = new List<string>();
        string folder = "";

        bool isPlayed = await Rehearsal.PlayAsync(
            (manifest, generation, token, where) =>
            {
                launched.Add(manifest.Name);
                folder = where;
                return SupervisorRig.Spec(manifest, generation, token);
            },
            TimeProvider.System);

        Assert.True(isPlayed);
        Assert.Equal(["first", "second"], launched);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Play_NothingComesUp_EndsAllTheSame()
    {
        var time = new FakeTimeProvider();
        Task<bool> playing = Rehearsal.PlayAsync((_, _, _, _) => throw new IOException("the disk is full"), time);

        while (!playing.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.False(await playing);
    }
}
