using System.Collections.Concurrent;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Tests.Keeping;

/// <summary>A keeper that says what the test has it say, and remembers what it is told. The tag of an instance is the number behind its token.</summary>
internal sealed class FakeKeeper : INodeKeeper
{
    private readonly ConcurrentQueue<string> _news = new();

    /// <summary>What it was told, one line each.</summary>
    public IReadOnlyList<string> News => [.. _news];

    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<IAgentCall> Calls { get; } = new();

    public Func<string, int?, string?, Admission> OnAdmit { get; set; } =
        (_, _, token) => token is null ? default : new Admission(int.Parse(token[^1..], System.Globalization.CultureInfo.InvariantCulture), StandsBy: token.StartsWith("standby", StringComparison.Ordinal));

    public Func<string, WakeAnswer> OnWake { get; set; } = _ => default;

    public Func<string, string?> OnExplain { get; set; } = _ => null;

    public Func<IAgentCall, bool> OnCall { get; set; } = _ => false;

    /// <summary>Called with every piece of news.</summary>
    public Action<string> OnNews { get; set; } = _ => { };

    public IReadOnlyCollection<string> Methods { get; set; } = [];

    public Admission Admit(string name, int? pid, string? token)
    {
        Asked.Enqueue($"admit {name} {pid?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"} {token}");
        return OnAdmit(name, pid, token);
    }

    public void Arrived(NodeDescription node, long tag) => Note($"arrived {node.Name} {tag}");

    public void Ready(string name, long tag) => Note($"ready {name} {tag}");

    public void Left(string name, long tag, ErrorInfo reason) => Note($"left {name} {tag} {reason.Code}");

    public void Ponged(string name, long tag) => Note($"ponged {name} {tag}");

    public void Extended(string name, long tag, TimeSpan more) => Note($"extended {name} {tag} {more.TotalMilliseconds}");

    public void CannotStop(string name, long tag) => Note($"cannot-stop {name} {tag}");

    public void Drained(string name, long tag) => Note($"drained {name} {tag}");

    public WakeAnswer Wake(string name, string by)
    {
        Asked.Enqueue($"wake {name} {by}");
        return OnWake(name);
    }

    public string? Explain(string name) => OnExplain(name);

    public bool TryCall(IAgentCall call)
    {
        Calls.Enqueue(call);
        return OnCall(call);
    }

    private void Note(string news)
    {
        _news.Enqueue(news);
        OnNews(news);
    }
}
