using System.CommandLine;
using Orchestrator.Host.Commands;

// Long enough for a host to finish the turns it has begun; a second Ctrl-C ends at once.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await OrcCommand.Create().Parse(args).InvokeAsync(configuration);
