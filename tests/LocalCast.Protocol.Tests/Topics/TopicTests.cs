namespace LocalCast.Protocol.Tests;

public sealed class TopicTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("sensors.kitchen.temp")]
    [InlineData("Küche.温度")]
    [InlineData("a b.c/d")]
    [InlineData("localcast.nodes")]
    public void WhatIsWrong_PlainTopic_Nothing(string topic)
    {
        Assert.Null(Topic.WhatIsWrong(topic, allowWildcards: false));
        Assert.Null(Topic.WhatIsWrong(topic, allowWildcards: true));
    }

    [Theory]
    [InlineData("*")]
    [InlineData(">")]
    [InlineData("a.*.b")]
    [InlineData("*.*")]
    [InlineData("a.>")]
    [InlineData("*.>")]
    public void WhatIsWrong_Wildcards_OnlyInSubscriptions(string topic)
    {
        Assert.Null(Topic.WhatIsWrong(topic, allowWildcards: true));
        Assert.NotNull(Topic.WhatIsWrong(topic, allowWildcards: false));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("a.>.b")]
    [InlineData(">.a")]
    [InlineData("a*")]
    [InlineData("a.b>")]
    [InlineData("**")]
    [InlineData(">>")]
    [InlineData("a\nb")]
    [InlineData("a.\0")]
    public void WhatIsWrong_BadTopic_IsSaidInBothPlaces(string? topic)
    {
        Assert.NotNull(Topic.WhatIsWrong(topic, allowWildcards: true));
        Assert.NotNull(Topic.WhatIsWrong(topic, allowWildcards: false));
    }

    [Theory]
    [InlineData('a', 254)]
    [InlineData('é', 127)]
    public void WhatIsWrong_LengthAtAndAboveTheLimit_CountsBytes(char letter, int most)
    {
        Assert.Null(Topic.WhatIsWrong(new string(letter, most), allowWildcards: false));
        Assert.NotNull(Topic.WhatIsWrong(new string(letter, most + 1), allowWildcards: false));
    }
}
