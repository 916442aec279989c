using LocalCast.Agent.Plugins;

namespace LocalCast.Cli;

/// <summary><c>plugin-host</c>: this process is a plugin. Apart from the other commands, because each plugin's start pays for what is loaded here.</summary>
internal static class PluginHostProcess
{
    public const string Command = "plugin-host";

    /// <summary>Whether the command line is one that an agent would write. Every other, <c>--help</c> as well, is read as those of other commands are.</summary>
    public static bool IsMeant(string[] arguments) =>
        arguments is [Command, not ['-', ..]] or [Command, not ['-', ..], "--type", not ['-', ..]];

    public static async Task<int> RunAsync(string[] arguments)
    {
        using var interruption = new Interruption();
        int exitCode = await PluginHost.RunAsync(arguments, Console.Out, Console.Error, interruption.Token);
#pragma warning disable RS0030 // a plugin may have left threads behind that would keep the process alive after its orderly end
        Environment.Exit(exitCode);
#pragma warning restore RS0030
        return exitCode;
    }
}
