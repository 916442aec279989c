using LocalCast.Cli;

return await CommandLine.RunAsync(args);
