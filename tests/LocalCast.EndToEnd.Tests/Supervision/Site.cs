using System.Net;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A web site that is well when the test says so.</summary>
internal sealed class Site : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly TaskCompletionSource _answeredTwice = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _answers;

    public Site()
    {
        Url = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    public bool IsWell { get; set; }

    /// <summary>Waits until one answer has certainly come back: the next question follows it.</summary>
    public Task WhenAskedAsync() => _answeredTwice.Task.DefaultTimeout();

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext asked = await _listener.GetContextAsync();
                asked.Response.StatusCode = IsWell ? 204 : 503;
                asked.Response.Close();
                if (++_answers == 2)
                {
                    _answeredTwice.SetResult();
                }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // closed: the test is over
        }
    }
}
