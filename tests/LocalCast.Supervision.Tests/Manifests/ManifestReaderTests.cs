using static LocalCast.Supervision.Tests.Manifests.Reading;

namespace LocalCast.Supervision.Tests.Manifests;

public sealed class ManifestReaderTests
{
    [Fact]
    public void Read_ShortestForm_HasTheDefaults()
    {
        NodeManifest manifest = Good("""{"name":"dns","run":{"exec":"python3","args":["dns.py"]}}""");
        Assert.Equal("dns", manifest.Name);
        Assert.Equal(Folder, manifest.Folder);
        Assert.Equal(Reading.File, manifest.Source);
        Assert.Equal("python3", manifest.Run.Exec);
        Assert.Equal(["dns.py"], manifest.Run.Args);
        Assert.Null(manifest.DisabledBecause);
        Assert.Equal(ReadinessKind.Pong, manifest.Readiness.Kind);
        Assert.Equal(RestartPolicy.OnFailure, manifest.Restart.Policy);
    }

    [Fact]
    public void Read_LongForm_HasEverything()
    {
        NodeManifest manifest = Good("""
            {
              // what people write, with a comment and a comma too many
              "$schema": "../docs/schemas/node.schema.json",
              "name": "dht", "version": "1.0.0", "description": "a table",
              "run": { "exec": "./dht", "args": ["-v", ""], "env": { "K": 20, "DEBUG": true, "S": "x y" }, "cwd": "data", "secrets": ["S"] },
              "requires": ["dns", { "node": "cache", "mode": "soft" }, { "node": "db", "mode": "bind", "version": ">=1.2 <2", "scope": "mesh", "timeoutMs": 1500, "freshnessMs": 700 }],
              "readiness": { "kind": "log", "pattern": "listening", "timeoutMs": 9000 },
              "liveness": { "intervalMs": 1000, "timeoutMs": 2000, "failures": 3 },
              "restart": { "policy": "always", "backoffMs": 100, "maxBackoffMs": 1000, "resetAfterMs": 0, "cleanExitCodes": [0, 143] },
              "stop": { "timeoutMs": 3000, "terminateMs": 0, "killMs": 100, "maxExtensionMs": 0 },
              "activation": { "mode": "onDemand", "idleMs": 60000 },
              "essential": true, "survive": true, "enabled": true,
              "watch": ["dht", "lib/"],
              "reload": { "mode": "restart", "probationMs": 1 },
              "resources": { "memoryMb": 64, "cpus": 0.5 },
            }
            """);
        Assert.Equal(("1.0.0", "a table"), (manifest.Version, manifest.Description));
        Assert.Equal(["-v", ""], manifest.Run.Args);
        Assert.Equal("data", manifest.Run.WorkingDirectory);
        Assert.Equal(["DEBUG=true", "K=20", "S=x y"], manifest.Run.Environment.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal));
        Assert.Contains("S", manifest.Run.Secrets);
        Assert.Equal(["dns Start", "cache Soft", "db Bind"], manifest.Requires.Select(r => $"{r.Node} {r.Mode}"));
        Assert.Equal((">=1.2 <2", true), (manifest.Requires[2].Version!.Text, manifest.Requires[2].IsMeshWide));
        Assert.Equal((1500, 700), (manifest.Requires[2].Timeout.TotalMilliseconds, manifest.Requires[2].Freshness!.Value.TotalMilliseconds));
        Assert.Equal((ReadinessKind.Log, "listening", 9000), (manifest.Readiness.Kind, manifest.Readiness.Pattern, manifest.Readiness.Timeout.TotalMilliseconds));
        Assert.Equal((true, 1000, 2000, 3), (manifest.Liveness.IsOn, manifest.Liveness.Interval.TotalMilliseconds, manifest.Liveness.Timeout.TotalMilliseconds, manifest.Liveness.Failures));
        Assert.Equal((RestartPolicy.Always, 100, 1000, 0), (manifest.Restart.Policy, manifest.Restart.Backoff.TotalMilliseconds, manifest.Restart.MaxBackoff.TotalMilliseconds, manifest.Restart.ResetAfter.Ticks));
        Assert.Equal([0, 143], manifest.Restart.CleanExitCodes);
        Assert.Equal((TimeSpan.FromSeconds(3.1), TimeSpan.FromSeconds(3.1)), (manifest.Stop.WorstCase, manifest.Stop.WorstCaseUnextended));
        Assert.Equal((ActivationMode.OnDemand, TimeSpan.FromMinutes(1)), (manifest.Activation.Mode, manifest.Activation.IdleTimeout));
        Assert.True(manifest.IsEssential);
        Assert.True(manifest.Survives);
        Assert.Equal((ReloadMode.Restart, 1), (manifest.Reload.Mode, manifest.Reload.Probation.TotalMilliseconds));
        Assert.Equal(["dht", "lib/"], manifest.Reload.Watch);
        Assert.Equal((64L * 1024 * 1024, 0.5), (manifest.Resources.MemoryBytes, manifest.Resources.Cpus));
    }

    [Fact]
    public void Read_ShortWords_MeanTheObjects()
    {
        NodeManifest manifest = Good(With("""
            "readiness":"notify","liveness":"none","restart":"on-failure","activation":"manual","reload":"restart"
            """));
        Assert.Equal(ReadinessKind.Notify, manifest.Readiness.Kind);
        Assert.False(manifest.Liveness.IsOn);
        Assert.Equal(RestartPolicy.OnFailure, manifest.Restart.Policy);
        Assert.Equal(ActivationMode.Manual, manifest.Activation.Mode);
        Assert.Equal(ReloadMode.Restart, manifest.Reload.Mode);
    }

    [Fact]
    public void Read_Assembly_KeepsItsSettingsAsPlainJson()
    {
        NodeManifest manifest = Good("""{"name":"dns","run":{"assembly":"bin/Dns.dll","type":"Dns.Plugin","isolation":"inProcess","settings":{"ttl":5, /* seconds */ "hosts":["a",],}}}""");
        Assert.Equal(("bin/Dns.dll", "Dns.Plugin", Isolation.InProcess), (manifest.Run.Assembly, manifest.Run.Type, manifest.Run.Isolation));
        Assert.Equal("""{"ttl":5,"hosts":["a"]}""", manifest.Run.Settings);
    }

    [Fact]
    public void Read_ManyMistakes_AllAreToldAtOnce() => Assert.Equal(
        [
            "nmae: unknown key; did you mean \"name\"?",
            "name: is missing: expected the name of the node",
            "version: expected a version such as \"1.2.3\", got 7",
            "run.args[1]: expected a text without the character 0, got 5",
            "run: expected \"exec\" or \"assembly\", got neither",
            "requires[0]: expected a name or an object, got 5",
            "requires[2]: \"a\" is required twice",
            "requires[3].mode: expected one of \"start\", \"present\", \"bind\", \"soft\", got \"bnid\"; did you mean \"bind\"?",
            "readiness.pattern: expected a regular expression: Invalid pattern '(' at offset 1. Not enough )'s.",
            "readiness.timeoutMs: expected a whole number from 1 to 86400000, got 0",
            "restart: expected one of \"on-failure\", \"always\", \"never\", got \"onFailure\"; did you mean \"on-failure\"?",
            "stop: expected an object, got \"soon\"",
        ],
        Problems("""
            {"nmae":"dns","version":7,"run":{"args":["a",5]},"requires":[5,"a",{"node":"a"},{"node":"b","mode":"bnid"}],
             "readiness":{"kind":"log","pattern":"(","timeoutMs":0},"restart":"onFailure","stop":"soon"}
            """));

    [Theory]
    [InlineData("[]", ": expected an object, got a list")]
    [InlineData("", "line 1, column 1: this is not JSON: there is nothing")]
    [InlineData("{\n\"name\" 5}", "line 2, column 8: this is not JSON: expected ':' and a value behind the name, got '5'")]
    [InlineData("{\n\"name\": \"dns\", \"run\": {", "line 2, column 24: this is not JSON: it ends too early: the '{' of line 2, column 23 is not closed")]
    [InlineData("""{"name":"my node","run":{"exec":"run"}}""", "name: the name of a node that the agent runs must not contain spaces")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"name":"x"}""", "name: is there twice")]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"A":"1","A":"2"}}}""", "run.env.A: is there twice")]
    [InlineData("""{"name":"dns"}""", "run: is missing")]
    [InlineData("""{"name":"dns","run":"python3"}""", "run: expected an object, got \"python3\"")]
    [InlineData("""{"name":"","run":{"exec":"run"}}""", "name: a name must not be empty")]
    [InlineData("""{"name":"localcast","run":{"exec":"run"}}""", "name: the name 'localcast' is reserved")]
    [InlineData("""{"name":"a/b","run":{"exec":"run"}}""", "name: the name of a node that the agent runs must not contain any of /")]
    [InlineData("""{"name":"..","run":{"exec":"run"}}""", "name: the name of a node that the agent runs must not begin or end with a dot")]
    [InlineData("""{"name":"dns","run":{"exec":"run","assembly":"a.dll"}}""", "run: expected either \"exec\" or \"assembly\", got both")]
    [InlineData("""{"name":"dns","run":{"exec":"run","settings":{}}}""", "run.settings: is for an assembly")]
    [InlineData("""{"name":"dns","run":{"exec":" "}}""", "run.exec: expected a command or a path, got \" \"")]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"A B":"1"}}}""", "run.env[\"A B\"]: is no name for a variable")]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"A":null}}}""", "run.env.A: expected a text, a number or true or false, got null")]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"LOCALCAST_PIPE":"x"}}}""", "run.env.LOCALCAST_PIPE: variables that begin with LOCALCAST_ are set by the agent")]
    [InlineData("""{"name":"dns","run":{"assembly":"../a.dll"}}""", "run.assembly: expected the path of a file below the plugin's folder, got \"../a.dll\"")]
    [InlineData("""{"name":"dns","run":{"assembly":"bin/../../dns2/a.dll"}}""", "run.assembly: expected the path of a file below")]
    [InlineData("""{"name":"dns","run":{"assembly":"/lib/a.dll"}}""", "run.assembly: expected the path of a file below")]
    [InlineData("""{"name":"dns","run":{"assembly":"a.dll","args":["x"]}}""", "run.args: is for an executable")]
    [InlineData("""{"name":"dns","run":{"assembly":"a.dll","isolation":"inProcess","env":{"A":"1"}}}""", "run.env: does not go with isolation")]
    [InlineData("""{"name":"dns","run":{"assembly":"a.dll","isolation":"inProcess"},"survive":true}""", "survive: does not go with isolation")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"requires":[{"mode":"soft"}]}""", "requires[0].node: is missing")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"requires":[""]}""", "requires[0]: a name must not be empty")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"requires":[{"node":"a","version":"new"}]}""", "requires[0].version: expected a range of versions")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"requires":[{"node":"a","freshnessMs":5}]}""", "requires[0].freshnessMs: is for scope \"mesh\"")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"readiness":"log"}""", "readiness: is missing: kind \"log\" needs it")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"readiness":{"pattern":"x"}}""", "readiness.pattern: is for kind \"log\", and this is \"pong\"")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"readiness":{"kind":"http","url":"file:///x"}}""", "readiness.url: expected an absolute http or https address")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"readiness":{"kind":"exec","command":[]}}""", "readiness.command: expected a command and its arguments")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"readiness":{"kind":"exit","codes":[]}}""", "readiness.codes: expected at least one exit code")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"readiness":{"kind":"log","pattern":"a","intervalMs":50}}""", "readiness.intervalMs: is for kinds \"http\" and \"exec\"")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"liveness":false}""", "liveness: expected a word or an object, got false")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"restart":{"backoffMs":500,"maxBackoffMs":100}}""", "restart.maxBackoffMs: expected at least backoffMs (500), got 100")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"activation":{"idleMs":5000}}""", "activation.idleMs: is for mode \"onDemand\"")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"enabled":"no"}""", "enabled: expected true or false, got \"no\"")]
    [InlineData("""{"name":"dns","run":{"exec":"run"},"resources":{"cpus":0}}""", "resources.cpus: expected a number from 0.01 to 1024, got 0")]
    public void Read_Mistake_IsNamed(string json, string problem) => Assert.StartsWith(problem, Assert.Single(Problems(json)), StringComparison.Ordinal);

    [Fact]
    public void Read_TooBigOrTooDeep_IsRefused()
    {
        Assert.Equal([": expected at most 256 KiB, got more"], Problems("{\"name\":\"" + new string('x', 300_000) + "\"}"));
        Assert.StartsWith("line 1, column ", Assert.Single(Problems(string.Concat(Enumerable.Repeat("{\"a\":", 1000)))), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ByteOrderMark_IsTolerated() => Good("\uFEFF" + With("\"enabled\":true"));

    [Fact]
    public void Read_Wrong_StillKnowsTheName()
    {
        ManifestReading reading = Of("""{"name":"dns","run":5}""");
        Assert.Equal(("dns", null), (reading.Name, reading.Manifest));
        Assert.Null(Of("""{"name":5,"run":5}""").Name);
    }

    [Fact]
    public void Read_PatternWithLookAhead_IsTakenAllTheSame() =>
        Assert.Matches(ReadinessPattern.Compile(Good(With("""
            "readiness":{"kind":"log","pattern":"up(?! in)"}
            """)).Readiness.Pattern!), "it is up");

    [Fact]
    public void Read_CommandThatIsNotInstalled_DisablesAndSaysSo()
    {
        Assert.Equal("'node' is not installed (not found on PATH)", Good("""{"name":"dns","run":{"exec":"node"}}""").DisabledBecause);
        Assert.Equal("'run' is not installed (not found on PATH)", Good("""{"name":"dns","run":{"exec":"run","env":{"PATH":"/opt"}}}""").DisabledBecause);
        Assert.Null(Good("""{"name":"dns","run":{"exec":"./dns"}}""").DisabledBecause);
    }

    [Fact]
    public void Read_SwitchedOff_DisablesAndSaysWhere()
    {
        Assert.Equal($"switched off in {Reading.File}", Good(With("\"enabled\":false")).DisabledBecause);
        Assert.Equal("switched off in /etc/agent.json (nodes.dns.enabled)", Good(With("\"enabled\":true"), """{"enabled":false}""").DisabledBecause);
    }

    [Fact]
    public void ToString_OfAManifest_PrintsNoValueAndNoSetting()
    {
        string executable = Good("""{"name":"dns","run":{"exec":"run","env":{"TOKEN":"hush"},"secrets":["TOKEN"]}}""").ToString();
        Assert.Contains("TOKEN", executable);
        Assert.DoesNotContain("hush", executable);
        Assert.DoesNotContain("hush", Good("""{"name":"dns","run":{"assembly":"a.dll","settings":{"key":"hush"}}}""").ToString());
    }
}
