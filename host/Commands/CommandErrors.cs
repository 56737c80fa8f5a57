using System.CommandLine;
using System.Net;
using Orchestrator.Host.Api;
using Orchestrator.Host.Input;
using Orchestrator.Host.Output;

namespace Orchestrator.Host.Commands;

/// <summary>Turns what can go wrong in a command into a message on standard error that says what to do, and an exit code.</summary>
internal static class CommandErrors
{
    private const int Failed = 1;

    /// <summary>What a shell reports for a program that Ctrl-C ended.</summary>
    private const int Interrupted = 130;

    /// <summary>Runs a command's body.</summary>
    public static async Task<int> GuardAsync(ParseResult parsed, Func<Terminal, Task<int>> run)
    {
        var terminal = new Terminal(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            return await run(terminal);
        }
        catch (ApiException e)
        {
            ProblemReport.Write(terminal.Error, e.Problem);
            if (e.Status is HttpStatusCode.Unauthorized)
            {
                Say(terminal, "Give the server's key with --key or ORC_KEY; on the server's machine it is read from the file 'key' in its data directory (--data, ORC_DATA).");
            }
        }
        catch (HttpRequestException e)
        {
            Say(terminal, $"{e.Message}. Is the server running? './orc dev' starts one; --server or ORC_SERVER names another.");
        }
        catch (InputException e)
        {
            Say(terminal, e.Message);
        }
        catch (OperationCanceledException e) when (e is not TaskCanceledException { InnerException: TimeoutException })
        {
            return Interrupted;
        }
        catch (OperationCanceledException)
        {
            Say(terminal, "The server did not answer in time. Ask again; if it keeps silent, look at its log.");
        }

        return Failed;
    }

    private static void Say(Terminal terminal, string message) => terminal.Error.Profile.Out.Writer.WriteLine($"orc: {message}");
}
