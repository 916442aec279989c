using System.Runtime.InteropServices;
using System.Text;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

/// <summary>One agent with everything at once that can be wrong with a manifest and with starting a program.</summary>
public sealed class BadNodes : BadInputTest, IAsyncLifetime
{
    private CommandProcess? _agent;
    private NodeWatch? _nodes;

    async Task IAsyncLifetime.InitializeAsync()
    {
        AddUnreadable();
        AddWrong();
        AddGraph();
        AddUnstartable();
        AddRestless();
        (_agent, _nodes) = await BootAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _nodes!.DisposeAsync();
        await DisposeAsync();
    }

    internal async Task AssertIsAsync(string node, string state, params string[] reasons)
    {
        await AssertIsAsync(_nodes!, node, state, [.. reasons.Select(reason => reason.Replace("PLUGINS", Plugins, StringComparison.Ordinal))]);
        await AssertHealthyAsync(_nodes!);
    }

    internal async Task AssertErrorsAsync(params string[] lines)
    {
        foreach (string line in lines)
        {
            await _agent!.WaitForErrorAsync(line);
        }
    }

    internal async Task<CommandResult> CommandAsync(params string[] arguments) => await RunAsync(arguments);

    private static string Manifest(string name, string more) => $$"""{"name":"{{name}}",{{more}}}""";

    private void AddUnreadable()
    {
        AddManifest("not-json", "{\n  \"name\" \"not-json\"\n}");
        AddManifest("empty", "");
        AddManifest("binary", [.. Enumerable.Range(0, 256).Select(value => (byte)value)]);
        AddManifest("half-a-pair", """{"name":"half-a-pair","run":{"exec":"\ud800"}}""");
        AddManifest("half-a-name", """{"name":"half-a-name","\udc00":1,"run":{"exec":"true"}}""");
        AddManifest("not-utf8", [.. "{\"name\":\""u8, 0xff, 0xfe, .. "\",\"run\":{\"exec\":\"true\"}}"u8]);
        AddManifest("huge", Manifest("huge", $"\"description\":\"{new string('x', 10 * 1024 * 1024)}\",\"run\":{{\"exec\":\"true\"}}"));
        AddManifest("deep", Manifest("deep", $"\"run\":{new string('[', 100_000)}{new string(']', 100_000)}"));
        Directory.CreateDirectory(Path.Combine(FolderOf("folder"), "node.json"));
        MakeFifo(Path.Combine(FolderOf("fifo"), "node.json"));
        File.CreateSymbolicLink(Path.Combine(FolderOf("dangling"), "node.json"), "node.json");
        Directory.CreateSymbolicLink(Path.Combine(Plugins, "loop"), "loop");
        Directory.CreateSymbolicLink(Path.Combine(Plugins, "dot"), ".");
        Directory.CreateSymbolicLink(Path.Combine(Plugins, "up"), "..");
    }

    private void AddWrong()
    {
        AddManifest("types", Manifest("types", """ "run":{"exec":5,"args":"x"},"requires":"dns","restart":7,"readiness":{"timeoutMs":"30s"} """));
        AddManifest("unknown", Manifest("unknown", """ "run":{"exec":"true","arg":[]},"colour":"red" """));
        AddManifest("twin-1", Manifest("twin", """ "run":{"exec":"true"} """));
        AddManifest("twin-2", Manifest("twin", """ "run":{"exec":"true"} """));
        AddManifest("slashes", Manifest("../../etc/passwd", """ "run":{"exec":"true"} """));
        AddManifest("dots", Manifest("..", """ "run":{"exec":"true"} """));
        AddManifest("control", Manifest("x\\u001b[31m", """ "run":{"exec":"true"} """));
        AddManifest("pattern", Manifest("pattern", """ "run":{"exec":"true"},"readiness":{"kind":"log","pattern":"("} """));
        AddManifest("no-variables", Manifest("no-variables", """ "run":{"exec":"true","envFiles":["none.env"]} """));
        AddManifest("fifo-variables", Manifest("fifo-variables", """ "run":{"exec":"true","envFiles":["fifo.env"]} """));
        MakeFifo(Path.Combine(FolderOf("fifo-variables"), "fifo.env"));
    }

    private void AddGraph()
    {
        AddNode("ring-a", new { exec = "sleep", args = new[] { "100" } }, requires: new[] { "ring-b" });
        AddNode("ring-b", new { exec = "sleep", args = new[] { "100" } }, requires: new[] { "ring-c" });
        AddNode("ring-c", new { exec = "sleep", args = new[] { "100" } }, requires: new[] { "ring-a" });
        AddNode("selfish", new { exec = "true" }, requires: new[] { "selfish" });
        AddNode("lost", new { exec = "true" }, requires: new[] { "nobody-is-called-so" });
        AddNode("behind", new { exec = "true" }, requires: new[] { "missing-path" });
    }

    private void AddUnstartable()
    {
        AddNode("missing-path", new { exec = "./missing" });
        AddNode("missing-command", new { exec = "no-such-command-anywhere" });
        AddNode("not-executable", new { exec = "./run" });
        AddProgram("not-executable", "run", "#!/bin/sh\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        AddNode("bad-interpreter", new { exec = "./run" });
        AddProgram("bad-interpreter", "run", "#!/no/such/interpreter\n");
        AddNode("windows-lines", new { exec = "./run" });
        AddProgram("windows-lines", "run", "#!/bin/sh\r\n");
        AddNode("no-folder", new { exec = "true", cwd = "nowhere" });
        AddNode("fifo-program", new { exec = "./run" }, restart: "never");
        MakeFifo(Path.Combine(FolderOf("fifo-program"), "run"));
        SetMode(Path.Combine(FolderOf("fifo-program"), "run"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private void AddRestless()
    {
        AddNode("exits-0", new { exec = "true" });
        AddScript("exits-3", "echo no luck today >&2; exit 3", restart: "never");
        AddScript("crashes", "echo once more >&2; exit 3", restart: new { policy = "on-failure", backoffMs = 1, maxBackoffMs = 1 });
        AddScript("never-ready", "echo not yet; exec sleep 100", readyWithinMs: 300, restart: "never");
        AddNode("never-joins", new { exec = "sleep", args = new[] { "100" } }, new { kind = "pong", timeoutMs = 300 }, restart: "never");
    }

    private static void MakeFifo(string path) => Assert.Equal(0, NativeMethods.MakeFifo(Encoding.UTF8.GetBytes(path + "\0"), 0x180 /* rw------- */));

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "mkfifo")]
        public static extern int MakeFifo(byte[] path, uint mode);
    }
}
