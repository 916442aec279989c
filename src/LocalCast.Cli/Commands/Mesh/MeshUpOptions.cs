using System.CommandLine;
using System.Globalization;
using LocalCast.Agent;
using LocalCast.Agent.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary>The part of <c>up</c> that is about the mesh.</summary>
internal sealed class MeshUpOptions
{
    private readonly Option<int?> _port = new("--port") { Description = "Listen for other agents on this port; 0 takes any that is free. Without it: what the configuration says, else nobody can dial this agent.", HelpName = "PORT", Validators = { CheckPort } };
    private readonly Option<string?> _host = new("--host") { Description = "The address or name to listen on; 0.0.0.0 is all of this machine's. Without it: what the configuration says, else 127.0.0.1, which other machines cannot reach.", HelpName = "HOST" };
    private readonly Option<string?> _nodeId = new("--node-id")
    {
        Description = "This agent's id in the mesh, which no other may have: NODE@ID calls its nodes. Without it: what the configuration says, else the machine's name.",
        HelpName = "ID",
        Validators = { CheckId },
    };

    private readonly Option<string[]> _peers = new("--add-peer")
    {
        Description = "An agent to link to, with its port, such as ws://kitchen:46356; may be given several times, and adds to the configuration. It is dialled until it is there, and again when it was gone.",
        HelpName = "URL",
        Validators = { CheckUrls },
    };

    private readonly Option<MeshSecurity?> _security = new("--mesh-security") { Description = "none: links are open, whoever reaches the port can call every node. There is nothing else yet, so --port and --add-peer need it said.", HelpName = "none", CustomParser = ParseSecurity };
    private readonly Option<bool> _noRegistry = new("--disable-registry") { Description = "Do not tell other agents of this machine's nodes and subscriptions: nobody there finds them by name. NODE@AGENT still calls them; they do not answer ping --mesh." };

    public void AddTo(Command command)
    {
        command.Add(_port);
        command.Add(_host);
        command.Add(_nodeId);
        command.Add(_peers);
        command.Add(_security);
        command.Add(_noRegistry);
    }

    public void Apply(ParseResult parsed, AgentOptions options)
    {
        MeshSettings mesh = options.Mesh;
        mesh.Said.UnionWith(((Option[])[_host, _security, _noRegistry]).Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name));
        mesh.Port = parsed.GetValue(_port) ?? mesh.Port;
        mesh.Host = parsed.GetValue(_host) ?? mesh.Host;
        mesh.Security = parsed.GetValue(_security) ?? mesh.Security;
        mesh.IsRegistryEnabled &= !parsed.GetValue(_noRegistry);
        mesh.Peers = [.. mesh.Peers, .. parsed.GetValue(_peers) ?? []];
        options.Broadcaster.AgentId = parsed.GetValue(_nodeId) ?? options.Broadcaster.AgentId;
    }

    public static void WriteSummary(AgentHost agent, AgentOptions options)
    {
        if (!options.Mesh.IsWanted)
        {
            return;
        }

        string peers = options.Mesh.Peers.Count switch { 0 => "", 1 => $", dials {options.Mesh.Peers[0]}", var count => string.Create(CultureInfo.InvariantCulture, $", dials {count} peers") };
        StandardOutput.WriteLine($"  mesh   {options.Mesh.Network} as {options.Broadcaster.AgentId ?? options.Broadcaster.AgentName}{(agent.MeshAddress is { } url ? $" at {url}" : "")}{peers}");
        StandardOutput.WriteLine("         OPEN: mesh.security is none, whoever reaches the port can call every node");
    }

    /// <summary>What there is not yet is a word as well: whoever says it hears why at the start.</summary>
    private static MeshSecurity? ParseSecurity(System.CommandLine.Parsing.ArgumentResult result)
    {
        string word = result.Tokens[0].Value;
        if (Enum.GetNames<MeshSecurity>().Contains(word, StringComparer.OrdinalIgnoreCase))
        {
            return Enum.Parse<MeshSecurity>(word, ignoreCase: true);
        }

        result.AddError($"--mesh-security: expected none, got '{word}'");
        return null;
    }

    private static void CheckPort(System.CommandLine.Parsing.OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue))
        {
            result.AddError($"--port: expected a number from 0 to {ushort.MaxValue}, got '{text}'");
        }
    }

    private static void CheckId(System.CommandLine.Parsing.OptionResult result)
    {
        if (result.Tokens is [{ Value: var id }] && !NodeName.IsValid(id, out string? why))
        {
            result.AddError($"--node-id: {why}");
        }
    }

    private static void CheckUrls(System.CommandLine.Parsing.OptionResult result)
    {
        foreach (System.CommandLine.Parsing.Token token in result.Tokens)
        {
            if (LocalCast.Mesh.EnteredAddress.WhatIsWrong(token.Value) is { } why)
            {
                result.AddError($"--add-peer: expected a URL such as ws://kitchen:46356, got '{token.Value}': {why}");
            }
        }
    }
}
