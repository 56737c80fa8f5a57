using Orchestrator.Host.Commands;

return await OrcCommand.Create().Parse(args).InvokeAsync();
