using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

// What this agent does when an older one bears its id, and neither has a neighbour that knows both: it leaves the mesh, says so, and comes back to see.
public sealed partial class MeshMachine
{
    /// <summary>Why this agent is away from the mesh: another one with its id is older. <see langword="null"/> when it is not away.</summary>
    public ErrorInfo? WhyAway => _absence.Why;

    /// <summary>Leaves if it is certain that there is an older one. To be asked before this agent's document is written anew: the last version that others hear of has to be that one's.</summary>
    private void LeaveToElder(bool mustKnow)
    {
        if (_absence.Why is not null || _own.HasLeft || _twins.Find(_time.Now, mustKnow) is not { } elder)
        {
            return;
        }

        string since = AgentBirth.StartOf(elder.Born) is { } start ? string.Create(CultureInfo.InvariantCulture, $", which runs since {start:yyyy-MM-dd HH:mm:ss}Z") : "";
        var why = new ErrorInfo(LocalCastError.DuplicateNode, $"this agent is away from the mesh, because an older one{since}, has its id '{Self.Id}' there; give one of the two another (--node-id)");
        TimeSpan pause = _absence.Begin(why, _time.Now);
        _own.IsHeld = true;
        _output.Alarm("withdrew", Self.Id, string.Create(CultureInfo.InvariantCulture, $"{why.Message}. It tries again in {pause.TotalSeconds:0} s, or at once after 'localcast peer add'"));

        // It does not say that the agent of this id has left: that would be said of the other one, too.
        var goodbye = new ErrorInfo(LocalCastError.DuplicateNode, $"an older agent has the id '{Self.Id}', so this one leaves the mesh; one of the two needs another (--node-id)");
        foreach (PeerLink link in _links.All.ToArray())
        {
            _keeper.Close(link, goodbye, _time);
        }

        RecomputeGraph(_time.Now);
    }

    private void ComeBackIfDue(MeshTime time)
    {
        if (time.Now >= _absence.Until)
        {
            _past.Clear(); // whatever was said of its links was set right meanwhile
            ComeBack(time, isAsked: false);
        }
    }

    private void ComeBack(MeshTime time, bool isAsked)
    {
        if (_absence.Why is null || _own.HasLeft)
        {
            return;
        }

        _absence.End(time.Now, isAsked);
        _own.IsHeld = false;
        _twins.Back();
        _output.Notice("came_back", Self.Id, "to see whether the other agent with its id is still in the mesh");
        LookForDials();
    }
}
