using System.Net.Sockets;
using System.Text;
using LocalCast.Agent.Mesh;
using LocalCast.Testing;
using LocalCast.Transports;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>Who may knock at the port of an agent: one that says who it is.</summary>
public sealed class MeshPortTests : IAsyncLifetime
{
    private MeshPort _port = null!;

    public async Task InitializeAsync() => _port = await MeshPort.OpenAsync("127.0.0.1", 0, 128, new(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None).DefaultTimeout();

    public async Task DisposeAsync()
    {
        await _port.CloseAsync();
        await _port.DisposeAsync();
    }

    public static TheoryData<string, string> BadIds => new()
    {
        { "", "the parameter node_id is missing: an agent says its id" },
        { "?node_id=", "the parameter node_id is missing: an agent says its id" },
        { "?other=1", "the parameter node_id is missing: an agent says its id" },
        { "?node_id=a%40b", "the parameter node_id has '@', which separates a node from its agent" },
        { "?node_id=a%0Ab", "the parameter node_id has control characters" },
        { "?node_id=a&node_id=b", "the parameter node_id is there 2 times" },
        { "?node_id=" + new string('x', 257), "the parameter node_id has 257 characters, the id of an agent has at most 256" },
    };

    [Theory]
    [MemberData(nameof(BadIds))]
    public async Task Upgrade_WithoutAGoodNodeId_IsAnsweredWithWhatIsWrong(string query, string why)
    {
        string answer = await KnockAsync(query);

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.EndsWith($"{why}\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_WithTheLongestId_IsTaken()
    {
        string id = new('x', 256);
        await using WebSocketConnection dialled = await new WebSocketConnector(_port.Url, id, new(), TimeProvider.System).ConnectAsync(default).DefaultTimeout();

        await using WebSocketConnection accepted = (await _port.AcceptAsync(CancellationToken.None).DefaultTimeout())!;
        Assert.Equal(id, accepted.NodeId);
    }

    private async Task<string> KnockAsync(string query)
    {
        var url = new Uri(_port.Url);
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port).DefaultTimeout();
        string request = $"GET /ws/p2p{query} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request)).DefaultTimeout();
        using var reader = new StreamReader(client.GetStream());
        return (await reader.ReadToEndAsync().DefaultTimeout()).Replace("\r\n0\r\n\r\n", "", StringComparison.Ordinal).TrimEnd('\r');
    }
}
