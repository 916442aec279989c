using System.CommandLine;

namespace LocalCast.Cli.Commands;

/// <summary><c>peer add URL</c> and <c>peer remove PEER</c></summary>
internal static class PeerGroup
{
    public static Command Create() => new("peer", "Add and remove peers of the running agent: other agents that it links to. Those that are to stay belong into mesh.peers of the configuration. localcast peers shows them.")
    {
        new PeerOrderCommand("add", "add-peer", peer => $"dials {peer}: localcast peers shows what becomes of it", "Link to an agent: it is dialled until it is there, and again when it was gone, until this agent ends or the peer is removed. Returns at once; localcast peers shows what becomes of it.", "URL", "Its address with its port, such as ws://kitchen:46356.", "localcast peer add ws://kitchen:46356"),
        new PeerOrderCommand("remove", "remove-peer", peer => $"{peer} is dialled no more", "Close the link to an agent and dial it no more, also after a restart, until it is added again. It may still dial this one.", "PEER", "Its address, also without ws://, or its id.", "localcast peer remove ws://kitchen:46356"),
    };

    private sealed class PeerOrderCommand : ClientCommand
    {
        private readonly Argument<string> _peer;
        private readonly string _operation;
        private readonly Func<string, string> _done;

        public PeerOrderCommand(string name, string operation, Func<string, string> done, string description, string argument, string argumentDescription, string example)
            : base(name, description, example)
        {
            (_operation, _done) = (operation, done);
            _peer = new Argument<string>(argument) { Description = argumentDescription };
            Add(_peer);
        }

        protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
        {
            await node.AskAsync(_operation, [parsed.GetRequiredValue(_peer)], timeout: null, stop);
            if (WantsJson(parsed))
            {
                StandardOutput.WriteJson(writer => writer.WriteBooleanValue(true));
            }
            else
            {
                StandardOutput.WriteLine(Failures.OneLine(_done(parsed.GetRequiredValue(_peer))));
            }

            return ExitCodes.Success;
        }
    }
}
