using System.Text;
using LocalCast.Broadcasting;
using LocalCast.Protocol;

namespace LocalCast.Agent.Tests.Nodes;

/// <summary>A call of the agent that a test makes.</summary>
internal sealed class FakeCall(string method, string arguments = "", CancellationToken cancellation = default) : IAgentCall
{
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The JSON of the answer; throws the error.</summary>
    public Task<string> Answer => _answer.Task;

    public string Caller => "tester";

    public string Method => method;

    public ReadOnlyMemory<byte> Arguments { get; } = Encoding.UTF8.GetBytes(arguments);

    public TimeSpan TimeLeft => TimeSpan.FromSeconds(30);

    public CancellationToken Cancellation => cancellation;

    public void Complete(ReadOnlyMemory<byte> json) => _answer.SetResult(Encoding.UTF8.GetString(json.Span));

    public void Fail(ErrorInfo error) => _answer.SetException(new LocalCastException(error));
}
