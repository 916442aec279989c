using Microsoft.Extensions.Logging;

namespace LocalCast.Broadcasting.Internal;

/// <summary>The way to the keeper, if there is one. What it throws is logged and stays its own; what it is told comes one after the other, in the order in which it was noted.</summary>
internal sealed class KeeperLink(ILogger logger, INodeKeeper? keeper)
{
    private readonly Queue<Action<INodeKeeper>> _news = new();
    private readonly Lock _lock = new();
    private bool _isTelling;

    public bool IsThere => keeper is not null;

    public IReadOnlyCollection<string> Methods => Ask(k => k.Methods, [], nameof(INodeKeeper.Methods));

    /// <summary>A keeper that fails to judge keeps nobody out.</summary>
    public Admission Admit(string name, int? pid, string? token) => Ask(k => k.Admit(name, pid, token), default, nameof(INodeKeeper.Admit));

    public WakeAnswer Wake(string name, string by) => Ask(k => k.Wake(name, by), default, nameof(INodeKeeper.Wake));

    public string? Explain(string name) => Ask(k => k.Explain(name), null, nameof(INodeKeeper.Explain));

    /// <returns>Whether it knows the method; <see langword="null"/> when it failed.</returns>
    public bool? TryCall(IAgentCall call) => Ask<bool?>(k => k.TryCall(call), null, nameof(INodeKeeper.TryCall));

    /// <summary>Notes what the keeper is to be told. Called under the lock that says what comes first; told by <see cref="Tell"/>.</summary>
    public void Note(Action<INodeKeeper> news)
    {
        if (keeper is null)
        {
            return;
        }

        lock (_lock)
        {
            _news.Enqueue(news);
        }
    }

    /// <summary>Tells what is noted, unless another thread is at it, or this one further up: then that one goes on with it. Called under no lock.</summary>
    public void Tell()
    {
        if (keeper is null)
        {
            return;
        }

        bool isFirst = true;
        while (TryNext(isFirst, out Action<INodeKeeper>? news))
        {
            isFirst = false;
            try
            {
                news(keeper);
            }
            catch (Exception e)
            {
                HubLog.KeeperDefect(logger, "events", e); // the next one is told all the same
            }
        }
    }

    private bool TryNext(bool isFirst, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Action<INodeKeeper>? news)
    {
        lock (_lock)
        {
            news = null;
            if (isFirst && _isTelling)
            {
                return false;
            }

            _isTelling = _news.TryDequeue(out news);
            return news is not null;
        }
    }

    private T Ask<T>(Func<INodeKeeper, T> question, T otherwise, string member)
    {
        if (keeper is null)
        {
            return otherwise;
        }

        try
        {
            return question(keeper);
        }
        catch (Exception e)
        {
            HubLog.KeeperDefect(logger, member, e); // never the participant's fault
            return otherwise;
        }
    }
}
