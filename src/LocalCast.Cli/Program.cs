using LocalCast.Cli;

return PluginHostProcess.IsMeant(args) ? await PluginHostProcess.RunAsync(args[1..]) : await CommandLine.RunAsync(args);
