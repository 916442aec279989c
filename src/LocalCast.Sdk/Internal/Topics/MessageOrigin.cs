using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Where a message comes from; one object for all messages of a sender on a topic that follow one another.</summary>
internal sealed record MessageOrigin(string Topic, string From);

/// <summary>What is unusual about a message: few have one.</summary>
internal sealed record MessageNote(ErrorInfo? Problem, long Missed);
