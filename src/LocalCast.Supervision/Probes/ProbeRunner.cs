using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Runs readiness probes. Whatever goes wrong is a result; only the caller's own cancellation is thrown.</summary>
public sealed class ProbeRunner : IDisposable
{
    private const int LeastAtOnce = 4;

    private readonly IInstanceRunner _runner;
    private readonly TimeProvider _time;

    // A thousand nodes that come up together ask together: more at once than the machine can run only makes all of them late. First come, first served.
    private readonly SemaphoreSlim _places = new(Math.Max(LeastAtOnce, 2 * Environment.ProcessorCount));

    // Neither a proxy nor a redirect: whether the node itself answers is what is asked.
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });

    public ProbeRunner(IInstanceRunner runner, TimeProvider time)
    {
        _runner = runner;
        _time = time;
    }

    /// <summary>Runs a command in the place and the environment of a node; at the timeout it is killed with all that it started.</summary>
    /// <param name="node">How the node itself is started.</param>
    /// <param name="command">The command with its arguments.</param>
    /// <param name="timeout">Counted from when it is started: it may have to wait until others have ended.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ProbeResult> ExecAsync(LaunchSpec node, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunAsync(node, command, timeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _places.Release();
        }
    }

    /// <summary>Asks for a page: 200 to 399 will do.</summary>
    public async Task<ProbeResult> HttpAsync(Uri url, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            return new ProbeResult(status is >= 200 and < 400, $"{status} {response.ReasonPhrase}".TrimEnd());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(false, $"no answer within {timeout.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException e)
        {
            return new ProbeResult(false, e.Message);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _places.Dispose();
    }

    private async Task<ProbeResult> RunAsync(LaunchSpec node, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var listener = new ProbeListener(SecretMask.For(node));
        _runner.Launch(
            node with
            {
                Exec = command[0],
                Args = [.. command.Skip(1)],
                Manifest = node.Manifest with { Survives = false, Resources = new ResourceSpec() },
            },
            listener);
        try
        {
            return await listener.Ended.WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new ProbeResult(false, $"it did not end within {timeout.TotalSeconds:0.###} s\n{listener.Output}".TrimEnd());
        }
        finally
        {
            // It may not even run yet: then it is killed as soon as it does.
            listener.Kill();
        }
    }
}
