using LocalCast.Cli;

return args is [PluginHostProcess.Command, .. string[] rest] ? await PluginHostProcess.RunAsync(rest) : await CommandLine.RunAsync(args);
