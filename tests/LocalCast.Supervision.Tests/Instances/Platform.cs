using System.Runtime.Versioning;

// Real processes are started here as on Linux; no Windows machine runs these tests.
[assembly: SupportedOSPlatform("linux")]
