using System.Diagnostics;
using System.Runtime.Versioning;
using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports.Internal;
using LocalCast.Transports.Kestrel;

namespace LocalCast.Transports.Tests;

/// <summary>Another user on the same machine. Only root can play one; as anybody else there is nothing to try.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OtherUserTests
{
    private const uint Nobody = 65534;

    private readonly string _name = PipeName.New();

    private static bool CanBecomeAnother => PeerCredentials.OwnUserId == 0;

    [Fact]
    public async Task Connect_AsAnotherUser_IsRefusedByTheFileMode()
    {
        if (!CanBecomeAnother)
        {
            return;
        }

        await using PipeListener listener = await PipeListener.ListenAsync(_name, new LogCollector(), default).DefaultTimeout();

        Assert.Equal("PermissionError", await PythonProcess.RunAsync(Visit(listener.Address), Nobody));
    }

    [Fact]
    public async Task Connect_AsAnotherUserThroughAFileThatLetsHimIn_IsRefusedByTheUid()
    {
        if (!CanBecomeAnother)
        {
            return;
        }

        using var log = new LogCollector();
        await using PipeListener listener = await PipeListener.ListenAsync(_name, log, default).DefaultTimeout();
        File.SetUnixFileMode(listener.Address, (UnixFileMode)0b110_110_110);
        Task<IByteConnection?> accepting = listener.AcceptAsync(default).AsTask();

        Assert.Equal("closed", await PythonProcess.RunAsync(Visit(listener.Address), Nobody));

        Assert.Contains(log.Entries, entry => entry.Message.Contains($"uid {Nobody}"));
        await using IByteConnection own = await new PipeConnector(_name, TimeProvider.System).ConnectAsync(default).DefaultTimeout();
        await using IByteConnection accepted = (await accepting.DefaultTimeout())!;
        Assert.Equal(Environment.ProcessId, accepted.Peer!.ProcessId);
    }

    [Fact]
    public async Task ConnectAsync_ToAPipeOfAnotherUser_IsForbidden()
    {
        if (!CanBecomeAnother)
        {
            return;
        }

        string path = PipeAddress.ToUnixPath(_name);
        Process squatter = await PythonProcess.StartAsync($"""
            s = socket.socket(socket.AF_UNIX)
            s.bind('{path}')
            s.listen()
            print('up', flush=True)
            time.sleep(60)
            """, Nobody);

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => new PipeConnector(_name, TimeProvider.System).ConnectAsync(default).DefaultTimeout());

        Assert.Equal(LocalCastError.Forbidden, e.Code);
        PythonProcess.Kill(squatter);
        File.Delete(path);
    }

    private static string Visit(string path) => $"""
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect('{path}')
            print('closed' if s.recv(1) == b'' else 'served')
        except ConnectionResetError:
            print('closed')
        except PermissionError as e:
            print(type(e).__name__)
        """;
}
