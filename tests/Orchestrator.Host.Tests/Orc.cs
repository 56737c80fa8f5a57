using System.CommandLine;
using Orchestrator.Host.Commands;

namespace Orchestrator.Host.Tests;

/// <summary>What a command wrote, and its exit code.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>Runs commands as the executable does, in this process.</summary>
internal static class Orc
{
    public static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await OrcCommand.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new(code, output.ToString(), error.ToString());
    }
}
