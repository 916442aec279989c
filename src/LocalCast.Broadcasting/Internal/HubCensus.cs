namespace LocalCast.Broadcasting.Internal;

/// <summary>How much a hub remembers. Of participants that have all left, nothing.</summary>
/// <param name="Sessions">Connections, joined or not.</param>
/// <param name="Names">Names held.</param>
/// <param name="Channels">Channels that can be addressed.</param>
/// <param name="Claims">Claims to names that are not settled.</param>
/// <param name="HasSubscriptions">Whether the topics' table holds anything.</param>
/// <param name="Pings">Discovery rounds under way.</param>
/// <param name="Requires">Requirements that wait.</param>
/// <param name="Nameless">Participants that are in without a name.</param>
/// <param name="Parked">Calls that wait for a node.</param>
/// <param name="AgentCalls">Calls that the keeper has to answer.</param>
internal sealed record HubCensus(
    int Sessions, int Names, int Channels, int Claims, bool HasSubscriptions, int Pings, int Requires, int Nameless = 0, int Parked = 0, int AgentCalls = 0);
