using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class RequireOfOneAgentTests
{
    private static readonly NodeDescription _dns = new() { Name = "dns", State = "Ready" };
    private readonly MeshPair _mesh = new();

    [Theory]
    [InlineData("dns@b", "\"agent\":\"b\"")]
    [InlineData("dns@a", "\"agent\":\"a\"")]
    public void Require_NodeOfOneAgent_IsThatOne(string name, string expected)
    {
        _mesh.Join("a", [_dns with { Agent = "a lie" }]);
        _mesh.Join("b", [_dns]);
        _mesh.Pass(TimeSpan.FromSeconds(1));

        Require(name);

        Assert.Contains(expected, TextOf(Assert.Single(_mesh.Of<AnswerRequest>()).Answer), StringComparison.Ordinal);
    }

    [Fact]
    public void Require_NodeThatOnlyAnotherAgentHas_WaitsAndSaysWhoseIsMissing()
    {
        _mesh.Join("a", [_dns]);
        _mesh.Join("b");
        _mesh.Pass(TimeSpan.FromSeconds(1));
        Require("dns@b");
        Assert.Empty(_mesh.Of<AnswerRequest>());

        _mesh.Pass(TimeSpan.FromSeconds(4));

        ErrorInfo why = Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error!;
        Assert.Equal((LocalCastError.NodeNotReady, "the agent 'b' has no node 'dns', or does not tell of it"), (why.Code, why.Message));
    }

    private static string TextOf(Envelope answer) => Encoding.UTF8.GetString(answer.Payload.Span);

    private void Require(string name) =>
        _mesh.Act(m => m.Require(1, [name], _mesh.Now + TimeSpan.FromSeconds(3), null, _mesh.Time));
}
