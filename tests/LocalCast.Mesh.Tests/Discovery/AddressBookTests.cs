namespace LocalCast.Mesh.Tests.Discovery;

public sealed class AddressBookTests
{
    private readonly AddressBook _book = new(new Random(1));

    [Theory]
    [InlineData("ws://host:1234", "ws://host:1234")]
    [InlineData("WS://Host:1234/path?x", "ws://host:1234")]
    [InlineData("wss://host", "wss://host:443")]
    [InlineData("ws://[::1]:5", "ws://[::1]:5")]
    public void AddConfigured_Good_HasOneForm(string text, string form)
    {
        Assert.True(_book.AddConfigured(text));
        Assert.Equal(form, Assert.Single(_book.Entries).Address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host:1234")]
    [InlineData("ftp://host")]
    [InlineData("ws://user@host:1")]
    public void AddConfigured_Bad_IsRefused(string text) => Assert.False(_book.AddConfigured(text));

    [Fact]
    public void AddLearnt_FromOneTalkativeAgent_LeavesRoomForOthers()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _book.AddLearnt($"ws://10.{i / 256}.{i % 256}.1:1", "talker");
        }

        Assert.InRange(_book.Entries.Count, 1, 4 * AddressBook.BucketSize);
        Assert.True(_book.AddLearnt("ws://other:1", "another"));
    }

    [Theory]
    [InlineData(AddressKind.Configured, 1, 60)]
    [InlineData(AddressKind.Tried, 10, 3600)]
    public void Report_Failures_DoublesThePauseUpToTheMost(AddressKind kind, int firstSeconds, int mostSeconds)
    {
        var entry = new AddressEntry("ws://a:1", kind, "", TimeSpan.FromSeconds(mostSeconds));
        List<double> pauses = [];
        for (int i = 1; i <= 30; i++)
        {
            entry.Failures = i;
            pauses.Add(entry.PauseAfterFailure(1).TotalSeconds);
        }

        Assert.Equal([firstSeconds, firstSeconds * 2, firstSeconds * 4], pauses.Take(3));
        Assert.Equal(mostSeconds, pauses[^1]);
        Assert.Equal(0, entry.PauseAfterFailure(0).TotalSeconds);
    }

    [Fact]
    public void Report_Success_StartsThePausesAnew()
    {
        _book.AddConfigured("ws://a:1");
        AddressEntry entry = _book.Entries.Single();
        _book.Report("ws://a:1", DialOutcome.Failed, TimeSpan.Zero);
        _book.Report("ws://a:1", DialOutcome.Failed, TimeSpan.Zero);
        Assert.Equal(2, entry.Failures);

        _book.Report("ws://a:1", DialOutcome.Linked, TimeSpan.Zero, "id");

        Assert.Equal((0, "id"), (entry.Failures, entry.Id));
    }

    [Fact]
    public void Report_Incompatible_WaitsAlmostTheLongestPauseAtOnce()
    {
        _book.AddConfigured("ws://a:1");

        _book.Report("ws://a:1", DialOutcome.Incompatible, TimeSpan.Zero);

        Assert.InRange(_book.Entries.Single().NotBefore, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Report_FailuresOfAnEnteredAddress_PausesStayBelowWhatWasSet()
    {
        var book = new AddressBook(new Random(1), longestPause: TimeSpan.FromSeconds(5));
        book.AddConfigured("ws://a:1");
        book.AddLearnt("ws://b:1", "x");
        for (int i = 0; i < 30; i++)
        {
            book.Report("ws://a:1", i % 2 == 0 ? DialOutcome.Failed : DialOutcome.Incompatible, TimeSpan.Zero);
            Assert.InRange(book.Entries.Single(entry => entry.Address == "ws://a:1").NotBefore, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }

        Assert.Equal(TimeSpan.FromHours(1), book.Entries.Single(entry => entry.Address == "ws://b:1").LongestPause); // learnt ones are not meant
    }

    [Fact]
    public void Report_Self_IsNeverLearntAgain()
    {
        _book.AddLearnt("ws://a:1", "x");

        _book.Report("ws://a:1", DialOutcome.Self, TimeSpan.Zero);

        Assert.Empty(_book.Entries);
        Assert.False(_book.AddLearnt("ws://a:1", "y"));
    }

    [Fact]
    public void Report_LearntOneNeverAnswers_IsForgotten()
    {
        _book.AddLearnt("ws://a:1", "x");
        for (int i = 0; i < 6; i++)
        {
            Assert.Single(_book.Entries);
            _book.Report("ws://a:1", DialOutcome.Failed, TimeSpan.Zero);
        }

        Assert.Empty(_book.Entries);
    }

    [Fact]
    public void Restore_Saved_KeepsTriedIdsAndPauses()
    {
        _book.AddLearnt("ws://a:1", "x");
        _book.AddLearnt("ws://b:1", "x");
        _book.Report("ws://a:1", DialOutcome.Linked, TimeSpan.Zero, "ida");
        _book.Report("ws://b:1", DialOutcome.Incompatible, TimeSpan.Zero);
        var after = new AddressBook(new Random(2));

        after.Restore(_book.Save(TimeSpan.FromMinutes(10)), TimeSpan.FromSeconds(5));

        Assert.True(after.TryFind("ws://a:1", out AddressEntry? a));
        Assert.True(after.TryFind("ws://b:1", out AddressEntry? b));
        Assert.Equal((AddressKind.Tried, "ida"), (a.Kind, a.Id));
        Assert.Equal((AddressKind.New, 1), (b.Kind, b.Failures));
        Assert.InRange(b.NotBefore, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(51));
    }

    [Theory]
    [InlineData("ws://127.0.0.1:1", false)]
    [InlineData("ws://10.1.2.3:1", false)]
    [InlineData("ws://172.16.0.1:1", false)]
    [InlineData("ws://172.32.0.1:1", true)]
    [InlineData("ws://192.168.0.1:1", false)]
    [InlineData("ws://[::ffff:10.0.0.1]:1", false)]
    [InlineData("ws://[fd00::1]:1", false)]
    [InlineData("ws://localhost:1", false)]
    [InlineData("ws://8.8.8.8:1", true)]
    [InlineData("ws://example.org:1", true)]
    public void IsPublic_TellsWhoCanReachIt(string address, bool isPublic) => Assert.Equal(isPublic, Addresses.IsPublic(address));
}
