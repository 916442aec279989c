using LocalCast.Protocol;

namespace LocalCast.Mesh;

// What participants of this machine want of others, and what they answer.
public sealed partial class MeshMachine
{
    /// <summary>A local participant calls a node of another agent. Answered by one <see cref="AnswerRequest"/>.</summary>
    /// <param name="request">A number that the owner gives it; not used again before it is answered.</param>
    /// <param name="call">The call; <c>to</c> is a name, or <c>name@agent</c>.</param>
    /// <param name="time">The time.</param>
    public void Call(long request, Envelope call, MeshTime time)
    {
        _time = time;
        _output.HasMetCongestion = false;
        _traffic.Requests.Call(request, call, time.Now);
    }

    /// <summary>
    /// A local participant publishes; other agents are reached, the owner delivers on this machine. With mode <c>one</c> the machine picks among the subscribers
    /// of other agents: the owner weighs its own against <see cref="CountSubscribers"/> first. Answered by one <see cref="AnswerRequest"/>.
    /// </summary>
    public void Publish(long request, Envelope publication, MeshTime time)
    {
        _time = time;
        _output.HasMetCongestion = false;
        _traffic.Requests.Publish(request, publication, time.Now);
    }

    /// <summary>How many ready participants of other agents subscribe to a topic. Cheap for a topic that was asked for before.</summary>
    /// <param name="topic">The topic, without wildcards.</param>
    /// <param name="group">Of which group's members only.</param>
    public int CountSubscribers(string topic, string? group) => _traffic.Requests.CountSubscribers(topic, group);

    /// <summary>A local participant asks who is there, everywhere, or the one node in <c>to</c>. The <see cref="AnswerRequest"/> says how many others were asked, or why none is; a second one says why the one node does not answer.</summary>
    public void Ping(long request, Envelope ping, MeshTime time)
    {
        _time = time;
        _output.HasMetCongestion = false;
        _traffic.Requests.Ping(request, ping, time.Now);
    }

    /// <summary>A local participant waits for nodes, wherever they are.</summary>
    public void Require(long request, IReadOnlyList<string> names, TimeSpan deadline, MeshTime time) => Require(request, names, deadline, null, time);

    /// <summary>A local participant waits for nodes, wherever they are.</summary>
    /// <param name="request">A number that the owner gives it.</param>
    /// <param name="names">The nodes.</param>
    /// <param name="deadline">Until when it waits.</param>
    /// <param name="freshness">How long ago a node of another agent may have shown by an answer that it lives; it is asked if need be. <see langword="null"/>: its agent's word is enough.</param>
    /// <param name="time">The time.</param>
    public void Require(long request, IReadOnlyList<string> names, TimeSpan deadline, TimeSpan? freshness, MeshTime time)
    {
        _time = time;
        _traffic.Requests.Require(request, names, deadline, freshness, time.Now);
    }

    /// <summary>This agent itself waits for a node that has lately shown by an answer that it lives; of several by that name, for one that fits. Answered by one <see cref="AnswerRequest"/>.</summary>
    public void RequireOne(long request, string name, Predicate<NodeDescription> fits, TimeSpan deadline, TimeSpan freshness, MeshTime time)
    {
        _time = time;
        _traffic.Requests.RequireOne(request, name, fits, deadline, freshness, time.Now);
    }

    /// <summary>A local participant gave up. A call is answered with <c>Cancelled</c>, and its callee told.</summary>
    public void Cancel(long request, MeshTime time)
    {
        _time = time;
        _traffic.Requests.Cancel(request);
    }

    /// <summary>Those who made some requests are gone: each call is answered with <c>Cancelled</c>, and its callee told; other requests are forgotten.</summary>
    /// <param name="which">Picks them by their number.</param>
    /// <param name="time">The time.</param>
    public void CancelAll(Func<long, bool> which, MeshTime time)
    {
        _time = time;
        _traffic.Requests.CancelAll(which);
    }

    /// <summary>Sends a pong, a message of a type that the mesh does not know, or an <c>ack</c> that says why either question went nowhere, to <c>name@agent</c>.</summary>
    public void Send(Envelope message, MeshTime time)
    {
        _time = time;
        _output.HasMetCongestion = false;
        _traffic.Requests.Send(message, time.Now);
    }

    /// <summary>A node of this machine answered a <see cref="DeliverCall"/>, or acknowledged a <see cref="DeliverPublication"/>. A second answer is dropped.</summary>
    public void AnswerCall(long handle, Envelope answer, MeshTime time)
    {
        _time = time;
        _traffic.Answer(handle, answer, time.Now);
    }
}
