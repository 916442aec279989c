using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>The instances that run, on disk, so that the next agent can adopt or end what this one leaves behind should it be killed.</summary>
internal sealed class InstanceFile(string path, ILogger logger, TimeProvider timeProvider) : IAsyncDisposable
{
    private readonly StateFile<List<RememberedInstance?>> _file = new(path, InstanceJson.Default.ListRememberedInstance!, logger, timeProvider);

    public IReadOnlyList<RememberedInstance> Read() =>
        [.. (_file.Read() ?? []).OfType<RememberedInstance>().Where(instance => instance is { Node: not null, Token: not null, Identity.BootId: not null })];

    /// <summary>Has the state of that moment written.</summary>
    /// <param name="instances">Those that run.</param>
    /// <param name="isUrgent">As soon as can be, instead of soon: for one that survives the agent and would be lost. Whom the guard ends with the agent is in no hurry.</param>
    public void Write(Func<IReadOnlyList<RememberedInstance>> instances, bool isUrgent) => _file.Write(() => [.. instances()], isUrgent);

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<RememberedInstance>))]
internal sealed partial class InstanceJson : JsonSerializerContext;
