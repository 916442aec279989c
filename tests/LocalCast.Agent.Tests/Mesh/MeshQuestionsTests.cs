using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>What the agent itself asks of the mesh.</summary>
public sealed class MeshQuestionsTests
{
    private static readonly NodeDescription _dns = new() { Name = "dns", Version = "1.0.0", State = "Ready" };
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new();
    private readonly MeshDriver _driver;
    private readonly MeshQuestions _questions;
    private readonly List<AnswerRequest> _ofParticipants = [];

    public MeshQuestionsTests()
    {
        var random = new Random(1);
        var machine = new MeshMachine(new MeshSelf { Id = "here", Name = "here", Network = "test", Boot = 1 }, new MeshOptions(), new AddressBook(random), new MisbehaviourLedger(), random);
        _driver = new MeshDriver(machine, _time) { Perform = Perform };
        _questions = new MeshQuestions(_driver);
    }

    [Fact]
    public async Task ShowsItself_NodeIsThereAndFits_IsAnswered()
    {
        _driver.Do(0, static (machine, _, now) => machine.SetNodes([_dns], now));

        Assert.True(await AskAsync(node => node.Version == "1.0.0").DefaultTimeout());
        Assert.Empty(_ofParticipants);
    }

    [Fact]
    public async Task ShowsItself_NobodyFits_EndsWithItsTime()
    {
        _driver.Do(0, static (machine, _, now) => machine.SetNodes([_dns], now));
        Task<bool> asking = AskAsync(node => node.Version == "2.0.0");
        Assert.False(asking.IsCompleted);

        _time.Advance(_within);
        _driver.Do(0, static (machine, _, now) => machine.Tick(now));

        Assert.False(await asking.DefaultTimeout());
    }

    [Fact]
    public async Task ShowsItself_TheMeshIsLeft_NobodyWaitsForEver()
    {
        Task<bool> before = AskAsync(_ => true);
        _questions.End();
        Task<bool> after = AskAsync(_ => true);

        Assert.False(await before.DefaultTimeout());
        Assert.False(await after.DefaultTimeout());
    }

    [Fact]
    public void Answer_OfAParticipantsRequest_IsNotTaken()
    {
        _driver.Do(0, static (machine, _, now) => machine.Require(uint.MaxValue, ["nobody"], now.Now, now));
        _driver.Do(0, static (machine, _, now) => machine.Tick(now));

        Assert.Equal(uint.MaxValue, Assert.Single(_ofParticipants).Request);
    }

    private Task<bool> AskAsync(Predicate<NodeDescription> fits) => _questions.ShowsItselfAsync("dns", fits, _within, _within);

    private void Perform(MeshEffect effect)
    {
        if (effect is AnswerRequest answer && !_questions.TryTake(answer))
        {
            _ofParticipants.Add(answer);
        }
    }
}
