using System.Security.Cryptography;
using System.Text;

namespace LocalCast.Agent.Nodes;

/// <summary>Where an agent keeps what outlives it: logs, history, the nodes' own data. One folder per pipe, because there is one agent per pipe.</summary>
internal static class DataFolders
{
    private const int DigestLength = 8;

    public static string DefaultFor(string pipePath)
    {
        string name = Path.GetFileName(pipePath);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pipePath)))[..DigestLength]; // the same name in another folder is another agent
        return Path.Combine(StateFolder(), "localcast", $"{name}-{digest}");
    }

    private static string StateFolder() =>
        OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state) ? state
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
}
