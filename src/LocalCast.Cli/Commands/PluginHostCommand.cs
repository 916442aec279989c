using System.CommandLine;

namespace LocalCast.Cli.Commands;

/// <summary><c>plugin-host ASSEMBLY</c>: for whoever asks what it is, or gets it wrong. A process of an agent's does not come here, see <see cref="PluginHostProcess"/>.</summary>
internal sealed class PluginHostCommand : Command
{
    public PluginHostCommand()
        : base(
            PluginHostProcess.Command,
            "Run one .NET plugin as a node, in this process: what an agent does for each plugin that is an assembly. By hand, the environment has to say which node it is: LOCALCAST_NODE=dns.")
    {
        var assembly = new Argument<string>("ASSEMBLY") { Description = "The plugin's assembly, such as plugins/dns/bin/LocalCast.Plugins.Dns.dll. It is told by the environment what an agent would tell it: LOCALCAST_NODE its name; LOCALCAST_PIPE, LOCALCAST_SETTINGS, LOCALCAST_DATA (without it: the folder data beside the assembly)." };
        var type = new Option<string?>("--type") { Description = "The type in it that implements INodePlugin, if there are several.", HelpName = "TYPE" };
        Add(assembly);
        Add(type);
        SetAction((parsed, _) => PluginHostProcess.RunAsync(
            [parsed.GetRequiredValue(assembly), .. parsed.GetValue(type) is { } name ? (string[])["--type", name] : []]));
    }
}
