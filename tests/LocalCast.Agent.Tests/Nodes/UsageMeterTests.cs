using LocalCast.Agent.Nodes;
using LocalCast.Supervision;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Nodes;

public sealed class UsageMeterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly UsageMeter _meter;
    private ResourceUsage? _usage = new ResourceUsage(TimeSpan.Zero, 1024);

    public UsageMeterTests() => _meter = new UsageMeter(_ => _usage, _time);

    [Fact]
    public void Of_ANode_IsItsShareSinceTheLastLook()
    {
        Assert.Equal((0, 1024), _meter.Of(View(1)));
        _time.Advance(TimeSpan.FromSeconds(2));
        _usage = new ResourceUsage(TimeSpan.FromSeconds(1), 2048);

        Assert.Equal((50, 2048), _meter.Of(View(1)));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal((50, 2048), _meter.Of(View(1))); // too soon to tell anew
    }

    [Fact]
    public void Of_ANewInstance_BeginsAnew()
    {
        _usage = new ResourceUsage(TimeSpan.FromHours(1), 1024);
        _meter.Of(View(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        _usage = new ResourceUsage(TimeSpan.Zero, 512);

        Assert.Equal((0, 512), _meter.Of(View(2)));
    }

    [Fact]
    public void Of_WhatDoesNotRunOrCannotBeTold_IsNothing()
    {
        Assert.Null(_meter.Of(View(1) with { Pid = null }));
        _usage = null;
        Assert.Null(_meter.Of(View(1)));
    }

    [Fact]
    public void Keep_WithoutANode_ForgetsIt()
    {
        _meter.Of(View(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        _usage = new ResourceUsage(TimeSpan.FromSeconds(1), 1024);

        _meter.Keep(new Dictionary<string, NodeView>());

        Assert.Equal((0, 1024), _meter.Of(View(1)));
    }

    private static NodeView View(int generation) => new()
    {
        Manifest = new NodeManifest { Name = "dns", Folder = "/", Source = "/node.json", Fingerprint = "1", Run = new RunSpec { Exec = "x" } },
        State = SupervisedState.Ready,
        Since = TimeSpan.Zero,
        Generation = generation,
        Pid = 41,
    };
}
