using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>What an errno of starting a process means for whoever wants it started.</summary>
internal static class SpawnError
{
    private const int NoSuchFile = 2;
    private const int TooManyArguments = 7;
    private const int NotAProgram = 8;
    private const int TryAgain = 11;
    private const int NoMemory = 12;
    private const int Denied = 13;
    private const int TooManyOpenInSystem = 23;
    private const int TooManyOpen = 24;

    public static LaunchFailure Describe(int error, string program) => error switch
    {
        NoSuchFile => new($"{program} went away, or the program that loads it does not exist", true),
        TooManyArguments => new("its arguments and environment are too long for this machine", true),
        NotAProgram => new($"{program} is no program for this machine", true),
        Denied => new($"{program} may not be run", true),
        TryAgain => new("this machine or user has as many processes as it may", false),
        NoMemory => new("there is not enough memory to start a process", false),
        TooManyOpen or TooManyOpenInSystem => new("too many files are open to start a process", false),
        _ => new($"{program} could not be started: {Marshal.GetPInvokeErrorMessage(error)}", false),
    };
}
