using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What participants are told that waited for nodes.</summary>
internal sealed class RequirementAnswers(MeshView view, MeshOutput output)
{
    private readonly NodeDirectory _nodes = new(view);

    public void Found(Requirement requirement, IEnumerable<MeshNode> nodes)
    {
        var data = new RequiredData { Nodes = [.. nodes.Select(node => node.Described)] };
        output.Add(new AnswerRequest(requirement.Request, MeshMessage.Of(MessageType.Required, data, ControlJson.Default.RequiredData)));
    }

    public void TooMany(Requirement requirement) => Fail(requirement, LocalCastError.Busy, "too many requirements wait");

    /// <summary>Its time is over. Each name that is still missing is told, with the reason.</summary>
    public void GiveUp(Requirement requirement, NodeSearch search)
    {
        IEnumerable<string> missing = requirement.Names.Distinct(StringComparer.Ordinal).Where(name => search.Find(name, requirement) is null);
        IEnumerable<string> reasons = requirement.Freshness is not null ? missing.Select(WhyNotFresh)
            : view.Absence.Why is { } away ? missing.Select(_nodes.WhyNotReady).Append(away.Message)
            : missing.Select(_nodes.WhyNotReady);
        Fail(requirement, LocalCastError.NodeNotReady, string.Join("; ", reasons));
    }

    private string WhyNotFresh(string name)
    {
        MeshAddress wanted = _nodes.WithId(MeshAddress.Parse(name));
        bool isSaidToBeReady = wanted.Agent is null ? view.Nodes.ReadyElsewhere(wanted.Node).Count > 0 : wanted.Agent != view.Self.Id && view.Nodes.FindReady(wanted) is not null;
        return isSaidToBeReady ? $"'{name}' is said to be ready and does not show it"
            : wanted.Agent is null && !view.Nodes.Has(wanted) ? _nodes.WhyNobody(name).Message
            : _nodes.WhyNotReady(name);
    }

    private void Fail(Requirement requirement, LocalCastError code, string why) =>
        output.Add(new AnswerRequest(requirement.Request, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(code, why) }));
}
