using static LocalCast.Supervision.Tests.Manifests.Reading;

namespace LocalCast.Supervision.Tests.Manifests;

public sealed class FingerprintTests
{
    private static readonly string _plain = Good("""{"name":"dns","run":{"exec":"run","env":{"A":"1","B":"2"}}}""").Fingerprint;

    [Theory]
    [InlineData("""{"name":"dns","run":{"env":{"B":"2","A":1},"exec":"run"}}""")]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"A":"1","B":"2"}},"description":"x","stop":{"timeoutMs":5},"restart":"never","requires":["a"],"enabled":false}""")]
    public void Fingerprint_OfWhatARunningInstanceDoesNotNotice_IsTheSame(string json) => Assert.Equal(_plain, Good(json).Fingerprint);

    [Theory]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"A":"1","B":"3"}}}""")]
    [InlineData("""{"name":"dns","run":{"exec":"run","args":["A"],"env":{"A":"1","B":"2"}}}""")]
    [InlineData("""{"name":"dns","run":{"exec":"python3","env":{"A":"1","B":"2"}}}""")]
    [InlineData("""{"name":"dns","run":{"exec":"run","cwd":"x","env":{"A":"1","B":"2"}}}""")]
    [InlineData("""{"name":"dns","version":"2","run":{"exec":"run","env":{"A":"1","B":"2"}}}""")]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"A":"1","B":"2"}},"resources":{"memoryMb":5}}""")]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"A":"1","B":"2"}},"readiness":"notify"}""")]
    [InlineData("""{"name":"dns","run":{"exec":"run","env":{"A":"1","B":"2"}},"survive":true}""")]
    [InlineData("""{"name":"dns","run":{"assembly":"run"}}""")]
    public void Fingerprint_OfAnotherInstance_Differs(string json) => Assert.NotEqual(_plain, Good(json).Fingerprint);
}
