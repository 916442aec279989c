using System.CommandLine;

namespace LocalCast.Cli.Commands;

/// <summary><c>peer add URL</c> and <c>peer remove PEER</c></summary>
internal static class PeerGroup
{
    public static Command Create() => new("peer", "Add and remove peers of the running agent.")
    {
        new PeerOrderCommand("add", "add-peer", "Link to an agent, now and whenever it is there, until this agent ends or the peer is removed.", "URL", "Its address, such as ws://kitchen:46356.", "localcast peer add ws://kitchen:46356"),
        new PeerOrderCommand("remove", "remove-peer", "Close the link to an agent and dial it no more.", "PEER", "Its address or its id.", "localcast peer remove ws://kitchen:46356"),
    };

    private sealed class PeerOrderCommand : ClientCommand
    {
        private readonly Argument<string> _peer;
        private readonly string _operation;

        public PeerOrderCommand(string name, string operation, string description, string argument, string argumentDescription, string example)
            : base(name, description, example)
        {
            _operation = operation;
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

            return ExitCodes.Success;
        }
    }
}
