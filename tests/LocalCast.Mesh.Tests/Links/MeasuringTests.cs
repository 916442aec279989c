using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class MeasuringTests
{
    private readonly MeshPair _mesh = new(options => options.MeasureEvery = TimeSpan.FromSeconds(30));

    [Fact]
    public void RoundTrip_IsMeasuredAgain_AlsoWhereThereIsTraffic()
    {
        _mesh.Join("a");
        TimeSpan first = Answer(after: TimeSpan.FromSeconds(1));
        TimeSpan last = first;
        for (int i = 0; i < 20; i++)
        {
            last = Answer(after: TimeSpan.FromMilliseconds(50));
        }

        Assert.InRange(last, TimeSpan.FromMilliseconds(50), first / 4);
    }

    /// <summary>Lets the next question come, and answers it.</summary>
    private TimeSpan Answer(TimeSpan after)
    {
        for (int tick = 0; tick < 400; tick++)
        {
            _mesh.Pass(TimeSpan.FromMilliseconds(100));
            while (_mesh.Machine.TryTake(1, out Envelope? question))
            {
                if (question.Type != MessageType.PingRequest)
                {
                    continue;
                }

                _mesh.Pass(after);
                _mesh.Say("a", new Envelope { Type = MessageType.PingResponse, PayloadKind = question.PayloadKind, Payload = question.Payload });
                return _mesh.Machine.Links.Single().RoundTrip!.Value;
            }
        }

        throw new InvalidOperationException("no question came");
    }
}
