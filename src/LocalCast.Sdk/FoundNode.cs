using LocalCast.Protocol;

namespace LocalCast;

/// <summary>A node that answered a ping.</summary>
/// <param name="Name">Its name, as the agent vouches for it.</param>
/// <param name="RoundTrip">From the question to this answer.</param>
/// <param name="Description">What it says of itself.</param>
public sealed record FoundNode(string Name, TimeSpan RoundTrip, NodeDescription Description);
