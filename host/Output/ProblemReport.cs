using Orchestrator.Host.Api;
using Spectre.Console;

namespace Orchestrator.Host.Output;

/// <summary>An error answer for people, with every pointer.</summary>
internal static class ProblemReport
{
    /// <summary>Writes the problem to standard error.</summary>
    public static void Write(IAnsiConsole console, ApiProblem problem)
    {
        console.MarkupLine($"[red]{Words.Text(problem.Title)}[/]");
        if (problem.Errors.Count == 0)
        {
            if (problem.Detail is not null)
            {
                console.MarkupLine(Words.Text(problem.Detail));
            }

            return;
        }

        var table = new Table().NoBorder().HideHeaders().AddColumns("pointer", "message", "code");
        foreach (var error in problem.Errors)
        {
            table.AddRow($"  [bold]{Words.Text(error.Pointer is "" ? "(body)" : error.Pointer)}[/]", Words.Text(error.Message), $"[grey]{Words.Text(error.Code)}[/]");
        }

        console.Write(table);
    }
}
