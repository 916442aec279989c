using System.Text;
using LocalCast.Testing;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Transports.Tests;

public sealed class PipeDoorTests
{
    private readonly string _name = PipeName.New();

    [Fact]
    public async Task Door_Visitor_GetsThePipesNameInOneFrameAndIsClosed()
    {
        await using PipeDoor door = await OpenAsync();
        await using IByteConnection visitor = await VisitAsync();

        byte[] expected = [0, 0, 0, (byte)_name.Length, .. Encoding.UTF8.GetBytes(_name)];

        Assert.Equal(expected, await visitor.ReadAtLeastAsync(expected.Length));
        Assert.Equal(0, await visitor.ReadToEndAsync().DefaultTimeout());
    }

    [Fact]
    public async Task Door_FiftyVisitorsThatTakeTheHandshakeAndLeave_StopNobody()
    {
        await using PipeDoor door = await OpenAsync();
        for (int i = 0; i < 50; i++)
        {
            IByteConnection visitor = await VisitAsync();
            if (i % 2 == 0)
            {
                await visitor.ReadAtLeastAsync(4); // every other one leaves without even looking
            }

            visitor.Abort();
            await visitor.DisposeAsync().DefaultTimeout();
        }

        await using IByteConnection last = await VisitAsync();

        Assert.Equal(4 + _name.Length, await last.ReadToEndAsync().DefaultTimeout());
    }

    [Fact]
    public async Task Door_VisitorsThatNeverLeave_StopNobody()
    {
        await using PipeDoor door = await OpenAsync();
        IByteConnection[] idle = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => VisitAsync()));

        await using IByteConnection last = await VisitAsync();

        Assert.Equal(4 + _name.Length, await last.ReadToEndAsync().DefaultTimeout());
        foreach (IByteConnection visitor in idle)
        {
            await visitor.DisposeAsync().DefaultTimeout();
        }
    }

    private Task<PipeDoor> OpenAsync() => PipeDoor.OpenAsync(_name, NullLoggerFactory.Instance, TimeProvider.System, default).DefaultTimeout();

    private Task<IByteConnection> VisitAsync() => new PipeConnector(PipeAddress.DoorOf(_name), TimeProvider.System).ConnectAsync(default).DefaultTimeout();
}
