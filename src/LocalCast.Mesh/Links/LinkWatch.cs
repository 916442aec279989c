using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Whether the other side of a link lives, and how far away it is.</summary>
internal sealed class LinkWatch(MeshOptions options, MeshOutput output, Random random)
{
    /// <summary>An honest answer takes a round trip; after this nobody relies on the link any more, though it is not yet given up.</summary>
    private static readonly TimeSpan AnswerExpected = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan MeasureFirst = TimeSpan.FromSeconds(2);

    /// <summary>Called when a link became suspect, or is so no more.</summary>
    public required Action<PeerLink> Doubted { get; init; }

    /// <summary>Asks, doubts, or finds that nobody is there any more.</summary>
    /// <returns>Whether the link is to be given up.</returns>
    public bool IsDead(PeerLink link, TimeSpan now)
    {
        switch (link.KeepAlive.Tick(now))
        {
            case KeepAliveAction.SendPing:
                link.AskedAt = now;
                Ask(link, now);
                return false;
            case KeepAliveAction.Close:
                return true;
            default:
                Measure(link, now);
                if (!link.IsSuspect && now - link.AskedAt >= AnswerExpected)
                {
                    link.IsSuspect = true;
                    Doubted(link);
                }

                return now - link.ClearingSince >= options.KeepAliveAnswer;
        }
    }

    /// <summary>When <see cref="IsDead"/> has something to do, if nothing comes in until then.</summary>
    public TimeSpan DueOf(PeerLink link)
    {
        TimeSpan due = link.KeepAlive.NextDue;
        due = options.MeasureEvery > TimeSpan.Zero ? MeshMachine.Earliest(due, link.MeasureAt) : due;
        due = link.ClearingSince is { } since ? MeshMachine.Earliest(due, since + options.KeepAliveAnswer) : due;
        return !link.IsSuspect && link.AskedAt is { } asked ? MeshMachine.Earliest(due, asked + AnswerExpected) : due;
    }

    /// <summary>The handshake ran on cold code, and distances change; and a line that was cut in silence shows.</summary>
    private void Measure(PeerLink link, TimeSpan now)
    {
        if (options.MeasureEvery > TimeSpan.Zero && now >= link.MeasureAt)
        {
            link.MeasureAt = now + options.MeasureEvery;
            link.AskedAt ??= now;
            Ask(link, now);
        }
    }

    /// <summary>
    /// A sign of life. It does not lift a suspicion: over a line that was cut and mended comes first what was under way when it was cut, and the other side may have
    /// given the link up since. So it is asked anew, and has to answer.
    /// </summary>
    public void Lives(PeerLink link, TimeSpan now)
    {
        link.KeepAlive.Received(now);
        link.AskedAt = null;
        if (link is { IsSuspect: true, ClearingSince: null })
        {
            link.ClearingSince = now;
            Ask(link, now);
        }
    }

    /// <summary>The two know each other now.</summary>
    public static void Opened(PeerLink link, TimeSpan now) => link.MeasureAt = now + MeasureFirst;

    /// <summary>Asks, unless an answer may still be under way: where somebody claims an id again and again, and the link that bears it is asked each time anew, none of its answers would count.</summary>
    public void AskUnlessAsked(PeerLink link, TimeSpan now)
    {
        if (!link.Trip.IsWaiting || now - link.Trip.SentAt >= AnswerExpected)
        {
            Ask(link, now);
        }
    }

    public void Ask(PeerLink link, TimeSpan now)
    {
        ulong nonce = NextNonce();
        link.Trip.Sent(nonce, now);
        var data = new NonceData { Nonce = nonce.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        output.Send(link, MeshMessage.Of(MessageType.PingRequest, data, ControlJson.Default.NonceData));
    }

    /// <summary>An answer came. One to nothing, or with another nonce, is no sign of life.</summary>
    public void Answered(PeerLink link, Envelope answer, TimeSpan now)
    {
        if (!MeshMessage.TryRead(answer, ControlJson.Default.NonceData, out NonceData? data, out _) || !ulong.TryParse(data.Nonce, out ulong nonce) || !link.Trip.IsAnswer(nonce))
        {
            return;
        }

        if (link.IsSuspect && !(link.Trip.SentAt >= link.ClearingSince))
        {
            Lives(link, now); // how long the line was cut is no distance either
            return;
        }

        link.Trip.TryAnswer(nonce, now);
        if (link.IsSuspect)
        {
            (link.IsSuspect, link.ClearingSince) = (false, null);
            Doubted(link);
        }

        Lives(link, now);
    }

    public ulong NextNonce() => (ulong)random.NextInt64(1, long.MaxValue);
}
