namespace LocalCast.Mesh.Tests.State;

internal static class DocumentMarks
{
    /// <summary>Notes which agents can be reached, where nobody is of another life than its document: of these, others are told.</summary>
    public static (List<string> Arrived, List<string> Lost, List<string> Told) Mark(this DocumentStore store, Predicate<string> isReachable, TimeSpan now) => store.Mark(isReachable, isReachable, now);
}
