using Microsoft.AspNetCore.Http;

namespace LocalCast.Transports.Kestrel;

/// <summary>What answers requests to one path.</summary>
/// <param name="Path">Compared exactly.</param>
/// <param name="Answer">Answers a request.</param>
public sealed record WebEndpoint(string Path, RequestDelegate Answer);
